// The authority imports people and doses from lists; a desk prints cards for those who stand before it.
import assert from "node:assert/strict";
import { demo, visitor } from "./demo.mjs";
import { walk } from "./harness.mjs";
import { heading, look, send, session } from "./office.mjs";

/** A woman's ID number of the invented region, born on 17 August 1990, that no earlier run has used. */
function freshNumber() {
  const digits = String(Date.now() + Math.floor(Math.random() * 1e6)).slice(-8);
  return `99${digits.slice(0, 4)}570890${digits.slice(4)}`;
}

async function handIn(page, kind, csv) {
  await page.goto("/desk/people");
  await look(page);
  await page.check(`[name=kind][value=${kind}]`);
  await page.setInputFiles("[name=file]", { name: "daftar.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await send(page);
  await over(page);
  await look(page);
}

/** Waits for the report: with scripts it comes by itself, without by the page's own link. */
async function over(page) {
  for (let looks = 0; looks < 40; looks += 1) {
    if (!(await page.locator("[data-stream]").count())) return;
    await page.goto(page.url());
  }
  throw new Error("the list is never over");
}

const told = (page) => page.locator("main").innerText();

for (const script of [true, false]) {
  walk(["phone", "desk"], `lists of people and doses are looked at, stored, and known the second time${script ? "" : ", without scripts"}`, async (stage) => {
    const page = await stage.page({ script, session: await session("authority") });
    const [siti, budi] = [freshNumber(), freshNumber()];
    const people = `nama;tanggal_lahir;nik;kontak\nSiti Rahma;17-08-1990;${siti};\n=cmd();17-08-1990;${budi};\nTanpa Tanggal;;${freshNumber()};\n`;
    await handIn(page, "people", people);
    assert.equal(await heading(page), "2 baris siap disimpan");
    assert.ok((await told(page)).includes("Belum ada yang tersimpan"));
    assert.equal(await page.locator("tbody tr").count(), 1);
    const [file] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
    assert.equal(file.suggestedFilename(), "gapura-laporan-impor.csv");
    await page.click("button[value=store]");
    await over(page);
    await look(page);
    assert.equal(await heading(page), "2 baris tersimpan");
    assert.ok(!(await told(page)).includes("Siti"), "a report names nobody");

    const doses = `nik,nama,tanggal_lahir,tanggal,vaksin,dosis\n${siti},Siti Rahma,17-08-1990,2021-08-01,CoronaVac,1\n${siti},Siti R,17-08-1990,2021-09-01,CoronaVac,2\n`;
    await handIn(page, "vaccinations", doses);
    assert.equal(await heading(page), "1 baris siap disimpan");
    await page.click("button[value=store]");
    await over(page);
    assert.equal(await heading(page), "1 baris tersimpan");
    await handIn(page, "people", people);
    assert.equal(await heading(page), "Tidak ada baris yang dapat disimpan");
    await handIn(page, "people", "nama,alamat\nSiti,Jl. Kelud\n");
    assert.ok((await told(page)).includes("Kolom nik tidak ada"));
  });
}

walk("phone", "a list that was not chosen is asked for, and what was chosen is kept", async (stage) => {
  const page = await stage.page({ session: await session("authority") });
  await page.goto("/desk/people");
  await page.check("[name=kind][value=vaccinations]");
  await send(page);
  await look(page);
  assert.ok((await page.locator(".summary").innerText()).includes("Pilih berkas CSV dahulu."));
  assert.ok(await page.isChecked("[name=kind][value=vaccinations]"));
});

for (const script of [true, false]) {
  walk(["phone", "desk"], `a card is printed for somebody with a document and revoked when it is lost${script ? "" : ", without scripts"}`, async (stage) => {
    const page = await stage.page({ script, session: await session("booth") });
    const number = freshNumber();
    await page.goto("/desk/cards");
    await look(page);
    await identify(page, number);
    await look(page);
    assert.ok((await told(page)).includes("Belum terdaftar dengan ketiga data itu"));
    await page.check("[name=seen]");
    await page.click("form[action='/desk/cards/register'] button");
    await page.locator("form[action='/desk/cards/give']").waitFor();
    assert.equal(await heading(page), "Kartu untuk Sumarni");
    await look(page);
    await page.check("[name=compare]");
    await page.click("form[action='/desk/cards/give'] .primary");
    await page.locator(".done-page").waitFor();
    await look(page);
    assert.equal(await heading(page), "Kartu siap dicetak");
    const pdf = await printed(page);
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");

    await page.goto("/desk/cards");
    await identify(page, number);
    await page.locator("form[action='/desk/cards/give']").waitFor();
    await page.click("form[action='/desk/cards/revoke'] button");
    await page.locator(".flash").waitFor();
    await look(page);
    assert.ok((await told(page)).includes("Dicabut"));
    assert.ok(!page.url().includes(number), "no number stands in an address");
  });
}

walk("desk", "a pass or card that is read by a USB scanner opens its owner, and a number alone opens nobody", async (stage) => {
  const page = await stage.page({ session: await session("booth") });
  const { name, credential } = visitor("green");
  await page.goto("/desk/cards");
  await page.fill("[name=code]", "9901015708900001");
  await page.keyboard.press("Enter");
  await page.locator(".summary").waitFor();
  await look(page);
  await page.fill("[name=code]", credential);
  await page.keyboard.press("Enter");
  await page.locator("form[action='/desk/cards/give']").waitFor();
  assert.equal(await heading(page), `Kartu untuk ${name}`);
  await look(page);
  await page.click("form[action='/desk/cards/give'] .primary");
  assert.ok((await page.locator(".summary").innerText()).includes("Cocokkan tanda pengenalnya dahulu."));
});

walk("tablet", "a card that the desk's camera films opens its owner", async (stage) => {
  const { name, credential } = visitor("green");
  const camera = await stage.camera(credential);
  const page = await stage.page({ camera, session: await session("booth") });
  await page.goto("/desk/cards");
  await page.locator("[data-start]").click();
  await page.locator("form[action='/desk/cards/give']").waitFor();
  assert.equal(await heading(page), `Kartu untuk ${name}`);
});

async function identify(page, number) {
  await page.fill("[name=nik]", number);
  await page.fill("[name=name]", "Sumarni");
  await page.fill("[name=birth_date]", "17-08-1990");
  await page.click("form[action='/desk/cards/id'] button:last-of-type");
}

/** The document behind the form of the page, fetched as the form would fetch it. */
async function printed(page) {
  const form = page.locator("form[action='/desk/cards/card.pdf']");
  const value = (name) => form.locator(`[name=${name}]`).inputValue();
  const answer = await page.request.post(`${demo().base_url}/desk/cards/card.pdf`, {
    form: { csrf: await value("csrf"), ticket: await value("ticket") },
  });
  assert.equal(answer.status(), 200);
  return answer.body();
}
