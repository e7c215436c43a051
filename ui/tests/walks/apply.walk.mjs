// A place manager signs an organisation up and applies for places: one by its form, many by a list.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { walk } from "./harness.mjs";
import { describePlace, fresh, heading, HEADER, look, send, session, signUp, upload } from "./office.mjs";

const example = (name) => new URL(`../../../examples/${name}`, import.meta.url);

for (const script of [true, false]) {
  const how = script ? "" : " without scripts";
  walk(["phone", "tablet"], `an organisation signs up and applies for one place${how}`, async (stage) => {
    const page = await stage.page({ script });
    await signUp(page, () => look(page));
    assert.equal(await heading(page), "Tempat");
    await look(page);
    await page.locator("main a[href='/desk/places/new']").first().click();
    await page.locator("[name=name]").waitFor();
    await look(page);

    await send(page);
    await look(page);
    const summary = page.locator("#errors a");
    assert.ok((await summary.count()) >= 6, "every empty field is named");
    for (const link of await summary.all()) {
      const target = (await link.getAttribute("href")).slice(1);
      assert.equal(await page.locator(`[id="${target}"]`).count(), 1, `${target} is somewhere on the page`);
    }

    const name = fresh("Balai Tugu");
    await describePlace(page, name);
    await look(page);
    await send(page);
    await look(page);
    assert.equal(await heading(page), `Permohonan untuk ${name} terkirim`);
    assert.match(await page.locator(".reference.code").textContent(), /^\w{4}-\w{4}$/);

    await page.click("main .actions .primary");
    const panel = page.locator("#panel");
    await panel.waitFor();
    await look(page);
    const told = await panel.innerText();
    for (const words of ["Menunggu", "Ruang SPKT", "Pintu samping", "Ruang SIM", "Pintu belakang", "Klojen", "20.00", "25 Desember 2026"]) {
      assert.ok(told.includes(words), `the panel says ${words}:\n${told}`);
    }
  });
}

walk("tablet", "a list is marked cell by cell, goes in only when it is mended, and then as a whole", async (stage) => {
  const page = await stage.page();
  await signUp(page);
  await page.click("main a[href='/desk/places/list']");
  await look(page);
  const places = [fresh("Kantor A"), fresh("Kantor B"), fresh("=HYPERLINK(1)")];
  const rows = [
    `${places[0]},polisi,Jl. A 1,35.73.02,-7.97,112.63,0341,Sen-Jum 08.00-15.00,SPKT,40,banyak,Utama`,
    `${places[0]},,,,,,,,SIM,20,10,Samping`,
    `${places[1]},rumah hantu,Jl. B 2,Klojenn,-7.97,112.63,0341,24 jam,Aula,60,30,Utama`,
    `${places[2]},mal,Jl. C 3,35.73.02,-7.97,112.63,0341,pagi-sore,Lobi,90,40,Utara`,
  ];
  await upload(page, [HEADER, ...rows].join("\n"));
  await look(page);
  const bad = page.locator("td.bad input");
  const names = await bad.evaluateAll((inputs) => inputs.map((input) => input.name));
  assert.deepEqual(names, ["r2.capacity", "r4.category", "r4.district", "r5.hours"]);
  const errors = await page.locator("td.bad .error").allInnerTexts();
  const mends = [/angka bulat saja, misalnya 40/, /misalnya kepolisian atau mal/, /Mungkin maksudnya: .*Klojen/, /Tulis misalnya 08\.00-15\.00/];
  mends.forEach((mend, index) => assert.match(errors[index], mend));
  assert.equal(await page.locator("button[value=send]").count(), 0, "a list with faults cannot be sent");

  await page.fill("[name='r2.capacity']", "15");
  await page.fill("[name='r4.category']", "publik");
  await page.click("button[value=again]");
  await page.waitForLoadState();
  await look(page);
  const left = await bad.evaluateAll((inputs) => inputs.map((input) => input.name));
  assert.ok(left.includes("r5.hours") && !left.includes("r2.capacity"), left.join());
  const other = await stage.page();
  await other.context().addCookies(await page.context().cookies());
  await other.goto("/desk/applications");
  for (const place of places) assert.ok(!(await other.content()).includes(place), "nothing was half imported");

  if (left.includes("r4.category")) await page.fill("[name='r4.category']", "pelayanan publik");
  await page.fill("[name='r4.district']", "35.73.02");
  await page.fill("[name='r5.hours']", "10.00-21.00");
  await page.click("button[value=again]");
  await page.locator("button[value=send]").waitFor();
  await look(page);
  assert.equal(await heading(page), "3 tempat dengan 4 pintu siap diajukan");
  await page.click("button[value=send]");
  await page.locator(".done-page").waitFor();
  await look(page);
  assert.equal(await heading(page), "3 permohonan terkirim");
  await other.reload();
  assert.equal(await other.locator("tbody tr").count(), 3);
  assert.equal(await other.locator("tbody .tag", { hasText: "Menunggu" }).count(), 3);
});

walk(["phone", "tablet"], "the example lists pass the preview", async (stage) => {
  for (const [list, manager] of [["malang.csv", "pengelola.malang@demo.example"], ["sumsel.csv", "pengelola.sumsel@demo.example"]]) {
    // The demo has imported these places already, so each bears another name here; the rest is the list as it ships.
    const csv = readFileSync(example(list), "utf8").replaceAll(/^(?!instansi,)([^,]*,[^,]*,[^,]+),/gm, "$1 Baru,");
    const places = new Set(csv.trim().split("\n").slice(1).map((line) => line.split(",").slice(0, 3).join()));
    const gates = csv.trim().split("\n").length - 1;
    const page = await stage.page({ session: await session(manager) });
    await page.goto("/desk/places/list");
    await upload(page, csv);
    await look(page);
    assert.equal(await heading(page), `${places.size} tempat dengan ${gates} pintu siap diajukan`);
    assert.equal(await page.locator("button[value=send]").count(), 1);
  }
});
