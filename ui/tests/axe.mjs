// Runs axe over the gallery's pages in both schemes; ends with 1 if it finds anything serious.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PAGES, browser } from "./pages.mjs";

const [base = "http://127.0.0.1:8799"] = process.argv.slice(2);
const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const chromium = await browser();
let serious = 0;
for (const scheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    const context = await chromium.newContext({ viewport: { width, height: 800 }, colorScheme: scheme, reducedMotion: "reduce", bypassCSP: true });
    const page = await context.newPage();
    for (const path of PAGES) {
      await page.goto(`${base}/${path}`, { waitUntil: "load" });
      await page.evaluate(source);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const { id, impact, help, nodes } of violations) {
        if (impact === "serious" || impact === "critical") serious += 1;
        console.log(`/${path} ${scheme} ${width}: ${impact} ${id}: ${help}`);
        for (const node of nodes.slice(0, 4)) console.log(`    ${node.html.slice(0, 160)}\n    ${node.failureSummary.replaceAll("\n", " ").slice(0, 240)}`);
      }
    }
    await context.close();
  }
}
await chromium.close();
console.log(`${PAGES.length} pages, ${serious} serious findings`);
process.exitCode = serious === 0 ? 0 : 1;
