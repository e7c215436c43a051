// The gallery's pages, and a Chromium to look at them with.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const PAGES = ["", "door", "verdict/admit", "verdict/refuse", "verdict/check", "gate", "history", "form", "confirmed", "desk", "tasks", "empty", "charts", "nowhere"];

const PLACES = [process.env.GAPURA_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function browser(flags = []) {
  const executablePath = PLACES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("Chromium was not found; install it or name it in GAPURA_CHROMIUM");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...flags];
  return chromium.launch({ executablePath, args });
}
