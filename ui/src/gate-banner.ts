// Who checks in with a phone of their own is told to the officer by a banner: the same initials and the same word that
// the phone shows, without standing in the way of the next scan.
import type { Passed } from "./gate-board.ts";
import { play } from "./tones.ts";

/** Milliseconds that a banner stands. A check stands until somebody decides, or its place is given back. */
const STANDS = { admit: 8000, refuse: 12_000, check: 120_000 };
const MOST = 3;

export interface Banners {
  /** This device scanned it and has shown the verdict itself. */
  mine(decision: string): void;
}

export function banners(gate: HTMLElement): Banners {
  const place = gate.querySelector<HTMLElement>("[data-banners]");
  const shown = new Map<string, HTMLElement>();

  const away = (id: string) => {
    shown.get(id)?.remove();
    shown.delete(id);
  };

  gate.addEventListener("passed", ({ detail: entry }) => {
    const { id, verdict } = entry;
    if (id === undefined || verdict === "left" || !place) return;
    // A check that was decided meanwhile asks for nothing more.
    const known = shown.has(id);
    away(id);
    if (!entry.phone || known) return;
    const banner = drawn(gate, entry);
    if (!banner) return;
    place.prepend(banner);
    shown.set(id, banner);
    while (place.children.length > MOST) place.lastElementChild?.remove();
    play(verdict);
    window.setTimeout(() => shown.get(id) === banner && away(id), STANDS[verdict]);
  });

  return { mine: away };
}

function drawn(gate: HTMLElement, entry: Passed): HTMLElement | undefined {
  const template = gate.querySelector<HTMLTemplateElement>(`template[data-banner-of="${entry.verdict}"]`);
  const banner = (template?.content.cloneNode(true) as DocumentFragment | undefined)?.firstElementChild;
  if (!(banner instanceof HTMLElement)) return undefined;
  for (const name of ["initials", "word", "time"] as const) {
    const slot = banner.querySelector(`[data-slot="${name}"]`);
    if (slot) slot.textContent = entry[name];
  }
  if (entry.href) banner.setAttribute("href", entry.href);
  return banner;
}
