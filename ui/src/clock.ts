// Clocks of a page: the place's own time, whatever the device believes its zone to be.
import { now } from "./server-time.ts";

/** Keeps every `[data-clock]` at the hour: its value is the place's distance from UTC in minutes. */
export function clocks(root: ParentNode): void {
  for (const clock of root.querySelectorAll<HTMLElement>("[data-clock]")) {
    const zone = Number(clock.dataset["clock"]);
    if (Number.isFinite(zone)) clock.textContent = hour(now(), zone);
  }
}

/** 14.03.12 */
export function hour(milliseconds: number, offsetMinutes: number): string {
  return new Date(milliseconds + offsetMinutes * 60_000).toISOString().slice(11, 19).replaceAll(":", ".");
}

export function tick(): void {
  clocks(document);
  window.setInterval(() => clocks(document), 1000);
}
