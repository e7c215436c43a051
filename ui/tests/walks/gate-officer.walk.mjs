// What an officer does at a gate by hand: somebody without a code, the end of a check, letting in by name, letting out;
// and a room that is full.
import assert from "node:assert/strict";
import { ask, atGate, away, board, counts, deviceAt, initialsOf, isReadable, outside, settled, tones, TONES, typeCode, verdict } from "./gate.mjs";
import { staff, visitor } from "./demo.mjs";
import { axe, walk } from "./harness.mjs";

const HERE = () => deviceAt("Samsat Malang Kota", "Pintu masuk selatan");
const SMALL = () => deviceAt("Pojok Baca Klojen");
const OFFICER = () => staff("gate").login;

/** Writes somebody down who has neither phone nor card; ends at the verdict's page. */
async function byHand(page, name, { birthDate = "17-08-1965", note } = {}) {
  await page.goto("/gate/tanpa-kode");
  await page.fill("[name=name]", name);
  await page.fill("[name=birth_date]", birthDate);
  if (note) {
    await page.selectOption("[name=reason]", "");
    await page.fill("[name=note]", note);
  }
  await page.locator("main form .primary").click();
}

/** The yes or no of a check on the page or over the screen. */
function answer(view, outcome) {
  return view.locator(`form:has([name=outcome][value=${outcome}])`);
}

walk(["tablet", "phone"], "somebody with neither phone nor card is written down, looked at and let in", async (stage) => {
  const device = HERE();
  const screen = await atGate(stage, device);
  const before = await board(screen);
  const gate = await atGate(stage, device, { path: "/gate/tanpa-kode" });
  await axe(gate);
  assert.ok(await gate.locator("[name=note]").isHidden(), "an own reason is asked for only when the list has none");
  await gate.fill("[name=birth_date]", "31-02-1965");
  await gate.selectOption("[name=reason]", "");
  await gate.locator("main form .primary").click();
  await gate.locator("#errors").waitFor();
  for (const field of ["name", "birth_date", "note"]) assert.ok(await gate.locator(`#${field}-error`).isVisible(), field);
  assert.equal(await gate.inputValue("[name=birth_date]"), "31-02-1965");
  await axe(gate);

  await byHand(gate, "Sri Rahayu", { note: "Ponsel disita di meja depan" });
  await gate.waitForURL("**/gate/putusan/**");
  const check = gate.locator(".v-check");
  assert.equal(await check.locator("h1").textContent(), "PERIKSA");
  assert.match(await check.textContent(), /S\. R\./);
  await isReadable(check);
  await axe(gate);
  const yes = answer(check, "admit");
  await yes.locator("select").selectOption({ index: 2 });
  await yes.locator("button").click();
  await gate.locator(".v-admit").waitFor();
  await axe(gate);
  await counts(screen, before.inside + 1);
  assert.match(await screen.locator("[data-recent] li").first().textContent(), /S\. R\./);
});

walk(["tablet", "phone"], "a check over the waiting screen is ended with no, and only with a reason", async (stage) => {
  const device = HERE();
  const checked = visitor("yellow");
  await settled(device, checked.credential);
  const gate = await atGate(stage, device);
  const before = await board(gate);
  await tones(gate);
  await typeCode(gate, checked.credential);
  const { view } = await verdict(gate, "check");
  const no = answer(view, "refuse");
  await no.locator("select").selectOption("");
  await no.locator("button").click();
  assert.ok(await view.isVisible());
  assert.ok(await no.locator("[name=note]").evaluate((field) => field === document.activeElement), "the reason is asked for");
  await no.locator("[name=note]").fill("Nama di kartu milik orang lain");
  await axe(gate);
  await no.locator("button").click();
  const refused = await verdict(gate, "refuse");
  assert.ok(refused.why);
  assert.deepEqual(await tones(gate), [...TONES.check, ...TONES.refuse]);
  await away(gate);
  const after = await board(gate);
  assert.equal(after.inside, before.inside);
});

walk(["tablet", "phone"], "a check from a visitor's phone is decided at the gate, and the phone hears of it", async (stage) => {
  const device = HERE();
  const checked = visitor("yellow");
  await settled(device, checked.credential);
  const gate = await atGate(stage, device);
  const before = await board(gate);
  const phone = await stage.page({ size: "phone", session: checked.session });
  await phone.goto(`/d/${device.code}`);
  await phone.locator("form:has(input[name=id]) button").click();
  await phone.locator(".v-check").waitFor();
  const banner = gate.locator(".banner.b-check");
  await banner.waitFor();
  await axe(gate);
  await banner.click();
  await gate.waitForURL("**/gate/putusan/**");
  await answer(gate.locator(".v-check"), "admit").locator("button").click();
  await gate.locator(".v-admit").waitFor();
  await phone.locator(".v-admit").waitFor();
  await gate.goto("/gate");
  await counts(gate, before.inside + 1);
  await outside(device, checked.credential);
});

walk(["tablet", "phone"], "a refusal is overridden by an officer's name and reason, and by nobody else's", async (stage) => {
  const device = HERE();
  const red = visitor("red");
  await outside(device, red.credential);
  const gate = await atGate(stage, device);
  const before = await board(gate);
  await typeCode(gate, red.credential);
  const { view, next } = await verdict(gate, "refuse");
  assert.match(next, /Gerai vaksin/);
  await view.locator("[data-slot=by_name]").click();
  await gate.waitForURL("**/izinkan");
  assert.match(await gate.locator("main").textContent(), new RegExp(initialsOf(red.name)));
  assert.ok(!(await gate.locator("body").textContent()).includes(red.name), "no name on a screen");
  await axe(gate);
  for (const [officer, reason, wrong] of [["", "", "officer"], ["orang.lain@demo.example", "Ambulans", "officer"], [OFFICER(), "", "reason"]]) {
    await gate.fill("[name=officer]", officer);
    await gate.fill("[name=reason]", reason);
    await gate.locator("main form").evaluate((form) => form.setAttribute("data-sent", ""));
    await gate.locator("main form .primary").click();
    await gate.locator("main form:not([data-sent])").waitFor();
    assert.ok(await gate.locator(`#${wrong}-error`).isVisible(), wrong);
    assert.equal(await gate.inputValue("[name=officer]"), officer);
  }
  await axe(gate);
  await gate.fill("[name=officer]", OFFICER());
  await gate.fill("[name=reason]", "Mengantar anak yang sakit");
  await gate.locator("main form .primary").click();
  await gate.locator(".v-admit").waitFor();
  await gate.goto("/gate");
  await counts(gate, before.inside + 1);
  await outside(device, red.credential);
});

walk(["tablet", "phone"], "an officer finds who is inside and lets them out", async (stage) => {
  const device = HERE();
  const green = visitor("green");
  await ask(device, "check-ins", { credential: green.credential, intent: "enter" });
  const screen = await atGate(stage, device);
  const before = await board(screen);
  const gate = await atGate(stage, device, { path: "/gate" });
  await gate.locator("a[href='/gate/di-dalam']").click();
  await gate.waitForURL("**/gate/di-dalam");
  await axe(gate);
  assert.ok(!(await gate.locator("body").textContent()).includes(green.name), "no name on a screen");
  await gate.fill("[name=cari]", "zzzz");
  await gate.locator(".finder button").click();
  assert.match(await gate.locator("main").textContent(), /Tidak ada yang cocok/);
  await gate.fill("[name=cari]", initialsOf(green.name));
  await gate.locator(".finder button").click();
  await gate.locator("tr", { hasText: initialsOf(green.name) }).first().locator("button").click();
  await gate.waitForURL("**/gate/keluar/**");
  assert.equal(await gate.locator(".v-left h1").textContent(), "Sampai jumpa");
  await axe(gate);
  await counts(screen, before.inside - 1);
  await screen.locator("[data-recent] li").first().locator("[aria-label=Keluar]").waitFor();
});

walk("tablet", "a full room refuses with when to come back, and is never counted over its capacity", async (stage) => {
  const device = SMALL();
  const screen = await atGate(stage, device);
  const { inside, capacity } = await board(screen);
  const came = [];
  for (let place = inside; place < capacity; place += 1) {
    const { decision, verdict: said } = await ask(device, "check-ins/manual", { name: "Budi Santoso", birth_date: "1970-01-01", reason: "Tidak membawa ponsel" });
    assert.equal(said, "check");
    const { visit } = await ask(device, `decisions/${decision}/resolve`, { outcome: "admit", reason: "Identitas dicocokkan" });
    came.push(visit);
  }
  await counts(screen, capacity);
  await typeCode(screen, visitor("green").credential);
  const full = await verdict(screen, "refuse");
  assert.match(full.why, /penuh/);
  assert.match(full.next, /Tunggu|[Kk]embali|pukul/);
  await isReadable(full.view);
  await axe(screen);
  await away(screen);

  // Written by hand and looked at, there is still no room.
  const gate = await atGate(stage, device, { path: "/gate/tanpa-kode" });
  await byHand(gate, "Wayan Sudira");
  await gate.locator(".v-refuse").waitFor();
  assert.equal((await board(screen)).inside, capacity);

  // One goes, one comes.
  await ask(device, `visits/${came[0]}/check-out`);
  await counts(screen, capacity - 1);
  await typeCode(screen, visitor("green").credential);
  await verdict(screen, "admit");
  await away(screen);
  await counts(screen, capacity);
  for (const visit of came.slice(1)) await ask(device, `visits/${visit}/check-out`);
  await outside(device, visitor("green").credential);
});

walk(["tablet", "phone"], "without scripts a check is ended and a refusal overridden all the same", async (stage) => {
  const device = HERE();
  const checked = visitor("yellow");
  const red = visitor("red");
  for (const { credential } of [checked, red]) await outside(device, credential);
  const gate = await atGate(stage, device, { script: false });
  await typeCode(gate, checked.credential);
  const check = gate.locator(".v-check");
  await answer(check, "admit").locator("select").selectOption("");
  await answer(check, "admit").locator("button").click();
  assert.match(await gate.locator(".v-fault").textContent(), /Tulis alasan/);
  await axe(gate);
  await answer(check, "admit").locator("button").click();
  assert.equal(await gate.locator(".v-admit h1").textContent(), "BOLEH MASUK");
  await gate.goto("/gate");
  await typeCode(gate, red.credential);
  await gate.locator("[data-slot=by_name]").click();
  await gate.fill("[name=officer]", OFFICER());
  await gate.fill("[name=reason]", "Dipanggil penyidik");
  await gate.locator("main form .primary").click();
  assert.equal(await gate.locator(".v-admit h1").textContent(), "BOLEH MASUK");
  for (const { credential } of [checked, red]) await outside(device, credential);
});
