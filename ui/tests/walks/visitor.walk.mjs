// A visitor's way with a phone of one's own: from the poster to the verdict, out again, and back in the history.
import assert from "node:assert/strict";
import { before } from "node:test";
import { demo, device } from "./demo.mjs";
import { axe, walk } from "./harness.mjs";
import { asDevice, openPlaces, requestId, room } from "./places.mjs";
import { assertFills, assertWhole, comeIn, press, register, verdict, visiting } from "./visitor.mjs";

const GREEN = demo().visitors[0];
const [CHILD, PARENT] = GREEN.companions.map(({ name }) => name);
const wide = (name) => ({ name, rooms: room({ capacity: "60", quota: "" }) });
let hall;
let garden;

before(async () => {
  [hall, garden] = await openPlaces([wide("Balai Warga Oro-Oro"), wide("Taman Baca Kauman")]);
});

walk(["phone", "tablet"], "a stranger registers from a poster's link and stands before the same door again", async (stage) => {
  const page = await stage.page();
  await page.goto(`/d/${hall.code}`);
  await axe(page);
  await press(page, "Daftar atau masuk", { role: "link" });
  await axe(page);
  await register(page, { name: "Ratna Dewi", born: "17-08-1984" });
  assert.equal(new URL(page.url()).pathname, `/d/${hall.code}`);
  await page.getByRole("heading", { name: hall.name }).waitFor();
  await page.getByText("Masuk sebagai Ratna Dewi.").waitFor();

  await press(page, "Tambah anak atau orang tua", { role: "link" });
  await axe(page);
  await page.getByLabel("Nama lengkap").fill("Bima");
  await page.getByLabel("Tanggal lahir").fill("3-5-2017");
  await press(page, "Tambahkan");
  assert.equal(new URL(page.url()).pathname, `/d/${hall.code}`);
  await page.getByLabel("Bima").check();
  await axe(page);
  await press(page, "Masuk sekarang");
  const said = await verdict(page);
  assertWhole(said, "refuse");
  assert.match(said.place, new RegExp(hall.name));
  assert.match(said.next, /Gerai vaksin/);
  await page.getByText("R. D.: Dosis pertama belum tercatat.").waitFor();
  await assertFills(page);
  await axe(page);
});

walk("phone", "an ID number of an unknown region is asked about once, and taken", async (stage) => {
  const page = await stage.page();
  await page.goto(`/masuk?next=/d/${hall.code}`);
  await register(page, { name: "Sari Utami", born: "14-02-1990", nik: "9801015402900003" });
  await page.getByRole("alert").getByText(/bukan kode daerah yang kami kenal/).waitFor();
  await axe(page);
  assert.equal(await page.getByLabel("Nama lengkap").inputValue(), "Sari Utami");
  await press(page, "Daftar");
  assert.equal(new URL(page.url()).pathname, `/d/${hall.code}`);
  await page.goto("/me");
  await page.getByText("Berakhir 0003").waitFor();
});

walk(["phone", "tablet"], "a family comes in with one tap, and leaves by the button", async (stage) => {
  const page = await visiting(stage, GREEN);
  const said = await comeIn(page, `/d/${hall.code}`, [CHILD, PARENT]);
  assertWhole(said, "admit");
  assert.match(said.place, new RegExp(hall.name));
  assert.match(said.next, /Silakan masuk ke Aula/);
  await assertFills(page);
  await axe(page);
  const word = await page.locator("[data-slot=word]").textContent();
  await page.reload();
  assert.ok([word, (await verdict(page)).word].every(Boolean));

  await press(page, "Saya sudah keluar");
  await page.getByRole("heading", { name: "Terima kasih, Anda sudah tercatat keluar" }).waitFor();
  await axe(page);
  await press(page, "Riwayat kunjungan", { role: "link" });
  await page.locator(".visits > li").first().getByText(hall.name).waitFor();
  assert.match(await page.locator(".visits > li").first().innerText(), /Bersama /);
  assert.equal(await page.locator(".visits > li").first().getByRole("button").count(), 0, "the visit has ended");
});

walk("phone", "whoever scans the poster again is asked to leave", async (stage) => {
  const page = await visiting(stage, GREEN);
  assertWhole(await comeIn(page, `/d/${hall.code}`), "admit");
  await page.goto(`/d/${hall.code}`);
  await page.getByText(/Anda tercatat di dalam sejak pukul/).waitFor();
  await axe(page);
  await press(page, "Saya keluar");
  await page.getByRole("heading", { name: "Terima kasih, Anda sudah tercatat keluar" }).waitFor();
  await page.goBack();
  await page.reload();
  assert.equal(await page.getByText(/Anda tercatat di dalam/).count(), 0);
});

walk("phone", "a check-in elsewhere ends the old visit, and the history says so", async (stage) => {
  const page = await visiting(stage, GREEN);
  await comeIn(page, `/d/${hall.code}`);
  const old = page.url();
  await page.goto(`/d/${garden.code}`);
  await page.getByText(`Anda masih tercatat di ${hall.name}. Bila Anda masuk ke sini, kunjungan itu diakhiri.`).waitFor();
  assertWhole(await comeIn(page, `/d/${garden.code}`), "admit");
  await page.goto("/me/history");
  const rows = page.locator(".visits > li");
  await rows.nth(0).getByText(garden.name).waitFor();
  await rows.nth(0).getByText("Di dalam").waitFor();
  await rows.nth(1).getByText(hall.name).waitFor();
  await rows.nth(1).getByText("Waktu keluar diperkirakan: Anda masuk ke tempat lain.").waitFor();
  await axe(page);
  await page.goto(old);
  assert.equal(await page.locator("[data-verdict]").count(), 0, "the old verdict proves nothing any more");
  await page.goto("/me/history");
  await press(page, `Keluar dari ${garden.name}`);
});

walk("phone", "the page of somebody who is looked at changes by itself once the officer has decided", async (stage) => {
  const gate = device("SPKT Polresta");
  const yellow = demo().visitors.find(({ status }) => status === "yellow");
  const page = await visiting(stage, yellow);
  assertWhole(await comeIn(page, `/d/${gate.code}`), "check");
  await axe(page);
  const decision = new URL(page.url()).pathname.split("/").pop();
  await asDevice(gate, `/api/v1/decisions/${decision}/resolve`, { id: requestId(), outcome: "admit", reason: "Surat dokter diperlihatkan." });
  await page.locator("[data-verdict=admit]").waitFor();
  assertWhole(await verdict(page), "admit");
  await press(page, "Saya sudah keluar");
});

walk(["phone", "tablet"], "all of it works without scripts", async (stage) => {
  const page = await stage.page({ script: false });
  await page.goto(`/d/${hall.code}`);
  await press(page, "Daftar atau masuk", { role: "link" });
  await register(page, { name: "Wayan Sudana", born: "1-1-1970" });
  await press(page, "Tambah anak atau orang tua", { role: "link" });
  await page.getByLabel("Nama lengkap").fill("Ayu");
  await page.getByLabel("Tanggal lahir").fill("9-9-2018");
  await press(page, "Tambahkan");
  await page.getByLabel("Ayu").check();
  await axe(page);
  await press(page, "Masuk sekarang");
  const said = await verdict(page);
  assertWhole(said, "refuse");
  await assertFills(page);
  await axe(page);

  const green = await visiting(stage, GREEN, { script: false });
  assertWhole(await comeIn(green, `/d/${hall.code}`, [PARENT]), "admit");
  await assertFills(green);
  await press(green, "Saya sudah keluar");
  await green.getByRole("heading", { name: "Terima kasih, Anda sudah tercatat keluar" }).waitFor();
});
