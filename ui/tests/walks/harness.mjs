// What every walk through the pages stands on: a browser at the size of a phone, a tablet or a desk, with or without
// scripts, with a camera that films what it is told to, and with an eye for what a person with other senses meets.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { browser } from "../pages.mjs";
import { cookiesOf, demo } from "./demo.mjs";
import { shoot } from "./film.mjs";

export const SIZES = {
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  tablet: { viewport: { width: 768, height: 1024 }, hasTouch: true, isMobile: true },
  desk: { viewport: { width: 1280, height: 800 } },
};

const PATIENCE_MS = 10_000;
// Each step has its own patience; this ends what hangs, also on a machine that has much else to do.
const WALK_MS = 300_000;
// Pictures of walks that stumbled.
const PICTURES = process.env.GAPURA_WALK_PICTURES ?? join(tmpdir(), "gapura-walks");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Pages on which scripts don't run, with the session that lets axe run all the same.
const scriptless = new WeakMap();

let shared;
after(() => shared?.then((opened) => opened.close()));

/** A walk, once for each size: `body` gets a stage on which it opens pages of that size. */
export function walk(sizes, name, body) {
  for (const size of [sizes].flat()) {
    const title = `${name} (${size})`;
    test(title, { timeout: WALK_MS }, async () => {
      const stage = new Stage(size);
      try {
        await body(stage);
        stage.nothingWasWrong();
      } catch (error) {
        await stage.photograph(title);
        throw error;
      } finally {
        await stage.close();
      }
    });
  }
}

/** What one walk has open. */
export class Stage {
  #browsers = [];
  #contexts = [];
  #folders = [];
  #complaints = [];

  constructor(size) {
    this.size = size;
  }

  /**
   * A page of its own, with cookies of its own.
   *
   * - `session`: the cookie header of somebody who is signed in already
   * - `script`: whether scripts run (they do)
   * - `camera`: from `camera()`; without one the page has none
   * - `size`, `locale`, `offline`, `base`: where they differ from the walk's size, Indonesian, online, the demo
   */
  async page({ session, script = true, camera, size = this.size, locale = "id-ID", base, ...others } = {}) {
    const opened = camera ? camera.browser : await (shared ??= browser());
    const baseURL = base ?? demo().base_url;
    const context = await opened.newContext({
      ...SIZES[size],
      baseURL,
      locale,
      javaScriptEnabled: script,
      permissions: camera ? ["camera"] : [],
      reducedMotion: "reduce",
      timezoneId: "Asia/Jakarta",
      ...others,
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    if (session) await context.addCookies(cookiesOf(session, baseURL));
    const page = await context.newPage();
    if (!script) scriptless.set(page, undefined);
    page.on("pageerror", (error) => this.#complaints.push(`${page.url()}: ${error.stack}`));
    page.on("console", (message) => this.#listen(page, message));
    return page;
  }

  /** A camera that films the QR code of `text`, or nothing yet; `show` changes what it films while it runs. */
  async camera(text) {
    const folder = mkdtempSync(join(tmpdir(), "gapura-camera-"));
    this.#folders.push(folder);
    const file = join(folder, "camera.y4m");
    await shoot(file, text, "w");
    const filming = await browser([
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${file}`,
    ]);
    this.#browsers.push(filming);
    return { browser: filming, show: (next) => shoot(file, next), showNothing: () => shoot(file) };
  }

  /** Fails if a page had an error nobody caught, or asked for what its own policy forbids. */
  nothingWasWrong() {
    assert.deepEqual(this.#complaints, [], "the browser complained");
  }

  async photograph(title) {
    mkdirSync(PICTURES, { recursive: true });
    const pages = this.#contexts.flatMap((context) => context.pages());
    for (const [number, page] of pages.entries()) {
      const file = join(PICTURES, `${title.replace(/\W+/g, "-")}-${number + 1}`);
      await page.screenshot({ path: `${file}.png`, fullPage: true }).catch(() => {});
      const html = await page.content().catch(() => undefined);
      if (html) writeFileSync(`${file}.html`, html);
      console.error(`${page.url()} is pictured in ${file}.png`);
    }
  }

  async close() {
    for (const context of this.#contexts) await context.close();
    for (const filming of this.#browsers) await filming.close();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  // An answer of 400 and more is reported by Chromium as an error of the page; walks ask for such answers on purpose.
  #listen(page, message) {
    const expected = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !expected) this.#complaints.push(`${page.url()}: ${message.text()}`);
  }
}

/** Fails with every serious or critical thing that axe finds on the page as it is now. */
export async function axe(page) {
  const violations = await withScripts(page, async () => {
    await page.evaluate(AXE);
    return page.evaluate(runAxe, AXE_TAGS);
  });
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const lines = grave.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target}\n  ${failureSummary}`));
  assert.deepEqual(lines, [], `axe on ${page.url()}`);
}

// What was loaded without scripts stays as it is; only axe itself runs in it. Chromium lets its timers go again only
// where the same session forbade them, and forgets what a session forbade when that ends, so it is kept.
async function withScripts(page, body) {
  if (!scriptless.has(page)) return body();
  const session = scriptless.get(page) ?? (await page.context().newCDPSession(page));
  scriptless.set(page, session);
  for (const value of [true, false]) await session.send("Emulation.setScriptExecutionDisabled", { value });
  try {
    return await body();
  } finally {
    await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  }
}

async function runAxe(tags) {
  const found = await globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return found.violations;
}

/**
 * What it costs to open an address with nothing in the cache: the compressed bytes of every body, in all and by
 * address. What the page fetches later, when something is pressed, is not in it.
 */
export async function weight(stage, address, options = {}) {
  const page = await stage.page({ ...options, serviceWorkers: "block" });
  const pending = [];
  page.on("requestfinished", (request) => pending.push(sizeOf(request)));
  await page.goto(address, { waitUntil: "networkidle" });
  const parts = await Promise.all(pending);
  return { total: parts.reduce((sum, { bytes }) => sum + bytes, 0), parts };
}

async function sizeOf(request) {
  const { responseBodySize } = await request.sizes();
  return { url: request.url(), bytes: responseBodySize };
}

/** The contrast between two colours as the browser computed them, by WCAG's formula (1 to 21). */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const parts = colour.match(/^rgba?\((\d+), (\d+), (\d+)(?:, 1)?\)$/);
  if (!parts) throw new Error(`${colour} is not an opaque colour`);
  const [red, green, blue] = parts.slice(1).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
