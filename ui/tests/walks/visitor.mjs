// Steps that visitors take, for the walks that follow them.
import assert from "node:assert/strict";
import { demo, oneTimeCode } from "./demo.mjs";

const DELIVERY_MS = 10_000;
const TRIES = 100;
const codes = new Map();
let numbers = Date.now() % 1_000_000_000;

/** A phone number that nobody has used here before. */
export function newNumber() {
  numbers += 1;
  return `0812${String(numbers).padStart(9, "0")}`;
}

/** Presses what leads on, and waits for the page that follows. */
export async function press(page, name, { role = "button", ...where } = {}) {
  const [answer] = await Promise.all([page.waitForNavigation(), page.getByRole(role, { name, ...where }).first().click()]);
  return answer;
}

/** The one-time code that was just sent; a message takes a moment. */
export async function codeFor(login) {
  const until = Date.now() + DELIVERY_MS;
  const outbox = demo().visitors[0].outbox;
  for (;;) {
    try {
      return await oneTimeCode({ outbox, login });
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

/** Signs in from the page that asks for number or address. */
export async function signIn(page, contact) {
  await page.getByLabel("Nomor ponsel atau surel").fill(contact);
  await press(page, "Kirim kode");
  const before = codes.get(contact);
  let code = await codeFor(international(contact));
  // The message of an earlier sign-in is no answer to this one.
  for (let tries = 0; code === before && tries < TRIES; tries += 1) code = await codeFor(international(contact));
  codes.set(contact, code);
  await page.getByLabel("Kode enam angka").fill(code);
  await press(page, "Lanjutkan");
}

/** Registers from the page that asks for number or address, as a door's own button leads there. */
export async function register(page, { name, born, nik = "", contact = newNumber() }) {
  await signIn(page, contact);
  await page.getByLabel("Nama lengkap").fill(name);
  await page.getByLabel("Tanggal lahir").fill(born);
  await page.getByLabel(/^NIK/).fill(nik);
  await page.getByLabel(/Saya setuju/).check();
  return press(page, "Daftar");
}

// Numbers are kept and told as they are dialled from everywhere.
function international(contact) {
  return contact.replace(/^0/, "+62");
}

/** Leaves wherever the visitor still is, as after a walk that stumbled. */
async function goOut(page) {
  await page.goto("/me/history");
  while ((await page.locator(".visits button").count()) > 0) {
    await press(page, /^Keluar dari /);
    await page.goto("/me/history");
  }
}

/** A page of somebody who is signed in and inside nowhere. */
export async function visiting(stage, { session }, options = {}) {
  const page = await stage.page({ session, ...options });
  await goOut(page);
  return page;
}

/** Comes in at a door with those whose names are given, and gives the verdict's element. */
export async function comeIn(page, door, companions = []) {
  await page.goto(door);
  for (const name of companions) await page.getByLabel(name).check();
  await press(page, /^Masuk (sekarang|lewat pintu ini)$/);
  return verdict(page);
}

/** What the verdict on the screen says. */
export async function verdict(page) {
  const screen = page.locator("[data-verdict]");
  await screen.waitFor();
  const text = (selector) => screen.locator(selector).innerText();
  const has = async (selector) => ((await screen.locator(selector).count()) > 0 ? text(selector) : "");
  return {
    outcome: await screen.getAttribute("data-verdict"),
    words: await text(".v-words"),
    place: await text(".v-at"),
    reason: await has(".v-why"),
    next: await has(".v-next"),
    word: await text("[data-slot=word]"),
    time: await text("[data-clock]"),
  };
}

/** Fails unless the verdict says all that a verdict has to say. */
export function assertWhole(said, outcome) {
  const words = { admit: "BOLEH MASUK", check: "PERIKSA", refuse: "BELUM BOLEH" }[outcome];
  assert.equal(said.outcome, outcome, JSON.stringify(said));
  assert.equal(said.words.replace(/\s+/g, " "), words);
  assert.match(said.word, /^\p{L}{3,}$/u, "the word of the minute");
  assert.match(said.time, /^\d\d\.\d\d\.\d\d$/, "the time");
  assert.notEqual(said.next, "", "a next step");
  if (outcome !== "admit") assert.notEqual(said.reason, "", "a reason");
}

/** Fails unless the verdict fills the first screen, with everything that belongs on it inside it. */
export async function assertFills(page) {
  const [box, foot, view] = await page.evaluate(() => {
    const bounds = (selector) => document.querySelector(selector).getBoundingClientRect().toJSON();
    return [bounds("[data-verdict]"), bounds(".v-foot"), { width: innerWidth, height: innerHeight }];
  });
  assert.ok(box.left <= 0 && box.right >= view.width && box.top <= 0 && box.bottom >= view.height - 1, JSON.stringify({ box, view }));
  assert.ok(foot.bottom <= view.height, `the word of the minute is out of sight: ${foot.bottom} of ${view.height}`);
}
