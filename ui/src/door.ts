// The visitor's verdict: its tone, its vibration, a clock and a word that a screenshot does not have.
import { tick } from "./clock.ts";
import { type Outcome, play, wake } from "./tones.ts";

tick();
const verdict = document.querySelector<HTMLElement>("[data-verdict]");
if (verdict) {
  play(verdict.dataset["verdict"] as Outcome);
  document.addEventListener("pointerdown", wake, { once: true });
}

/** What the server says of a verdict that is on the screen. */
interface Now {
  verdict: string;
  live: boolean;
  word: string;
  again_s: number;
}

const RETRY_S = 5;
const screen = document.querySelector<HTMLElement>("[data-now]");
if (screen) follow(screen);

/** Keeps the minute's word true, and loads the page anew when an officer has decided or the verdict is over. */
function follow(root: HTMLElement): void {
  let timer = 0;
  const ask = async () => {
    window.clearTimeout(timer);
    let again = RETRY_S;
    try {
      const answer = await fetch(root.dataset["now"] ?? "", { headers: { accept: "application/json" } });
      if (answer.status === 401 || answer.status === 404) return window.location.reload();
      const now = (await answer.json()) as Now;
      if (!now.live || now.verdict !== root.dataset["as"]) return window.location.reload();
      put(now.word);
      again = now.again_s;
    } catch {
      // A word that may be an old one proves nothing.
      put("…");
    }
    timer = window.setTimeout(() => void ask(), again * 1000);
  };
  const put = (word: string) => {
    const slot = root.querySelector("[data-slot=word]");
    if (slot && slot.textContent !== word) slot.textContent = word;
  };
  timer = window.setTimeout(() => void ask(), Number(root.dataset["again"]) * 1000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void ask();
  });
}

// A door's button is pressed once: the second press would only wait for the first.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll<HTMLButtonElement>("button:not([name])")) {
      window.setTimeout(() => {
        button.disabled = true;
      });
    }
  });
}
// Back in the page by the browser's own button, it can be pressed again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>("form[data-once] button[disabled]")) button.disabled = false;
});
