// A manager's code makes a device the screen of a gate; the screen and visitors' own phones say the same, live; and a
// device whose enrolment was ended is led back with a sentence.
import assert from "node:assert/strict";
import { atGate, board, counts, deviceAt, initialsOf, outside, readFromScreen, secondVisitor, TONES, tones } from "./gate.mjs";
import { demo } from "./demo.mjs";
import { axe, walk } from "./harness.mjs";
import { fresh, session } from "./office.mjs";

const MANAGER = "pengelola.malang@demo.example";
const PLACE = "Polsek Klojen";

/** A manager makes a code on the desk's pages; it stands there once, large. */
async function enrolmentCode(stage, name) {
  const desk = await stage.page({ size: "desk", session: await session(MANAGER) });
  await desk.goto("/desk/places");
  await desk.getByRole("link", { name: PLACE, exact: true }).click();
  await desk.goto(`${new URL(desk.url()).pathname}/gates`);
  await desk.locator("a[href$='/enrol']").first().click();
  await desk.fill("[name=name]", name);
  await desk.locator("main form .primary").click();
  const code = desk.locator(".big.code");
  assert.match(await code.textContent(), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(await desk.locator("dd.code").first().textContent(), `${demo().base_url}/gate`);
  const address = await readFromScreen(desk, desk.locator(".to-film"));
  assert.equal(address, `${demo().base_url}/gate#${await code.textContent()}`);
  await axe(desk);
  return { desk, code: await code.textContent(), address };
}

/** The manager ends the enrolment of a device by its name. */
async function revoke(desk, name) {
  await desk.locator(".actions .primary").click();
  await desk.locator("tr", { hasText: name }).locator("a.danger").click();
  await desk.locator("main form button").first().click();
  await desk.waitForLoadState();
}

walk(["tablet", "phone"], "a manager's code makes a device the gate's screen, once, until it is revoked", async (stage) => {
  const name = fresh("Tablet");
  const { desk, code, address } = await enrolmentCode(stage, name);
  const device = await stage.page();
  await device.goto("/gate");
  await axe(device);
  await device.locator("form[action='/gate/daftar'] .primary").click();
  assert.match(await device.locator("#code-error").textContent(), /Tuliskan kode pendaftaran/);
  await device.fill("[name=code]", code.toLowerCase());
  await device.locator("form[action='/gate/daftar'] .primary").click();
  await device.waitForURL("**/gate/terdaftar");
  assert.match(await device.locator("main").textContent(), new RegExp(`${PLACE}[^]*${name}`));
  await axe(device);
  await device.locator("main .actions a").click();
  assert.match(await device.locator("h1").textContent(), new RegExp(PLACE));

  // Whoever films the manager's picture finds the code typed in; it has been used by now.
  const other = await stage.page();
  await other.goto(address);
  await other.waitForFunction((typed) => document.querySelector("[name=code]").value === typed, code);
  await other.locator("form[action='/gate/daftar'] .primary").click();
  assert.match(await other.locator("#code-error").textContent(), /sudah dipakai/);
  assert.equal(await other.inputValue("[name=code]"), code);
  await axe(other);

  const form = await device.context().newPage();
  await form.goto("/gate/tanpa-kode");
  await revoke(desk, name);
  // The waiting screen finds out by itself; the officer's other pages when they are used.
  const gone = (page) => page.locator("h1", { hasText: "Perangkat ini tidak terdaftar lagi" }).waitFor();
  await gone(device);
  assert.match(await device.locator(".lead").textContent(), /masukkan kode baru/);
  await axe(device);
  await form.fill("[name=name]", "Sri Rahayu");
  await form.fill("[name=birth_date]", "17-08-1965");
  await form.locator("main form .primary").click();
  await gone(form);
  for (const page of ["/gate/di-dalam", "/gate/tanpa-kode", "/gate/terdaftar", "/gate/putusan/AAAAAAAAAAAAAAAAAAAAAAAAAA"]) {
    await form.goto(page);
    assert.equal(new URL(form.url()).pathname, "/gate", page);
    await gone(form);
  }
});

walk(["tablet", "phone"], "the waiting screen shows the minute's code and word, how full it is, and initials alone", async (stage) => {
  const device = deviceAt("SPKT Polresta Malang Kota");
  for (const [colorScheme, locale] of [["light", "id-ID"], ["dark", "en-GB"]]) {
    const gate = await atGate(stage, device, { colorScheme, locale });
    const { word, typed, inside, capacity, today, quota } = await board(gate);
    assert.match(word, /^[a-z]+$/);
    assert.match(typed, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.ok(inside <= capacity && today <= quota, "figures within their limits");
    const address = new URL(await readFromScreen(gate));
    assert.equal(address.origin, demo().base_url);
    assert.ok(address.pathname.toUpperCase().startsWith(`/D/${device.code}/`), address.pathname);
    assert.equal(address.pathname.split("/").at(-1).toUpperCase(), (await board(gate)).typed.replace("-", ""));
    assert.deepEqual(await namesOn(gate), []);
    await axe(gate);
    const deck = await gate.locator(".deck").boundingBox();
    const height = await gate.evaluate("innerHeight");
    assert.ok(deck.y + deck.height <= height, "the officer's buttons are in sight");
    assert.ok((await gate.evaluate("document.documentElement.scrollWidth - innerWidth")) <= 0, "nothing is too wide");
  }
});

walk(["tablet", "phone"], "a phone that read the screen is proven, and gate and phone show the same word at once", async (stage) => {
  const device = deviceAt("SPKT Polresta Malang Kota");
  const { name, session: signedIn, credential } = secondVisitor("green");
  await outside(device, credential);
  const gate = await atGate(stage, device);
  const before = await board(gate);
  await tones(gate);

  const phone = await stage.page({ size: "phone", session: signedIn });
  await phone.goto(new URL(await readFromScreen(gate)).pathname);
  await phone.locator("form:has(input[name=id]) button").click();
  const shown = phone.locator(".v-admit");
  await shown.waitFor();
  const banner = gate.locator(".banner.b-admit");
  await banner.waitFor();
  const word = (await shown.locator("[data-slot=word], .v-foot dd").nth(1).textContent()).trim();
  assert.equal(await banner.locator("[data-slot=initials]").textContent(), initialsOf(name));
  assert.equal(await banner.locator("[data-slot=word]").textContent(), word);
  assert.deepEqual(await tones(gate), TONES.admit);
  await counts(gate, before.inside + 1);
  const line = gate.locator("[data-recent] li").first();
  assert.match(await line.textContent(), new RegExp(`${initialsOf(name)}.*${word}`));
  assert.deepEqual(await namesOn(gate), []);
  assert.doesNotMatch(await phone.locator("main").textContent(), /belum terbukti/);
  await axe(gate);

  // Leaving by the phone's own button is told to the screen as well.
  await phone.locator("form[action$='/leave'] button").first().click();
  await gate.locator("[data-recent] li").first().locator("[aria-label=Keluar]").waitFor();
  assert.match(await line.textContent(), new RegExp(initialsOf(name)));
  await counts(gate, before.inside);
});

walk("tablet", "a check-in by the poster's code is told as well, and stays unproven", async (stage) => {
  const device = deviceAt("SPKT Polresta Malang Kota");
  const { session: signedIn, credential } = secondVisitor("green");
  await outside(device, credential);
  const gate = await atGate(stage, device);
  const phone = await stage.page({ size: "phone", session: signedIn });
  await phone.goto(`/d/${device.code}`);
  await phone.locator("form:has(input[name=id]) button").click();
  await phone.locator(".v-admit").waitFor();
  await gate.locator(".banner.b-admit").waitFor();
  assert.match(await phone.locator("main").textContent(), /belum terbukti/);
  await outside(device, credential);
});

/** Which of the demo's people can be told by more than initials. */
async function namesOn(page) {
  const text = await page.locator("body").textContent();
  return demo().visitors.filter(({ name }) => text.includes(name) && name.includes(" ")).map(({ name }) => name);
}
