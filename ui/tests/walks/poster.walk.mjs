// What hangs at the doors: posters as PDF whose codes open the door, and a code that is given anew.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createRequire } from "node:module";
import { join } from "node:path";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { demo, visitor } from "./demo.mjs";
import { walk } from "./harness.mjs";
import { approve, describePlace, fresh, heading, look, send, signUp } from "./office.mjs";

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });

walk(["phone", "tablet"], "posters are printed, their codes open the doors, and a code that was replaced says so", async (stage) => {
  const manager = await stage.page();
  const name = fresh("Balai Poster");
  await signUp(manager);
  await manager.goto("/desk/places/new");
  await describePlace(manager, name);
  await send(manager);
  await approve(stage, name);
  await manager.goto("/desk/places");
  await manager.click(`tbody a:has-text("${name}")`);
  await look(manager);
  await manager.click(".subnav a[href$='/gates']");
  await manager.locator(".printers").waitFor();
  await look(manager);
  const gates = await shownGates(manager);
  assert.equal(gates.length, 3);

  const all = await printed(manager, ".printers .primary");
  await proves(all, name, gates);
  assert.equal(all.pages.length, 3, "a page for each gate");
  const small = await printed(manager, ".printers .button:not(.primary)");
  await proves(small, name, gates);
  assert.equal(small.pages.length, 1, "small ones share a sheet");
  const one = await printed(manager, "a[href*='poster.pdf?gate=']");
  await proves(one, name, gates.slice(0, 1));

  const guest = await stage.page({ size: "phone", session: visitor("green").session });
  const [first] = one.links;
  await guest.goto(first);
  assert.ok((await guest.locator("main").innerText()).includes(name), "the link opens this place's door");

  await manager.locator("a[href$='/reissue']").first().click();
  await look(manager);
  assert.ok((await manager.locator("main").innerText()).includes(gates[0].code), "it says which code ends");
  await send(manager);
  await look(manager);
  assert.match(await heading(manager), /^Kode .* sudah diganti$/);
  const after = await printed(manager, "main .actions .primary");
  await guest.goto(first);
  assert.equal(await heading(guest), "Poster ini sudah tidak berlaku");
  assert.ok((await guest.locator("main").innerText()).includes("Ini bukan penolakan"), "politely");
  await look(guest);
  assert.notEqual(after.links[0], first);
  await guest.goto(after.links[0]);
  assert.ok((await guest.locator("main").innerText()).includes(name));
});

/** Name, code and check word of each gate, as the page shows them. */
function shownGates(page) {
  return page.locator("main table").evaluateAll((tables) => {
    const rows = tables.flatMap((table) => [...table.querySelectorAll("tbody tr:has(.code)")]);
    return rows.map(({ cells }) => ({ name: cells[0].innerText, code: cells[1].querySelector(".code").innerText, word: cells[2].innerText.trim() }));
  });
}

/** The document behind a link: its text, its fonts, a picture of each page, and the links in its codes. */
async function printed(page, selector) {
  const href = await page.locator(selector).first().getAttribute("href");
  const answer = await page.request.get(href);
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["content-type"], "application/pdf");
  const folder = mkdtempSync(join(tmpdir(), "gapura-poster-"));
  try {
    const file = join(folder, "poster.pdf");
    writeFileSync(file, await answer.body());
    const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
    const fonts = execFileSync("pdffonts", [file], { encoding: "utf8" }).trim().split("\n").slice(2);
    const size = execFileSync("pdfinfo", [file], { encoding: "utf8" }).match(/Page size: +(.*)/)[1];
    execFileSync("pdftoppm", ["-r", "120", "-png", file, join(folder, "page")]);
    const pages = readdirSync(folder).filter((one) => one.endsWith(".png")).sort();
    const found = await Promise.all(pages.map((one) => readBarcodes(new Blob([readFileSync(join(folder, one))]), { formats: ["QRCode"], maxNumberOfSymbols: 16 })));
    return { text, fonts, size, pages, links: found.flat().map((code) => code.text) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether a document says and shows what has to hang at these gates. */
async function proves({ text, fonts, size, links }, place, gates) {
  assert.match(size, /A4/);
  const words = text.replace(/\s+/g, " ");
  assert.ok(words.includes(place), "the place can be selected as text");
  const codes = gates.map(({ code }) => code.replace("-", ""));
  assert.deepEqual([...links].sort(), codes.map((code) => `${demo().base_url}/d/${code}`).sort(), "every code leads to its door");
  for (const { name, code, word } of gates) {
    for (const said of [name, code, word]) assert.ok(words.toLowerCase().includes(said.toLowerCase()), `${said} stands on it: ${words}`);
  }
  assert.ok(fonts.length > 0);
  // The columns after the name: type, encoding, embedded, subset, has a way back to Unicode.
  for (const font of fonts) assert.match(font, /\byes +yes +yes\b/, `embedded, subset and selectable: ${font}`);
}
