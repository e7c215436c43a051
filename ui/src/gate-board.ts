// What stands beside the verdict: how full it is, who came through, the minute's word and code.

export interface Passed {
  /** The decision; absent for somebody who left. */
  id?: string;
  initials: string;
  verdict: "admit" | "refuse" | "check" | "left";
  time: string;
  word: string;
  /** Whether it came from a visitor's own phone. */
  phone: boolean;
  /** Where an officer can still do something about it. */
  href?: string;
}

interface State {
  inside: string;
  capacity: string;
  today: string;
  quota: string;
  word: string;
  /** The minute's code as a path over `size` by `size` modules, quiet zone included, and as it is typed. */
  code?: { size: number; path: string; typed: string };
  recent: Passed[];
}

declare global {
  interface HTMLElementEventMap {
    passed: CustomEvent<Passed>;
  }
}

/** Milliseconds of silence after which the screen says so; the server sends something every ten seconds. */
const SILENCE = 25_000;
/** Milliseconds before a line that the server closed is opened again. */
const PAUSE = 5000;

export function board(gate: HTMLElement): void {
  const url = gate.dataset["stream"];
  if (!url) return;
  const link = gate.querySelector<HTMLElement>("[data-link]");
  const told = news(gate);
  let source: EventSource | undefined;
  let timer = 0;

  const heard = () => {
    if (link) link.textContent = link.dataset["on"] ?? "";
    gate.removeAttribute("data-stale");
    window.clearTimeout(timer);
    timer = window.setTimeout(silent, SILENCE);
  };
  const silent = () => {
    if (link) link.textContent = link.dataset["off"] ?? "";
    gate.setAttribute("data-stale", "");
  };

  const open = () => {
    source = new EventSource(url);
    source.addEventListener("open", heard);
    source.addEventListener("ping", heard);
    source.addEventListener("message", (event: MessageEvent<string>) => {
      heard();
      try {
        const state = JSON.parse(event.data) as State;
        draw(gate, state);
        told(state.recent);
      } catch {
        // A message of a newer server than this page; the next reload brings both together.
      }
    });
    source.addEventListener("error", () => {
      silent();
      // The browser comes again by itself after a broken line, but not after an answer that is no stream.
      if (source?.readyState === EventSource.CLOSED) void again();
    });
  };

  const again = async () => {
    const answer = await fetch(url, { method: "HEAD", credentials: "same-origin" }).catch(() => undefined);
    // The enrolment was ended; the server says the rest.
    if (answer?.status === 401) window.location.reload();
    else window.setTimeout(open, PAUSE);
  };

  open();
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && open());
}

/** Tells once of everybody who came through since the page was opened. */
function news(gate: HTMLElement): (recent: Passed[]) => void {
  let seen: Map<string, string> | undefined;
  return (recent) => {
    const before = seen;
    seen = new Map(recent.flatMap(({ id, verdict }) => (id === undefined ? [] : [[id, verdict]])));
    if (!before) return;
    for (const entry of [...recent].reverse()) {
      if (entry.id === undefined || before.get(entry.id) === entry.verdict) continue;
      gate.dispatchEvent(new CustomEvent("passed", { detail: entry }));
    }
  };
}

function draw(gate: HTMLElement, state: State): void {
  for (const name of ["inside", "capacity", "today", "quota", "word"] as const) put(gate, name, state[name]);
  const code = gate.querySelector("[data-code]");
  if (state.code && code) {
    code.setAttribute("viewBox", `0 0 ${state.code.size} ${state.code.size}`);
    code.querySelector("path")?.setAttribute("d", state.code.path);
    put(gate, "typed", state.code.typed);
  }
  list(gate, state.recent);
}

function put(gate: HTMLElement, name: string, text: string): void {
  for (const element of gate.querySelectorAll(`[data-live="${name}"]`)) {
    if (element.textContent !== text) element.textContent = text;
  }
}

function list(gate: HTMLElement, recent: Passed[]): void {
  const lines = recent.flatMap((passed) => {
    const template = gate.querySelector<HTMLTemplateElement>(`template[data-recent-of="${passed.verdict}"]`);
    if (!template) return [];
    const line = template.content.cloneNode(true) as DocumentFragment;
    for (const name of ["initials", "time", "word"] as const) {
      const slot = line.querySelector(`[data-slot="${name}"]`);
      if (slot) slot.textContent = passed[name];
    }
    if (passed.href) line.querySelector("[data-slot=href]")?.setAttribute("href", passed.href);
    return [line];
  });
  gate.querySelector("[data-recent]")?.replaceChildren(...lines);
  gate.querySelector("[data-recent-none]")?.toggleAttribute("hidden", recent.length > 0);
}
