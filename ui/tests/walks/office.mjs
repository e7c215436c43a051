// How walks come to a desk: as one of the demo's staff, by the same form as everybody, once for all walks.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { demo, oneTimeCode, staff } from "./demo.mjs";
import { axe } from "./harness.mjs";
import { totp } from "./totp.mjs";

const PERIOD_MS = 30_000;
const SIGN_IN = "/staff/sign-in";

/** Fills the sign-in form in and sends it. A code counts once, so a second sign-in within its time takes the next. */
export async function signIn(page, { login, password, totp_secret }, { address = SIGN_IN } = {}) {
  for (const later of [0, PERIOD_MS]) {
    await page.goto(address);
    await page.fill("[name=login]", login);
    await page.fill("[name=password]", password);
    await page.fill("[name=code]", totp(totp_secret, Date.now() + later));
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.click("main .primary")]);
    await page.waitForLoadState();
    if (!page.url().includes(SIGN_IN)) return;
  }
  throw new Error(`${login} could not sign in`);
}

/**
 * The cookie header of a session of the demo's staff: of a role, or of whoever has this login.
 *
 * Walks run one file after another, each a process of its own. A one-time code counts once in thirty seconds, so a
 * session is kept beside the demo's credentials for the walks that follow; who ends sessions uses accounts of its own.
 */
export async function session(who) {
  const person = demo().staff.find(({ login }) => login === who) ?? staff(who);
  const known = kept();
  if (known[person.login]) return known[person.login];
  const cookie = await fetchSession(person);
  writeFileSync(file(), JSON.stringify({ ...kept(), [person.login]: cookie }));
  return cookie;
}

const file = () => `${process.env.GAPURA_CREDENTIALS}.sessions`;

function kept() {
  return existsSync(file()) ? JSON.parse(readFileSync(file(), "utf8")) : {};
}

async function fetchSession({ login, password, totp_secret }) {
  const address = `${demo().base_url}${SIGN_IN}`;
  for (const later of [0, PERIOD_MS]) {
    const form = await (await fetch(address)).text();
    const csrf = form.match(/name="csrf" value="([^"]*)"/)?.[1] ?? "";
    const code = totp(totp_secret, Date.now() + later);
    const answer = await fetch(address, {
      method: "POST",
      body: new URLSearchParams({ csrf, login, password, code }),
      redirect: "manual",
    });
    const cookie = answer.headers.getSetCookie().find((line) => line.includes("gapura_s="));
    if (cookie) return cookie.split(";")[0];
  }
  throw new Error(`${login} could not sign in`);
}

let founded = 0;

/** A name that no earlier run has used. */
export function fresh(words) {
  founded += 1;
  return `${words} ${Date.now().toString(36)}${founded}`;
}

/** Signs an organisation up on the page of /join, with both codes; ends at the manager's list of tasks. */
export async function signUp(page, look = async () => {}) {
  const organisation = fresh("Dinas Uji");
  const login = `${organisation.replaceAll(" ", "-").toLowerCase()}@contoh.example`;
  const password = "kuda lumping di pasar minggu";
  await page.goto("/join");
  await look("join");
  await page.fill("[name=organisation]", organisation);
  await page.fill("[name=display_name]", "Sri Wahyuni");
  await page.fill("[name=email]", login);
  await page.fill("[name=password]", password);
  await page.click("main .primary");
  await page.locator("[name=second_factor]").waitFor();
  await look("join-confirm");
  const totp_secret = (await page.locator("main .code.ink").textContent()).replaceAll(" ", "");
  await page.fill("[name=code]", await oneTimeCode({ outbox: `${demo().base_url}/outbox`, login }));
  await page.fill("[name=second_factor]", totp(totp_secret));
  await page.click("main .primary");
  await page.waitForURL("**/desk/places");
  return { organisation, login, password, totp_secret };
}

/** Fills the form of a place in: two rooms, one of them with two gates, hours, closures. Sends nothing. */
export async function describePlace(page, name) {
  await page.fill("[name=name]", name);
  await page.selectOption("[name=category]", "public_service");
  await page.fill("[name=address]", "Jl. Tugu No. 1");
  await page.fill("[name=district]", "Klojen, Kota Malang");
  await page.fill("[name=latitude]", "-7.9771, 112.6340");
  await page.fill("[name=contact]", "0341-000000");
  await page.fill("[name='days[0]']", "08.00-20.00");
  await page.click("button[value=hours]");
  await page.fill("[name='days[5]']", "00.00-24.00");
  await page.fill("[name='days[6]']", "24 jam");
  await page.fill("[name=closures]", "2026-12-25; 2026-12-30..2027-01-02");
  await describeRoom(page, 0, { name: "Ruang SPKT", floor_area_m2: "48", capacity: "20", quota: "200" });
  await page.click("button[value='gate+ 0']");
  await page.fill("[name='rooms[0].gates[1]']", "Pintu samping");
  await page.click("button[value='room+']");
  await describeRoom(page, 1, { name: "Ruang SIM", floor_area_m2: "36,5", capacity: "12" });
  await page.fill("[name='rooms[1].gates[0]']", "Pintu belakang");
}

async function describeRoom(page, index, room) {
  for (const [field, text] of Object.entries(room)) await page.fill(`[name='rooms[${index}].${field}']`, text);
}

/** Sends the form of the page by its one main button. */
export async function send(page) {
  await page.click("main .actions .primary");
  await page.waitForLoadState();
}

/** The heading of the page. */
export async function heading(page) {
  return (await page.locator("main h1").first().textContent()).trim();
}

/** Fails if axe finds something serious, or if anything reaches beyond the page's right edge. */
export async function look(page) {
  await axe(page);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(beyond <= 0, `${page.url()} is ${beyond} px too wide`);
}

/** The columns that a short list has. */
export const HEADER = "tempat,kategori,alamat,kecamatan,lintang,bujur,kontak,jam_buka,ruang,luas_m2,kapasitas,pintu";

/** Chooses a list on the page of lists and reads it. */
export async function upload(page, csv) {
  await page.setInputFiles("[name=file]", { name: "daftar.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.click("main .primary");
  await page.locator("form[action='/desk/places/list']").waitFor();
}

/** Applies for places of these names, open day and night, each with a room and its gate. */
export async function applyForMany(page, names) {
  const row = (name) => `${name},pelayanan publik,Jl. Uji 1,35.73.02,-7.9771,112.6340,0341,24 jam,Ruang tunggu,60,25,Pintu utama`;
  await page.goto("/desk/places/list");
  await upload(page, [HEADER, ...names.map(row)].join("\n"));
  await page.click("button[value=send]");
  await page.locator(".done-page").waitFor();
}

/** As the authority, approves what waits and bears this name. */
export async function approve(stage, name) {
  const page = await stage.page({ session: await session("authority") });
  await page.goto(`/desk/applications?q=${encodeURIComponent(name)}`);
  for (const box of await page.locator("input[name=id]").all()) await box.check();
  await page.locator(".bar button[value=approve]").click();
  await page.locator("form[action='/desk/applications/approve'] .primary").click();
  await page.locator(".done-page").waitFor();
  return page;
}
