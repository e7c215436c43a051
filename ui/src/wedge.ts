// A USB scanner types like a very fast person and ends with Enter. This tells the two apart.

/** Milliseconds between two keys of a scanner at most; a person needs longer. */
const GAP = 60;
const SHORTEST = 6;
const LONGEST = 4096;

export interface Wedge {
  text: string;
  last: number;
}

export const idle: Wedge = { text: "", last: 0 };

/** What is known after another key at a time in milliseconds, and the code if this key ended one. */
export function key(wedge: Wedge, pressed: string, at: number): { wedge: Wedge; code?: string } {
  const flowing = wedge.text !== "" && at - wedge.last <= GAP;
  if (pressed === "Enter") {
    return flowing && wedge.text.length >= SHORTEST ? { wedge: idle, code: wedge.text } : { wedge: idle };
  }
  // Shift and its like come between the letters of a scanner and are none.
  if (pressed.length !== 1) return { wedge: flowing ? { ...wedge, last: at } : wedge };
  const text = flowing ? wedge.text + pressed : pressed;
  return { wedge: { text: text.slice(0, LONGEST), last: at } };
}

/** Whether the keys so far can only come from a scanner, so that they should not land in a field. */
export function isBurst(wedge: Wedge): boolean {
  return wedge.text.length >= SHORTEST;
}

/** Hears a USB scanner wherever the focus is, and keeps its letters out of the fields. */
export function listen(scanned: (text: string) => void): void {
  let wedge: Wedge = idle;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const next = key(wedge, event.key, event.timeStamp);
      wedge = next.wedge;
      if (next.code === undefined) {
        if (isBurst(wedge)) event.preventDefault();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      // The first letters came before it was clear who typed.
      if (event.target instanceof HTMLInputElement) event.target.value = "";
      scanned(next.code);
    },
    true,
  );
}
