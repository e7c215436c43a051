// Walks over the gallery (cargo run -p gapura-web --example gallery): the islands in a real browser.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PAGES, browser } from "./pages.mjs";
import { shoot } from "./walks/film.mjs";

const base = process.env.BASE ?? "http://127.0.0.1:8799";
const folder = mkdtempSync(join(tmpdir(), "gapura-film-"));
let chromium;

before(async () => {
  const film = join(folder, "card.y4m");
  await shoot(film, "kartu-admit-0001", "w");
  chromium = await browser(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${film}`]);
});
after(() => chromium.close());

async function at(path, options = {}) {
  const page = await chromium.newPage(options);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => message.text().includes("Content Security Policy") && page.complaints.push(message.text()));
  await page.goto(`${base}/${path}`, { waitUntil: "load" });
  return page;
}

/** Types as a USB scanner does. */
const wedge = (page, text) =>
  page.evaluate((keys) => {
    for (const key of [...keys, "Enter"]) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, text);

test("a USB scanner is heard wherever the focus is, and the verdict fills the screen and goes away", async () => {
  const page = await at("gate");
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request));
  await page.focus("#credential");
  await wedge(page, "pass-admit-42");
  await page.waitForSelector("[data-screen] .v-admit");
  assert.equal(await page.inputValue("#credential"), "");
  assert.equal(await page.textContent("[data-screen] [data-slot=initials]"), "B. S.");
  const body = sent[0].postDataJSON();
  assert.deepEqual(Object.keys(body).sort(), ["credential", "gate", "id", "intent", "scanned_at"]);
  assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(sent[0].headers()["x-gapura"], "1");
  const box = await page.locator("[data-screen] .v").boundingBox();
  assert.ok(box.height >= page.viewportSize().height);
  await page.locator("[data-screen] .v-glyph").click();
  await page.waitForSelector("[data-screen]", { state: "hidden" });
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("a lost answer is asked for again with the same id, and the screen says that it waits", async () => {
  const page = await at("gate");
  const ids = [];
  await page.route("**/api/v1/check-ins", async (route) => {
    ids.push(route.request().postDataJSON().id);
    if (ids.length < 3) return route.abort();
    return route.continue();
  });
  await wedge(page, "card-refuse-7");
  await page.waitForSelector("[data-lost]:not([hidden])");
  await page.waitForSelector("[data-screen] .v-refuse");
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
  assert.ok(await page.locator("[data-lost]").isHidden());
  await page.close();
});

test("an officer ends a check with yes or no and a reason", async () => {
  const page = await at("gate");
  let resolved;
  await page.route("**/api/v1/decisions/*/resolve", (route) => {
    resolved = route.request().postDataJSON();
    return route.fulfill({ json: { decision: "d1", verdict: "admit", reasons: [], next_step: null, initials: ["S. M."], word: "pandan" } });
  });
  await wedge(page, "pass-check-9");
  await page.waitForSelector("[data-screen] .v-check");
  await page.selectOption("[data-screen] #reason-admit", { index: 3 });
  await page.click("[data-screen] button.admit");
  await page.waitForSelector("[data-screen] .v-admit");
  assert.deepEqual([resolved.outcome, resolved.reason], ["admit", "Keadaan darurat"]);
  assert.ok(await page.locator("[data-screen] .v-next").isHidden());
  await page.close();
});

test("what was not read is no refusal", async () => {
  const page = await at("gate");
  await wedge(page, "something else");
  await page.waitForFunction(() => document.querySelector("[data-status]").textContent !== "");
  assert.ok(await page.locator("[data-screen]").isHidden());
  await page.close();
});

test("the camera films a real code and the gate shows its verdict", async () => {
  const page = await at("gate");
  await page.click("[data-start]");
  await page.waitForSelector("[data-screen] .v-admit", { timeout: 20_000 });
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("a visitor's scanner follows only codes of this server", async () => {
  const page = await at("door");
  await page.click("[data-start]");
  await page.waitForFunction(() => document.querySelector("[data-scanner]").dataset.foreign === document.querySelector("[data-say]").textContent, null, { timeout: 20_000 });
  assert.ok(page.url().endsWith("/door"));
  await page.close();
});

test("the desk listens to its keys", async () => {
  const page = await at("desk");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Polsek Kedungkandang");
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Polsek Blimbing");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.type("j/?");
  assert.equal(await page.inputValue("#q"), "j/?");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  await page.close();
});

test("figures follow the stream, and charts leave their table one tap away", async () => {
  const page = await at("tasks");
  // The stream's script is the gate's or the live one; the sample desk loads the latter.
  await page.waitForFunction(() => document.querySelector("[data-live=inside]").textContent === "13");
  await page.goto(`${base}/charts`);
  await page.waitForSelector(".plot canvas");
  assert.equal(await page.locator("details[open]").count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("no page is wider than the phone, and without scripts all is there", async () => {
  const context = await chromium.newContext({ viewport: { width: 360, height: 640 }, javaScriptEnabled: false });
  const page = await context.newPage();
  for (const path of PAGES) {
    await page.goto(`${base}/${path}`);
    const { width } = await page.locator("html").boundingBox();
    assert.ok(width <= 360, path);
    assert.ok((await page.locator("h1").count()) > 0, path);
  }
  await page.goto(`${base}/charts`);
  assert.equal(await page.locator("details[open]").count(), 2);
  await context.close();
});

test("a visitor's page weighs at most 30 KB", async () => {
  for (const path of ["door", "verdict/admit", "form", "history"]) {
    const page = await chromium.newPage();
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    let bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(`${base}/${path}`, { waitUntil: "networkidle" });
    assert.ok(bytes > 3000 && bytes <= 30 * 1024, `${path}: ${bytes}`);
    await page.close();
  }
});
