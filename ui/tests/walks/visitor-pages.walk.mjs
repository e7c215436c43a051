// Every page of a visitor by itself: what it weighs, whether everybody can read it, in both languages, by day and by night.
import assert from "node:assert/strict";
import { before } from "node:test";
import { demo } from "./demo.mjs";
import { axe, contrast, walk, weight } from "./harness.mjs";
import { openPlaces, room } from "./places.mjs";
import { comeIn, press, register, signIn, visiting } from "./visitor.mjs";

const WEIGHT_MAX = 30 * 1024;
const [GREEN] = demo().visitors;
const of = (status) => demo().visitors.find((one) => one.status === status);
let hall;

before(async () => {
  [hall] = await openPlaces([{ name: "Balai Pustaka Bareng", rooms: room({ capacity: "60" }) }]);
});

// Addresses, and a sentence that stands there in each language.
const PUBLIC = {
  "/": ["Arti layar di pintu", "What the screen at the door means"],
  "/d": ["Kode di poster", "Code on the poster"],
  "/masuk": ["Kirim kode", "Send the code"],
  "/masuk?anew=yes": ["Kode ini sudah lewat waktunya", "The time of this code is over"],
  "/daftar": ["Daftar dalam satu menit", "Register in a minute"],
  "/places": ["Di sekitar mana?", "Near where?"],
  "/places?where=Zzz": ["Daerah itu tidak kami temukan", "We do not know that area"],
  "/scan": ["Pindai kode pintu", "Scan a door's code"],
  "/privacy": ["Yang tidak pernah terjadi", "What never happens"],
  "/d/00000000": ["Kode itu belum kami temukan", "We have not found that code yet"],
  "/tidak-ada": ["Halaman ini tidak ada", "There is no such page"],
};
const OWN = {
  "/": ["Status dan keluarga saya", "My status and family"],
  "/me": ["Dosis tercatat", "Doses on record"],
  "/me/profile": ["Ubah nama atau NIK", "Change name or NIK"],
  "/me/companions": ["Tambah anggota keluarga", "Add a family member"],
  "/me/card": ["Ponsel hilang?", "Lost a phone?"],
  "/me/card/lost": ["Cabut semua pas?", "Revoke all passes?"],
  "/me/history": ["Riwayat kunjungan", "Visits"],
  "/me/notices": ["Belum ada pemberitahuan", "No notices yet"],
  "/me/sessions": ["Perangkat yang masuk", "Signed-in devices"],
};
const LANGUAGES = ["id", "en"];

for (const [whose, addresses, visitor] of [["everybody's", PUBLIC], ["a visitor's own", OWN, GREEN]]) {
  const open = (stage, options) => (visitor ? visiting(stage, visitor, options) : stage.page(options));
  const all = () => Object.entries({ ...addresses, ...(visitor ? ownDoor() : publicDoor()) });

  walk(["phone", "tablet"], `everybody can use ${whose} pages, and none is torn`, async (stage) => {
    const page = await open(stage);
    for (const [address, [sentence]] of all()) {
      await page.goto(address);
      await isWhole(page, "id", sentence);
      await axe(page);
    }
  });

  walk("phone", `${whose} pages are as good in the dark`, async (stage) => {
    const page = await open(stage, { colorScheme: "dark" });
    for (const [address] of all()) {
      await page.goto(address);
      await axe(page);
    }
  });

  walk("phone", `${whose} pages are whole in English`, async (stage) => {
    const page = await open(stage);
    for (const [address, [, sentence]] of all()) {
      await page.goto(`${address}${address.includes("?") ? "&" : "?"}lang=en`);
      await isWhole(page, "en", sentence);
    }
    await page.goto("/?lang=id");
  });
}

const ownDoor = () => ({ [`/d/${hall.code}`]: ["Masuk sekarang", "Come in now"] });
const publicDoor = () => ({
  [`/d/${hall.code}`]: ["Siapa yang boleh masuk?", "Who may come in?"],
  [`/p/${hall.venue}`]: ["Sisa tempat sekarang", "Free places now"],
});

async function isWhole(page, language, sentence) {
  assert.equal(await page.locator("html").getAttribute("lang"), language, page.url());
  const text = await page.locator("body").innerText();
  assert.ok(text.includes(sentence), `${page.url()} does not say “${sentence}”`);
  assert.doesNotMatch(text, /[a-z]+_[a-z]+|\{[a-z]+\}|undefined|NaN/, `${page.url()} shows what is no word`);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `${page.url()} is ${beyond} px too wide`);
}

walk(["phone", "tablet"], "a verdict can be read at seven to one, by day and by night, in both languages", async (stage) => {
  const words = { green: ["BOLEH MASUK", "COME IN"], yellow: ["PERIKSA", "CHECK"], red: ["BELUM BOLEH", "NOT YET"] };
  for (const [status, said] of Object.entries(words)) {
    const page = await visiting(stage, of(status));
    await comeIn(page, `/d/${hall.code}`);
    const backgrounds = new Set();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [number, language] of LANGUAGES.entries()) {
        await page.goto(`${new URL(page.url()).pathname}?lang=${language}`);
        const text = (await page.locator(".v-words").innerText()).replace(/\s+/g, " ");
        assert.equal(text, said[number]);
        backgrounds.add((await readable(page)).background);
        await isWhole(page, language, said[number].split(" ")[0]);
      }
    }
    assert.equal(backgrounds.size, 1, "a verdict looks the same by day and by night");
    await page.goto(`${new URL(page.url()).pathname}?lang=id`);
    if (status === "green") await press(page, "Saya sudah keluar");
  }
});

// Every text of the verdict against what lies behind it, the wings of the gate included.
async function readable(page) {
  const painted = await page.evaluate(() => {
    const screen = document.querySelector("[data-verdict]");
    const background = getComputedStyle(screen).backgroundColor;
    const texts = [...screen.querySelectorAll(".v-at, .v-words, .v-why, .v-foot dt, .v-foot dd")];
    const panel = screen.querySelector(".v-next");
    const wing = getComputedStyle(screen.querySelector(".v-wing")).fill;
    return {
      background,
      wing,
      colours: texts.map((text) => getComputedStyle(text).color),
      panel: [getComputedStyle(panel).color, getComputedStyle(panel).backgroundColor],
    };
  });
  assert.ok(painted.colours.length >= 4);
  for (const behind of [painted.background, over(painted.wing, painted.background)]) {
    for (const colour of painted.colours) assert.ok(contrast(colour, behind) >= 7, `${colour} on ${behind}`);
  }
  assert.ok(contrast(...painted.panel) >= 7, `${painted.panel}`);
  return painted;
}

function over(glaze, ground) {
  const [red, green, blue, alpha = 1] = glaze.match(/[\d.]+/g).map(Number);
  const below = ground.match(/[\d.]+/g).map(Number);
  const mixed = [red, green, blue].map((value, place) => Math.round(value * alpha + below[place] * (1 - alpha)));
  return `rgb(${mixed.join(", ")})`;
}

walk("phone", "no page weighs more than thirty kilobytes before something is pressed", async (stage) => {
  const page = await visiting(stage, GREEN);
  await comeIn(page, `/d/${hall.code}`);
  const verdict = new URL(page.url()).pathname;
  const { session } = GREEN;
  const visits = [["/"], [`/d/${hall.code}`], ["/masuk"], ["/daftar"], ["/scan"], ["/places"], [`/d/${hall.code}`, session], [verdict, session], ["/me", session], ["/me/card", session]];
  for (const [address, session] of visits) {
    const { total, parts } = await weight(stage, address, { session });
    assert.ok(total <= WEIGHT_MAX, `${address} weighs ${total} bytes: ${JSON.stringify(parts)}`);
    assert.ok(parts.every(({ url }) => url.startsWith(demo().base_url)), "nothing comes from elsewhere");
  }
  await press(page, "Saya sudah keluar");
});

walk(["phone", "tablet"], "the page's own scanner reads a poster and follows it, and nothing that leads elsewhere", async (stage) => {
  const camera = await stage.camera("https://evil.example/d/00000000");
  const page = await stage.page({ camera });
  await page.goto("/scan");
  await page.getByRole("button", { name: "Pakai kamera" }).click();
  await page.getByText("Itu bukan kode pintu Gapura.").waitFor({ timeout: 30_000 });
  await axe(page);
  await camera.show(`${demo().base_url}/d/${hall.code}`);
  await page.waitForURL(`**/d/${hall.code}`, { timeout: 30_000 });
  await page.getByRole("heading", { name: hall.name }).waitFor();
});

walk("phone", "a pass is shown, renewed, and taken back with all others", async (stage) => {
  const page = await visiting(stage, GREEN);
  await page.goto("/me/card");
  const pass = page.getByRole("img", { name: "Kode QR pas" });
  const box = await pass.boundingBox();
  assert.ok(box.width >= 200 && box.y + box.height <= 640, `the pass lies at ${JSON.stringify(box)}`);
  const text = () => page.locator("[data-pass-text]").textContent();
  const first = await text();
  // Passes of one second are the same pass.
  do await press(page, "Perbarui", { role: "link" });
  while ((await text()) === first);
  await press(page, GREEN.companions[0].name, { role: "link" });
  await page.locator(".pass").getByText(GREEN.companions[0].name).waitFor();
  await axe(page);

  await page.goto("/me/card");
  await press(page, "Cabut semua pas", { role: "link" });
  await axe(page);
  await press(page, "Ya, cabut semua");
  await page.getByText("Semua pas lama sudah dicabut.").waitFor();
});

walk("phone", "an account that is open elsewhere is closed from here", async (stage) => {
  const contact = `sesi-${Date.now()}@contoh.example`;
  const phone = await stage.page();
  await phone.goto("/masuk");
  await register(phone, { name: "Dian Lestari", born: "5-5-1985", contact });
  const tablet = await stage.page({ size: "tablet" });
  await tablet.goto("/masuk");
  await signIn(tablet, contact);
  await tablet.goto("/me/sessions");
  await axe(tablet);
  assert.equal(await tablet.locator(".steps > li").count(), 2);
  await press(tablet, "Akhiri");
  await tablet.getByText("Sesi itu sudah diakhiri.").waitFor();
  assert.equal(await tablet.locator(".steps > li").count(), 1);
  await phone.goto("/me");
  assert.equal(new URL(phone.url()).pathname, "/masuk");
  await press(tablet, "Keluar dari akun");
  await tablet.getByText("Anda sudah keluar dari akun di ponsel ini.").waitFor();
});
