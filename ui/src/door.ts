// The visitor's verdict: its tone, its vibration, and a clock that a screenshot does not have.
import { tick } from "./clock.ts";
import { type Outcome, play, wake } from "./tones.ts";

tick();
const verdict = document.querySelector<HTMLElement>("[data-verdict]");
if (verdict) {
  play(verdict.dataset["verdict"] as Outcome);
  document.addEventListener("pointerdown", wake, { once: true });
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
