// What a visitor is told at a door: by colour, when a place is full or closed, when a code is old or mistyped, and
// where a photographed poster is not enough.
import assert from "node:assert/strict";
import { before } from "node:test";
import { demo, device } from "./demo.mjs";
import { axe, walk } from "./harness.mjs";
import { session } from "./office.mjs";
import { aroundNow, codeOf, openPlaces, room, screenCode } from "./places.mjs";
import { assertFills, assertWhole, comeIn, press, verdict, visiting } from "./visitor.mjs";

const of = (status) => demo().visitors.filter((one) => one.status === status);
const [GREEN, OTHER] = of("green");
const NEIGHBOUR = "Museum Kecil Kauman";
let hall;
let small;
let daily;
let closed;
let moved;

before(async () => {
  const limited = (name, limits) => ({ name, rooms: room({ capacity: "30", ...limits }) });
  [hall, small, daily, closed, moved] = await openPlaces([
    limited(NEIGHBOUR, {}),
    limited("Kebun Mini Kauman", { capacity: "1" }),
    limited("Pameran Harian", { quota: "1" }),
    { ...limited("Galeri Libur", {}), closures: aroundNow() },
    limited("Rumah Batik", {}),
  ]);
});

// Colours of the rule set in force, and what the demo's table makes of them here.
const ANSWERS = { green: "admit", yellow: "check", red: "refuse", black: "refuse" };
const NEXT = { green: /Silakan masuk ke Aula/, yellow: /Temui petugas/, red: /Gerai vaksin/, black: /Beristirahatlah di rumah|Hubungi puskesmas/ };

for (const status of Object.keys(ANSWERS)) {
  walk(["phone", "tablet"], `a visitor who is ${status} meets the right answer`, async (stage) => {
    for (const visitor of of(status)) {
      const page = await visiting(stage, visitor);
      const said = await comeIn(page, `/d/${hall.code}`);
      assertWhole(said, ANSWERS[status]);
      assert.match(said.next, NEXT[status]);
      await assertFills(page);
      await axe(page);
    }
  });
}

walk("phone", "a full place says so, and which places of its kind have room", async (stage) => {
  const first = await visiting(stage, GREEN);
  assertWhole(await comeIn(first, `/d/${small.code}`), "admit");
  const page = await visiting(stage, OTHER);
  await page.goto(`/d/${small.code}`);
  await page.getByText("Sedang penuh").waitFor();
  const said = await comeIn(page, `/d/${small.code}`);
  assertWhole(said, "refuse");
  assert.match(said.reason, /sedang penuh/);
  assert.match(said.next, /Tunggu sampai ada yang keluar/);
  await axe(page);
  await press(page, NEIGHBOUR, { role: "link" });
  await page.getByText(/Masih ada \d+ tempat dari 30/).first().waitFor();
  await axe(page);

  await press(first, "Saya sudah keluar");
  assertWhole(await comeIn(page, `/d/${small.code}`), "admit");
});

walk("phone", "a place whose day is used up says when to come back", async (stage) => {
  const first = await visiting(stage, GREEN);
  assertWhole(await comeIn(first, `/d/${daily.code}`), "admit");
  const page = await visiting(stage, OTHER);
  const said = await comeIn(page, `/d/${daily.code}`);
  assertWhole(said, "refuse");
  assert.match(said.reason, /Kuota .* sudah terpakai semua/);
  assert.match(said.next, /Silakan datang lagi besok pukul 00\.00 WIB/);
  await page.getByRole("link", { name: NEIGHBOUR }).waitFor();
});

walk("phone", "a closed place says so before and after the tap", async (stage) => {
  const page = await visiting(stage, GREEN);
  await page.goto(`/d/${closed.code}`);
  await page.getByText(/Tutup, buka lagi/).waitFor();
  const said = await comeIn(page, `/d/${closed.code}`);
  assertWhole(said, "refuse");
  assert.match(said.reason, /Tempat ini sedang tutup dan buka lagi/);
  assert.match(said.next, /Silakan datang lagi .+ pukul 00\.00 WIB/);
});

walk("phone", "an old poster says that it is old, and the new one opens the door", async (stage) => {
  const office = await stage.page({ session: await session("venue_manager"), size: "desk" });
  await office.goto(`/desk/places/${moved.venue}/gates`);
  await office.locator("a[href$='/reissue']").first().click();
  await office.locator("main form").getByRole("button").first().click();
  await office.waitForLoadState();
  const renewed = await codeOf(moved.venue);
  assert.notEqual(renewed, moved.code);

  const page = await visiting(stage, GREEN);
  const answer = await page.goto(`/d/${moved.code}`);
  assert.equal(answer.status(), 410);
  await page.getByRole("heading", { name: "Poster ini sudah tidak berlaku" }).waitFor();
  await page.getByText("Ini bukan penolakan.").waitFor();
  await axe(page);
  assertWhole(await comeIn(page, `/d/${renewed}`), "admit");
});

walk(["phone", "tablet"], "the code below the picture can be typed, and a slip is mended", async (stage) => {
  const page = await stage.page();
  await page.goto("/d");
  await axe(page);
  const code = hall.code.toLowerCase();
  await page.getByLabel("Kode di poster").fill(code.slice(0, 7));
  const answer = await press(page, "Buka pintu ini");
  assert.equal(answer.status(), 404);
  await page.getByText("Ini bukan penolakan.").waitFor();
  await axe(page);
  assert.equal(await page.getByLabel("Kode di poster").inputValue(), code.slice(0, 7));
  await page.getByLabel("Kode di poster").fill(`${code.slice(0, 4)} ${code.slice(4)}`);
  await press(page, "Buka pintu ini");
  await page.getByRole("heading", { name: NEIGHBOUR }).waitFor();
});

walk(["phone", "tablet"], "places are found by distance, with what is free, from an area or from where one stands", async (stage) => {
  const page = await stage.page({ geolocation: { latitude: -7.9771, longitude: 112.6251 }, permissions: ["geolocation"] });
  await page.goto("/places");
  await axe(page);
  await page.getByLabel("Jenis tempat").selectOption({ label: "Tempat wisata" });
  await page.getByLabel("Di sekitar mana?").fill("Klojen");
  await press(page, "Cari");
  await page.getByRole("heading", { name: "Terdekat dari Klojen, Kota Malang, Jawa Timur" }).waitFor();
  await nearestFirst(page);
  await page.getByRole("listitem").filter({ hasText: NEIGHBOUR }).getByText(/Masih ada \d+ tempat/).waitFor();
  await axe(page);

  await page.goto("/places");
  await press(page, "Pakai lokasi saya");
  await page.getByRole("heading", { name: "Terdekat dari lokasi Anda" }).waitFor();
  await nearestFirst(page);
  assert.match(page.url(), /near=-7\.977%2C112\.625/, "no more of the position is told than is needed");
  await press(page, NEIGHBOUR, { role: "link" });
  await page.getByRole("heading", { name: "Sisa tempat sekarang" }).waitFor();
  await axe(page);
});

async function nearestFirst(page) {
  const told = await page.locator(".places .far").allInnerTexts();
  const metres = told.map((text) => Number(text.replace(/\./g, "").replace(",", ".").split(" ")[0]) * (text.endsWith("km") ? 1000 : 1));
  assert.ok(metres.length > 3, `${told}`);
  assert.deepEqual(metres, metres.toSorted((one, other) => one - other), `${told}`);
}

walk("phone", "a poster's photograph is not enough where the screen's code is asked for", async (stage) => {
  const gate = device("Satpas");
  const page = await visiting(stage, OTHER);
  await page.goto(`/d/${gate.code}`);
  await page.getByRole("heading", { name: "Pindai kode di layar pintu" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Masuk/ }).count(), 0);
  await axe(page);
  await page.getByLabel("Atau ketik kode di layar").fill(await screenCode(gate));
  await press(page, "Lanjutkan");
  await press(page, "Masuk sekarang");
  assertWhole(await verdict(page), "admit");
  assert.equal(await page.getByText("dicatat sebagai belum terbukti").count(), 0);

  await page.goto(`/d/${gate.code}/00000000`);
  await page.getByText("Kode di layar sudah berganti.").waitFor();
});

walk("phone", "a check-in that nobody saw is kept as unproven, with the minute's code it is proven", async (stage) => {
  const gate = device("Samsat");
  const page = await visiting(stage, OTHER);
  assertWhole(await comeIn(page, `/d/${gate.code}`), "admit");
  await page.getByText("dicatat sebagai belum terbukti").waitFor();
  await press(page, "Saya sudah keluar");
  await page.goto("/me/history");
  await page.locator(".visits > li").first().getByText("Belum terbukti.").waitFor();

  assertWhole(await comeIn(page, `/d/${gate.code}/${await screenCode(gate)}`), "admit");
  assert.equal(await page.getByText("dicatat sebagai belum terbukti").count(), 0);
  await page.goto("/me/history");
  assert.equal(await page.locator(".visits > li").first().getByText("Belum terbukti.").count(), 0);
});
