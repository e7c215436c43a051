// The gate's device reads passes and cards by camera, by USB scanner and by hand; what it can't read is explained and
// counts for nothing; each outcome looks and sounds different.
import assert from "node:assert/strict";
import { ask, atGate, away, board, counts, deviceAt, initialsOf, isReadable, outside, scanByUsb, tones, TONES, typeCode, verdict } from "./gate.mjs";
import { visitor } from "./demo.mjs";
import { axe, walk } from "./harness.mjs";

const HERE = () => deviceAt("Samsat Malang Kota", "Pintu masuk utara");
const GREEN = "green";
const CHECKED = "yellow";
const REFUSED = "red";

/** The pass that a visitor's own page shows just now. */
async function passOf(stage, { session }) {
  const phone = await stage.page({ size: "phone", session });
  await phone.goto("/me/card");
  return { phone, text: (await phone.locator("[data-pass-text]").textContent()).trim() };
}

/** What the screen says about a code that is no refusal. */
async function said(page, words) {
  const line = page.locator("#said", { hasText: words });
  await line.waitFor();
  assert.deepEqual(await tones(page), TONES.tick);
}

walk(["tablet", "phone"], "the camera reads a visitor's pass, then a printed card", async (stage) => {
  const device = HERE();
  const green = visitor(GREEN);
  const refused = visitor(REFUSED);
  await outside(device, green.credential);
  const { text } = await passOf(stage, green);
  const camera = await stage.camera();
  const gate = await atGate(stage, device, { camera });
  const before = await board(gate);
  await gate.locator("[data-start]").click();
  await gate.locator("[data-say]", { hasText: "Arahkan" }).waitFor();
  await tones(gate);

  await camera.show(text);
  const shown = await verdict(gate, "admit");
  await camera.showNothing();
  assert.equal(shown.words, "BOLEH MASUK");
  assert.equal(shown.initials, initialsOf(green.name));
  assert.deepEqual((await tones(gate)).filter((pitch) => pitch !== TONES.tick[0]), TONES.admit);
  await isReadable(shown.view);
  await axe(gate);
  await away(gate);
  await counts(gate, before.inside + 1);

  await camera.show(refused.credential);
  const no = await verdict(gate, "refuse");
  assert.equal(no.initials, initialsOf(refused.name));
  assert.ok(!(await gate.locator("body").textContent()).includes(refused.name), "no name on a screen");
  await outside(device, green.credential);
});

walk(["tablet", "phone"], "three outcomes are told by word, shape, border and sound, in both languages and lights", async (stage) => {
  const device = HERE();
  const words = { id: ["BOLEH MASUK", "PERIKSA", "BELUM BOLEH"], en: ["COME IN", "CHECK", "NOT YET"] };
  for (const [colorScheme, locale] of [["light", "id-ID"], ["dark", "en-GB"]]) {
    await outside(device, visitor(GREEN).credential);
    const gate = await atGate(stage, device, { colorScheme, locale });
    await tones(gate);
    const glyphs = new Set();
    const edges = new Set();
    for (const [place, [outcome, colour]] of [["admit", GREEN], ["check", CHECKED], ["refuse", REFUSED]].entries()) {
      await typeCode(gate, visitor(colour).credential);
      const shown = await verdict(gate, outcome);
      assert.equal(shown.words, words[locale.slice(0, 2)][place]);
      assert.ok(shown.why, `${outcome} has its reason`);
      if (outcome !== "admit") assert.ok(shown.next, `${outcome} has its next step`);
      assert.equal(shown.initials, initialsOf(visitor(colour).name));
      assert.deepEqual(await tones(gate), TONES[outcome]);
      const { glyph, edge, size } = await shown.view.evaluate(appearance);
      glyphs.add(glyph);
      edges.add(edge);
      assert.ok(size >= 0.12, `the words of ${outcome} are ${size} of the short side`);
      await isReadable(shown.view);
      await axe(gate);
      await away(gate);
    }
    assert.equal(glyphs.size, 3);
    assert.equal(edges.size, 3);
  }
});

function appearance(view) {
  const { outlineStyle } = getComputedStyle(view);
  const bands = getComputedStyle(view, "::before").content !== "none";
  const words = Number.parseFloat(getComputedStyle(view.querySelector("h1")).fontSize);
  const short = Math.min(innerWidth, innerHeight);
  return { glyph: view.querySelector(".v-glyph").innerHTML, edge: `${outlineStyle} ${bands}`, size: words / short };
}

walk("tablet", "a USB scanner is heard wherever the focus is, and ends nothing by its Enter", async (stage) => {
  const device = HERE();
  const green = visitor(GREEN);
  await outside(device, green.credential);
  const gate = await atGate(stage, device);
  const before = await board(gate);
  await gate.locator("footer .button").first().focus();
  await scanByUsb(gate, green.credential);
  await verdict(gate, "admit");
  assert.equal(new URL(gate.url()).pathname, "/gate");
  await away(gate);
  await counts(gate, before.inside + 1);
  await gate.locator("#credential").focus();
  await scanByUsb(gate, visitor(CHECKED).credential);
  const check = await verdict(gate, "check");
  assert.equal(await gate.inputValue("#credential"), "");
  // The next scan does not decide about the one before.
  await gate.keyboard.press("Enter");
  assert.ok(await check.view.isVisible());
  await away(gate);
});

walk(["tablet", "phone"], "who scans on the way out leaves, and the screen counts it", async (stage) => {
  const device = HERE();
  const green = visitor(GREEN);
  await ask(device, "check-ins", { credential: green.credential, intent: "enter" });
  const gate = await atGate(stage, device);
  const before = await board(gate);
  await tones(gate);
  await gate.locator("[name=direction][value=leave]").check();
  await typeCode(gate, green.credential);
  const bye = await verdict(gate, "left");
  assert.equal(bye.words, "Sampai jumpa");
  assert.equal(bye.initials, initialsOf(green.name));
  assert.deepEqual(await tones(gate), TONES.left);
  await axe(gate);
  await away(gate);
  await counts(gate, before.inside - 1);
  await gate.locator("[data-recent] li").first().locator("[aria-label=Keluar]").waitFor();
  // The device remembers its direction, and says so when somebody leaves who never came.
  await gate.reload();
  assert.ok(await gate.locator("[name=direction][value=leave]").isChecked());
  await typeCode(gate, green.credential);
  await gate.locator("#said", { hasText: "tidak tercatat di dalam" }).waitFor();
  await counts(gate, before.inside - 1);
});

walk(["tablet", "phone"], "codes that are forged, foreign, revoked or no code at all are explained and count for nothing", async (stage) => {
  const device = HERE();
  const green = visitor(GREEN);
  await outside(device, green.credential);
  const { phone, text } = await passOf(stage, green);
  await phone.goto("/me/card/lost");
  await phone.locator("main form button").first().click();
  await phone.waitForLoadState();
  const gate = await atGate(stage, device);
  const before = await board(gate);
  await tones(gate);
  const forged = text.slice(0, -20) + (text.at(-20) === "A" ? "B" : "A") + text.slice(-19);
  for (const [code, words] of [
    [text, "tidak berlaku lagi"],
    [forged, /tidak diterbitkan di sini|tidak terbaca/],
    ["HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC", /Sertifikat|tidak terbaca/],
    ["rahasia sekali", "tidak terbaca"],
    [`/d/${device.code}`, "Ini kode pintu"],
  ]) {
    await typeCode(gate, code);
    await said(gate, words);
  }
  await typeCode(gate, " ");
  await gate.locator("#said", { hasText: "Tuliskan dahulu" }).waitFor();
  await axe(gate);
  const after = await board(gate);
  assert.deepEqual([after.inside, after.today], [before.inside, before.today]);
});

walk(["tablet", "phone"], "without scripts a typed code gets its verdict, and one that is none its words", async (stage) => {
  const device = HERE();
  const green = visitor(GREEN);
  await outside(device, green.credential);
  const gate = await atGate(stage, device, { script: false });
  await axe(gate);
  await typeCode(gate, "rahasia");
  assert.match(await gate.locator("#said").textContent(), /tidak terbaca/);
  assert.equal(await gate.inputValue("#credential"), "rahasia");
  await typeCode(gate, green.credential);
  assert.equal(await gate.locator(".v-admit h1").textContent(), "BOLEH MASUK");
  await isReadable(gate.locator(".v-admit"));
  await axe(gate);
  await gate.locator("[data-later]").click();
  // The way out stays the way out from scan to scan.
  await gate.locator("[name=direction][value=leave]").check({ force: true });
  await typeCode(gate, green.credential);
  assert.equal(await gate.locator(".v-left h1").textContent(), "Sampai jumpa");
  assert.match(await gate.locator(".v-left").textContent(), new RegExp(initialsOf(green.name)));
  await axe(gate);
  await gate.locator("[data-later]").click();
  assert.ok(await gate.locator("[name=direction][value=leave]").isChecked());
  await typeCode(gate, visitor(REFUSED).credential);
  assert.match(await gate.locator("#said").textContent(), /tidak tercatat di dalam/);
});

walk("tablet", "a scan without a line is kept, handed in again and counted once", async (stage) => {
  const device = HERE();
  const green = visitor(GREEN);
  await outside(device, green.credential);
  const gate = await atGate(stage, device);
  const before = await board(gate);
  // The server hears and decides, and its answer is lost.
  let heard = 0;
  await gate.route("**/api/v1/check-ins", async (route) => {
    heard += 1;
    if (heard > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await typeCode(gate, green.credential);
  await gate.locator("[data-lost]", { hasText: "Tidak ada yang hilang" }).waitFor();
  await verdict(gate, "admit");
  assert.ok(await gate.locator("[data-lost]").isHidden());
  assert.equal(heard, 2);
  await away(gate);
  await counts(gate, before.inside + 1);
  assert.equal((await board(gate)).today, before.today + 1);
  await outside(device, green.credential);
});
