// The walks trust these pieces, so they are checked without a browser or a demo.
import assert from "node:assert/strict";
import { readFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { film, frame, HEIGHT, qrModules, shoot, WIDTH } from "./film.mjs";
import { cookiesOf, newestCode } from "./demo.mjs";
import { fromBase32, totp } from "./totp.mjs";

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });

async function read(luma) {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  luma.forEach((light, place) => data.fill(light, place * 4, place * 4 + 3));
  const found = await readBarcodes({ data, width: WIDTH, height: HEIGHT }, { formats: ["QRCode"] });
  return found.map(({ text }) => text);
}

// RFC 6238, appendix B: the secret is this text in ASCII, as long as the hash.
const SEED = "1234567890";
const VECTORS = [
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
];

test("one-time codes agree with the published vectors", () => {
  const algorithms = [["sha1", 20], ["sha256", 32], ["sha512", 64]];
  for (const [seconds, ...codes] of VECTORS) {
    algorithms.forEach(([algorithm, length], place) => {
      const secret = toBase32(SEED.repeat(7).slice(0, length));
      assert.equal(totp(secret, seconds * 1000, { digits: 8, algorithm }), codes[place]);
    });
  }
});

test("a secret may be typed in small letters, in groups, with padding", () => {
  assert.deepEqual(fromBase32("mzxw 6ytb oi======"), Buffer.from("foobar"));
  assert.throws(() => fromBase32("MZ1"), /1 is not a letter/);
});

test("a frame of the film can be read back", async () => {
  const short = "https://gapura.example/p/7K2M4";
  const long = `GAPURA1:${"A2B3C4D5E6".repeat(24)}`;
  for (const text of [short, long]) assert.deepEqual(await read(await frame(text)), [text]);
});

test("before the empty wall nothing is read", async () => {
  assert.deepEqual(await read(await frame()), []);
});

test("a text that no camera could make out is refused", async () => {
  await assert.rejects(frame("x".repeat(2300)), /too dense|no QR code/);
});

test("the modules of a code have its finder patterns in three corners", async () => {
  const { side, dark } = await qrModules("1");
  assert.equal((side - 17) % 4, 0);
  for (const [x, y] of [[0, 0], [side - 1, 0], [0, side - 1]]) assert.ok(dark(x, y));
});

test("a film is a header, a frame's mark, brightness and a quarter of it for each colour", async () => {
  const bytes = film(await frame("1"));
  const lines = bytes.subarray(0, 200).toString("latin1").split("\n");
  assert.match(lines[0], /^YUV4MPEG2 W640 H480 F\d+:1 Ip A1:1 C420/);
  assert.equal(lines[1], "FRAME");
  assert.equal(bytes.length, lines[0].length + 1 + "FRAME\n".length + WIDTH * HEIGHT * 1.5);
});

test("another code takes the place of the first in the same file", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gapura-film-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "camera.y4m");
  await shoot(file, "one", "w");
  const before = statSync(file);
  const first = readFileSync(file);
  await shoot(file, "a second, longer one");
  assert.equal(statSync(file).ino, before.ino);
  assert.equal(statSync(file).size, before.size);
  assert.notDeepEqual(readFileSync(file), first);
});

test("the newest code for a login is taken from the outbox, whatever else stands there", () => {
  const page = `<h1>Kotak keluar</h1><ul>
    <li>ani@contoh.example <b>111222</b></li>
    <li>+62 812-0000-0001 <b>333444</b></li>
    <li>ani@contoh.example <b>555666</b></li></ul>`;
  assert.equal(newestCode(page, "ani@contoh.example"), "111222");
  assert.equal(newestCode(page, "+6281200000001"), "333444");
  assert.equal(newestCode(page, "budi@contoh.example"), undefined);
});

test("a cookie header becomes cookies for the demo's address", () => {
  const cookies = cookiesOf("sid=a=b; theme=dark", "http://127.0.0.1:8700");
  assert.deepEqual(cookies, [
    { name: "sid", value: "a=b", url: "http://127.0.0.1:8700" },
    { name: "theme", value: "dark", url: "http://127.0.0.1:8700" },
  ]);
});

function toBase32(text) {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.match(/.{1,5}/g).map((five) => Number.parseInt(five.padEnd(5, "0"), 2));
  return letters.map((digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digit]).join("");
}
