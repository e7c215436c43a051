// The officer's pages on a gate's device: a form is handed in until it is answered, and a verdict goes back to waiting.
import { enhance } from "./camera.ts";
import { clocks, tick } from "./clock.ts";
import { pause, worthRepeating } from "./deliver.ts";
import { learn } from "./server-time.ts";
import { type Outcome, play } from "./tones.ts";

const PATIENCE = 6000;

learn(Number(document.querySelector<HTMLElement>("[data-now]")?.dataset["now"]) * 1000);
tick();
ready(document);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !(event.target as Element).closest("input, select, textarea")) window.location.assign("/gate");
});

function ready(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-deliver]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void handIn(form, event.submitter);
    });
  }
  for (const scanner of root.querySelectorAll<HTMLElement>("[data-scanner]")) scan(scanner);
  const verdict = root.querySelector<HTMLElement>("[data-back-after]");
  if (verdict) {
    play(verdict.dataset["backAfterTone"] as Outcome);
    window.setTimeout(() => window.location.assign("/gate"), Number(verdict.dataset["backAfter"]) * 1000);
  }
}

/** The form carries its id, so whatever was lost on the way may be sent again. */
async function handIn(form: HTMLFormElement, by: HTMLElement | null): Promise<void> {
  const body = new URLSearchParams(new FormData(form, by) as unknown as Record<string, string>);
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  const lost = document.querySelector("[data-lost]");
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(form.action, body);
    lost?.toggleAttribute("hidden", answer !== undefined);
    if (answer) return follow(answer);
    await new Promise((done) => window.setTimeout(done, pause(attempt)));
  }
}

async function once(url: string, body: URLSearchParams): Promise<{ url: string; moved: boolean; text: string } | undefined> {
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(url, { method: "POST", body, headers: { accept: "text/html" }, credentials: "same-origin", signal: stop.signal });
    if (worthRepeating(response.status)) return undefined;
    return { url: response.url, moved: response.redirected, text: await response.text() };
  } catch {
    return undefined;
  } finally {
    window.clearTimeout(timer);
  }
}

/** Goes where the server says, or shows what it says about the form, with everything that was typed. */
function follow({ url, moved, text }: { url: string; moved: boolean; text: string }): void {
  if (moved) return window.location.assign(url);
  const said = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  const main = document.querySelector("main");
  if (!said || !main) return window.location.reload();
  main.replaceWith(said);
  clocks(said);
  ready(said);
  said.querySelector<HTMLElement>("#errors, [role=alert]")?.focus();
  window.scrollTo(0, 0);
}

/** On the page for enrolling: a code that was filmed is typed and sent. */
function scan(scanner: HTMLElement): void {
  const field = document.querySelector<HTMLInputElement>("[data-code]");
  scanner.addEventListener("glimpse", () => play("tick"));
  scanner.addEventListener("scan", ({ detail: { text } }) => {
    if (!field) return;
    field.value = codeOf(text);
    field.form?.requestSubmit();
  });
  enhance(scanner);
}

/** The code itself, or what stands behind the `#` of an address. */
function codeOf(text: string): string {
  return text.includes("#") ? text.slice(text.indexOf("#") + 1) : text;
}

if (window.location.hash.length > 1) {
  const field = document.querySelector<HTMLInputElement>("[data-code]");
  if (field && field.value === "") field.value = codeOf(window.location.hash);
}
