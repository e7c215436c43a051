// What stands beside the verdict: how full it is, who came through, the minute's word and code.

interface Recent {
  initials: string;
  verdict: "admit" | "refuse" | "check";
  time: string;
  word?: string;
}

interface State {
  inside?: number;
  capacity?: number | null;
  today?: number;
  quota?: number | null;
  word?: string;
  /** The minute's code as a path over `size` by `size` modules, quiet zone included. */
  code?: { size: number; path: string };
  recent?: Recent[];
}

/** Milliseconds of silence after which the screen says so; the server sends something every ten seconds. */
const SILENCE = 25_000;

export function board(gate: HTMLElement): void {
  const url = gate.dataset["stream"];
  if (!url) return;
  const state = gate.querySelector<HTMLElement>("[data-link]");
  let timer = 0;
  const heard = () => {
    if (state) state.textContent = state.dataset["on"] ?? "";
    gate.removeAttribute("data-stale");
    window.clearTimeout(timer);
    timer = window.setTimeout(silent, SILENCE);
  };
  const silent = () => {
    if (state) state.textContent = state.dataset["off"] ?? "";
    gate.setAttribute("data-stale", "");
  };
  const source = new EventSource(url);
  source.addEventListener("open", heard);
  source.addEventListener("ping", heard);
  source.addEventListener("message", (event: MessageEvent<string>) => {
    heard();
    try {
      draw(gate, JSON.parse(event.data) as State);
    } catch {
      // A message of a newer server than this page; the next reload brings both together.
    }
  });
  source.addEventListener("error", silent);
  window.addEventListener("pagehide", () => source.close());
}

function draw(gate: HTMLElement, state: State): void {
  for (const name of ["inside", "capacity", "today", "quota", "word"] as const) {
    const value = state[name];
    if (value === undefined) continue;
    const text = typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : (value ?? "–");
    for (const element of gate.querySelectorAll(`[data-live="${name}"]`)) element.textContent = text;
  }
  const code = gate.querySelector("[data-code]");
  if (state.code && code) {
    code.setAttribute("viewBox", `0 0 ${state.code.size} ${state.code.size}`);
    code.querySelector("path")?.setAttribute("d", state.code.path);
  }
  if (state.recent) list(gate, state.recent);
}

function list(gate: HTMLElement, recent: Recent[]): void {
  const into = gate.querySelector("[data-recent]");
  if (!into) return;
  const lines = recent.flatMap((visitor) => {
    const template = gate.querySelector<HTMLTemplateElement>(`template[data-recent-of="${visitor.verdict}"]`);
    if (!template) return [];
    const line = template.content.cloneNode(true) as DocumentFragment;
    for (const name of ["initials", "time", "word"] as const) {
      const slot = line.querySelector(`[data-slot="${name}"]`);
      if (slot) slot.textContent = visitor[name] ?? "";
    }
    return [line];
  });
  into.replaceChildren(...lines);
}
