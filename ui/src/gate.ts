// The gate's screen: takes codes from camera, USB scanner and keyboard, shows the verdict, returns to waiting.
import { enhance } from "./camera.ts";
import { clocks, tick } from "./clock.ts";
import { deliver, type Means, type Problem } from "./deliver.ts";
import { board } from "./gate-board.ts";
import { type Outcome, play, wake } from "./tones.ts";
import { newId } from "./uuid.ts";
import { idle, isBurst, key, type Wedge } from "./wedge.ts";

interface Answer {
  decision: string;
  verdict: "admit" | "refuse" | "check";
  reasons: { code: string; text: string }[];
  next_step: { code: string; text: string } | null;
  initials?: string;
  word?: string;
}

interface Pending {
  id: string;
  credential: string;
  scanned_at: string;
}

const PENDING = "gapura-pending";
const root = document.querySelector<HTMLElement>("[data-gate]");
if (root) run(root);

function run(gate: HTMLElement): void {
  const screen = gate.querySelector<HTMLElement>("[data-screen]");
  const lost = gate.querySelector<HTMLElement>("[data-lost]");
  const says = gate.querySelector<HTMLElement>("[data-status]");
  const seconds = (name: string, usual: number) => Number(gate.dataset[name] ?? usual) * 1000;
  let busy = false;
  let showing: Answer["verdict"] | undefined;
  let timer = 0;

  const say = (text: string) => {
    if (says) says.textContent = text;
  };
  const means: Means = {
    fetch: window.fetch.bind(window),
    patience: 4000,
    sleep: (milliseconds) => new Promise((wakeUp) => window.setTimeout(wakeUp, milliseconds)),
    connected: (yes) => lost?.toggleAttribute("hidden", yes),
  };

  const rest = () => {
    window.clearTimeout(timer);
    showing = undefined;
    screen?.replaceChildren();
    screen?.toggleAttribute("hidden", true);
    say("");
  };

  const show = (answer: Answer) => {
    const template = gate.querySelector<HTMLTemplateElement>(`template[data-verdict="${answer.verdict}"]`);
    if (!template || !screen) return;
    const view = template.content.cloneNode(true) as DocumentFragment;
    fill(view, answer);
    clocks(view);
    view.querySelector<HTMLFormElement>("form[data-resolve]")?.addEventListener("submit", (event) => void resolve(event, answer.decision));
    view.querySelector("[data-later]")?.addEventListener("click", rest);
    screen.replaceChildren(view);
    screen.hidden = false;
    showing = answer.verdict;
    play(answer.verdict as Outcome);
    window.clearTimeout(timer);
    timer = window.setTimeout(rest, seconds(`${answer.verdict}Seconds`, { admit: 4, refuse: 8, check: 120 }[answer.verdict]));
    screen.querySelector<HTMLElement>("[data-first]")?.focus();
  };

  const explain = (problem: Problem) => {
    rest();
    play("tick");
    say(problem.detail ?? problem.title ?? gate.dataset["unread"] ?? "");
  };

  const handIn = async (url: string, body: object) => {
    busy = true;
    try {
      const delivered = await deliver<Answer>(url, body, means);
      if ("answer" in delivered) show(delivered.answer);
      else explain(delivered.problem);
    } finally {
      busy = false;
    }
  };

  const checkIn = async (pending: Pending) => {
    // Should the page be reloaded before the answer comes, the same id is handed in again.
    sessionStorage.setItem(PENDING, JSON.stringify(pending));
    say(gate.dataset["asking"] ?? "");
    await handIn("/api/v1/check-ins", pending);
    sessionStorage.removeItem(PENDING);
  };

  const scanned = (text: string) => {
    const credential = text.trim();
    if (credential === "") return;
    if (busy || showing === "check") {
      play("tick");
      return;
    }
    void checkIn({ id: newId(), credential, scanned_at: new Date().toISOString() });
  };

  const resolve = async (event: SubmitEvent, decision: string) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (busy || !(event.submitter instanceof HTMLButtonElement)) return;
    const reason = new FormData(form).get("reason");
    const id = (form.dataset["id"] ??= newId());
    await handIn(`/api/v1/decisions/${encodeURIComponent(decision)}/resolve`, { id, outcome: event.submitter.value, reason });
  };

  gate.addEventListener("scan", (event) => scanned(event.detail.text));
  gate.addEventListener("glimpse", () => play("tick"));
  gate.addEventListener("pointerdown", wake);
  screen?.addEventListener("click", (event) => {
    if (showing !== "check" && !(event.target as Element).closest("a, button, select")) rest();
  });
  gate.querySelector<HTMLFormElement>("form[data-typed]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).querySelector("input");
    if (field) scanned(field.value);
    if (field) field.value = "";
  });
  listen(scanned);
  for (const scanner of gate.querySelectorAll<HTMLElement>("[data-scanner]")) enhance(scanner);
  board(gate);
  tick();
  resume(checkIn);
}

function fill(view: DocumentFragment, answer: Answer): void {
  const texts: Record<string, string> = {
    reason: answer.reasons.map((reason) => reason.text).join(" "),
    next: answer.next_step?.text ?? "",
    initials: answer.initials ?? "",
    word: answer.word ?? "",
  };
  for (const [name, text] of Object.entries(texts)) {
    for (const slot of view.querySelectorAll<HTMLElement>(`[data-slot="${name}"]`)) slot.textContent = text;
    for (const part of view.querySelectorAll<HTMLElement>(`[data-part="${name}"]`)) part.hidden = text === "";
  }
}

/** Hears a USB scanner wherever the focus is, and keeps its letters out of the fields. */
function listen(scanned: (text: string) => void): void {
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

function resume(checkIn: (pending: Pending) => Promise<void>): void {
  const kept = sessionStorage.getItem(PENDING);
  if (!kept) return;
  try {
    void checkIn(JSON.parse(kept) as Pending);
  } catch {
    sessionStorage.removeItem(PENDING);
  }
}
