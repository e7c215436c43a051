// What walks at a gate need: its device with ears for its tones, codes as an officer's hardware brings them, and what
// the screen says just now.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { contrast } from "./harness.mjs";
import { demo, visitor } from "./demo.mjs";

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });

/** Hertz of each outcome's notes, as the house agreed. */
export const TONES = { admit: [660, 880], refuse: [220, 220], check: [440], left: [660], tick: [1200] };

/** The device at a door of a place, from the demo's credentials. */
export function deviceAt(venue, door = "") {
  const found = demo().devices.find((one) => one.venue_name === venue && one.gate_name.includes(door));
  assert.ok(found, `the demo has a device at ${venue}, ${door}`);
  return found;
}

/** The visitor of a colour whose walks are not the first's. */
export function secondVisitor(status) {
  return demo().visitors.filter((one) => one.status === status)[1] ?? visitor(status);
}

/** A page of the device at a gate, which remembers every note it plays. It stands at the waiting screen. */
export async function atGate(stage, device, { path = "/gate", touched = true, ...options } = {}) {
  const page = await stage.page({ session: `gapura_d=${device.token}`, ...options });
  if (options.script !== false) await page.addInitScript(hear);
  await page.goto(path);
  if (options.script === false || path !== "/gate") return page;
  await page.locator("[data-link]", { hasText: /./ }).waitFor();
  if (touched) await touch(page);
  return page;
}

/** A browser stays silent until somebody touches the page. */
export async function touch(page) {
  await page.locator("h1").first().click();
  await page.waitForFunction(() => globalThis.sounding?.());
}

function hear() {
  const heard = (globalThis.heard = []);
  const contexts = [];
  globalThis.sounding = () => contexts.some(({ state }) => state === "running");
  const Real = globalThis.AudioContext;
  globalThis.AudioContext = class extends Real {
    constructor(...settings) {
      super(...settings);
      contexts.push(this);
    }
    createOscillator() {
      const oscillator = super.createOscillator();
      const start = oscillator.start.bind(oscillator);
      oscillator.start = (at) => {
        heard.push(oscillator.frequency.value);
        start(at);
      };
      return oscillator;
    }
  };
}

/** The notes since the last time somebody asked. */
export function tones(page) {
  return page.evaluate(() => globalThis.heard.splice(0));
}

/** Types a code as a USB scanner does: wherever the focus is, a key every four milliseconds, with Enter at its end. */
export async function scanByUsb(page, text) {
  const wire = await page.context().newCDPSession(page);
  const begun = Date.now() / 1000;
  const keys = [...text].map((letter) => ({ key: letter, text: letter }));
  keys.push({ key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" });
  const strokes = keys.flatMap((key, place) => ["keyDown", "keyUp"].map((type) => ({ type, ...key, timestamp: begun + place * 0.004 })));
  // A scanner waits for no answer between its keys.
  await Promise.all(strokes.map((stroke) => wire.send("Input.dispatchKeyEvent", stroke)));
  await wire.detach();
}

/** Types a code into the field of the waiting screen. */
export async function typeCode(page, text) {
  await page.fill("#credential", text);
  await page.locator("#typed button").click();
}

/** The verdict that fills the screen now. */
export async function verdict(page, outcome) {
  const shown = page.locator(`[data-screen]:not([hidden]) [data-verdict="${outcome}"]`);
  await shown.waitFor();
  // All at once, since a verdict goes by itself.
  return { view: shown, ...(await shown.evaluate(told)) };
}

function told(view) {
  const said = (selector) => view.querySelector(selector)?.textContent.trim() ?? "";
  const slot = (name) => said(`[data-slot="${name}"]`);
  return { words: said("h1"), why: slot("reason"), next: `${slot("next")} ${slot("details")}`.trim(), initials: slot("initials"), word: slot("word") };
}

/** Puts a verdict away, unless it has gone by itself meanwhile. */
export async function away(page) {
  await page.locator("[data-screen] [data-later]").click({ timeout: 2000 }).catch(() => {});
  await page.locator("[data-screen]").waitFor({ state: "hidden" });
}

/** What the waiting screen says beside the verdicts. */
export async function board(page) {
  const live = async (name) => (await page.locator(`[data-live="${name}"]`).first().textContent()).trim();
  // A dash says that there is no limit.
  const number = async (name) => ((text) => (text === "–" ? Infinity : Number(text.replace(/[.,]/g, ""))))(await live(name));
  return {
    inside: await number("inside"),
    capacity: await number("capacity"),
    today: await number("today"),
    quota: await number("quota"),
    word: await live("word"),
    typed: await live("typed"),
  };
}

/** Waits until the screen counts so many people inside. */
export async function counts(page, inside) {
  await page.waitForFunction((wanted) => {
    const shown = document.querySelector('[data-live="inside"]')?.textContent ?? "";
    return Number(shown.replaceAll(".", "")) === wanted;
  }, inside);
}

/** The address that a phone reads from the screen. */
export async function readFromScreen(page, code = page.locator(".minute svg[data-code]")) {
  await code.evaluate((drawn) => drawn.scrollIntoView({ block: "center" }));
  for (let tries = 0; tries < 5; tries += 1) {
    const picture = await code.screenshot();
    const [found] = await readBarcodes(new Blob([picture]), { formats: ["QRCode"], tryHarder: true });
    if (found) return found.text;
  }
  return assert.fail("no phone could read the screen");
}

/** Asks the API as the device; a fresh id unless one is given. */
export async function ask(device, path, body = {}) {
  const answer = await fetch(`${demo().base_url}/api/v1/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${device.token}`, "content-type": "application/json" },
    body: JSON.stringify({ id: newId(), ...body }),
  });
  return { status: answer.status, ...(await answer.json()) };
}

/** Lets a visitor out who may still be inside from another walk. */
export async function outside(device, credential) {
  await ask(device, "check-ins", { credential, intent: "leave" });
}

/** Gives back the place that a check of another walk may still hold, and lets out who is inside. */
export async function settled(device, credential) {
  await outside(device, credential);
  const { decision, verdict: said } = await ask(device, "check-ins", { credential, intent: "enter" });
  assert.equal(said, "check");
  await ask(device, `decisions/${decision}/resolve`, { outcome: "refuse", reason: "Belum waktunya" });
}

/** Initials as doors show them: the first letters of the first and the last name. */
export function initialsOf(name) {
  const words = name.split(" ");
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => `${word[0]}.`).join(" ");
}

/** A UUID of version 7. RFC 9562, section 5.7. */
export function newId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Fails unless everything that is read on a verdict stands out by 7 to 1. */
export async function isReadable(view) {
  const pairs = await view.evaluate(coloursOf);
  assert.ok(pairs.length > 2, "a verdict has words");
  for (const { text, ink, paper } of pairs) {
    assert.ok(contrast(ink, paper) >= 7, `“${text}”: ${ink} on ${paper} is ${contrast(ink, paper).toFixed(1)} to 1`);
  }
}

function coloursOf(view) {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  // What shines through is mixed with what lies below it.
  const below = (element) => {
    if (!element) return [255, 255, 255];
    const [red, green, blue, cover = 1] = parts(getComputedStyle(element).backgroundColor);
    if (cover === 1) return [red, green, blue];
    const under = below(element.parentElement);
    return [red, green, blue].map((own, place) => Math.round(own * cover + under[place] * (1 - cover)));
  };
  const said = [...view.querySelectorAll("p, h1, dt, dd, a, button, b, select")];
  const seen = said.filter((element) => element.textContent.trim() && element.checkVisibility());
  return seen.map((element) => ({ text: element.textContent.trim().slice(0, 30), ink: getComputedStyle(element).color, paper: `rgb(${below(element).join(", ")})` }));
}
