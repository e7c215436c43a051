// Photographs pages: node tests/shots.mjs [base address] [folder] [page …], with SIZES, SCHEMES and LANGS to choose less.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PAGES, browser } from "./pages.mjs";

const [base = "http://127.0.0.1:8799", folder = "shots", ...chosen] = process.argv.slice(2);
const list = (name, usual) => (process.env[name] ?? usual).split(",");
const sizes = list("SIZES", "360x740,768x1024,1280x800");
mkdirSync(folder, { recursive: true });
const chromium = await browser();
for (const size of sizes) {
  const [width, height] = size.split("x").map(Number);
  for (const scheme of list("SCHEMES", "light,dark")) {
    for (const lang of list("LANGS", "id,en")) {
      const context = await chromium.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.error(page.url(), message.text()));
      page.on("pageerror", (error) => console.error(page.url(), error.message));
      for (const path of chosen.length ? chosen : PAGES) {
        await page.goto(`${base}/${path}?lang=${lang}`, { waitUntil: "load" });
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (overflow > 0) console.error(`${path || "index"} at ${size}: ${overflow}px too wide`);
        const name = `${(path || "index").replaceAll("/", "-")}-${size}-${scheme}-${lang}.png`;
        await page.screenshot({ path: join(folder, name), fullPage: process.env.FULL !== "no" });
      }
      await context.close();
    }
  }
}
await chromium.close();
