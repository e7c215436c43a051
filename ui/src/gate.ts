// The gate's screen: takes codes from camera, USB scanner and keyboard, shows the verdict, returns to waiting.
import { banners } from "./gate-banner.ts";
import { board } from "./gate-board.ts";
import { enhance } from "./camera.ts";
import { clocks, tick } from "./clock.ts";
import { deliver, type Means, type Problem } from "./deliver.ts";
import { keep, kept } from "./keep.ts";
import { kiosk } from "./kiosk.ts";
import { learn, now } from "./server-time.ts";
import { play, wake } from "./tones.ts";
import { newId } from "./uuid.ts";
import { listen } from "./wedge.ts";

type Shown = "admit" | "refuse" | "check" | "left";

interface Answer {
  decision: string;
  verdict: "admit" | "refuse" | "check";
  reasons: { code: string; text: string }[];
  next_step: { code: string; text: string; params: { what: string; details: string } } | null;
  initials?: string[];
  word?: string;
}

interface Ask {
  id: string;
  gate: string;
  credential: string;
  intent: string;
  scanned_at: string;
}

const PENDING = "gapura-pending";
const DIRECTION = "gapura-direction";
/** Seconds that a screen stands if nobody touches it. A check stands for as long as its place is held. */
const STANDS = { admit: 4, left: 4, refuse: 8, check: 120 };

const root = document.querySelector<HTMLElement>("[data-gate]");
if (root) run(root);

function run(gate: HTMLElement): void {
  const screen = gate.querySelector<HTMLElement>("[data-screen]");
  const lost = gate.querySelector<HTMLElement>("[data-lost]");
  const says = gate.querySelector<HTMLElement>("[data-status]");
  let busy = false;
  let showing: Shown | undefined;
  let timer = 0;

  learn(Number(gate.dataset["now"]) * 1000, performance.timeOrigin + rendered());
  const say = (text: string) => {
    if (says) says.textContent = text;
  };
  const means: Means = {
    fetch: window.fetch.bind(window),
    patience: 4000,
    sleep: (milliseconds) => new Promise((wakeUp) => window.setTimeout(wakeUp, milliseconds)),
    connected: (yes) => lost?.toggleAttribute("hidden", yes),
    told: learn,
  };

  /** What lies under a verdict can't be reached meanwhile. */
  const cover = (covered: boolean) => {
    screen?.toggleAttribute("hidden", !covered);
    for (const part of gate.querySelectorAll<HTMLElement>(":scope > header, main, aside, footer")) part.inert = covered;
  };

  const rest = () => {
    window.clearTimeout(timer);
    showing = undefined;
    screen?.replaceChildren();
    cover(false);
    say("");
  };

  const show = (answer: Answer) => {
    const shown = shownOf(answer);
    const template = gate.querySelector<HTMLTemplateElement>(`template[data-verdict="${shown}"]`);
    if (!template || !screen) return;
    const view = template.content.cloneNode(true) as DocumentFragment;
    fill(view, answer, gate.dataset["decisions"] ?? "");
    clocks(view);
    for (const form of view.querySelectorAll<HTMLFormElement>("form[data-resolve]")) {
      form.addEventListener("submit", (event) => void resolve(event, answer.decision));
    }
    view.querySelector("[data-later]")?.addEventListener("click", (event) => {
      event.preventDefault();
      rest();
    });
    screen.replaceChildren(view);
    cover(true);
    showing = shown;
    play(shown);
    window.clearTimeout(timer);
    timer = window.setTimeout(rest, STANDS[shown] * 1000);
    // The screen itself takes the focus, and no button: a slow scanner ends its code with Enter, which must decide nothing.
    screen.focus();
  };

  const explain = (problem: Problem) => {
    // Its enrolment was ended; the server says the rest.
    if (problem.status === 401) return window.location.reload();
    rest();
    play("tick");
    say([problem.title, problem.detail].filter(Boolean).join(". ") || (gate.dataset["unread"] ?? ""));
  };

  const handIn = async (url: string, body: object): Promise<Problem | undefined> => {
    busy = true;
    try {
      const delivered = await deliver<Answer>(url, body, means);
      if ("problem" in delivered) return delivered.problem;
      passed.mine(delivered.answer.decision);
      show(delivered.answer);
      return undefined;
    } finally {
      busy = false;
    }
  };

  const checkIn = async (ask: Ask) => {
    // Should the page be reloaded before the answer comes, the same id is handed in again.
    sessionStorage.setItem(PENDING, JSON.stringify(ask));
    say(gate.dataset["asking"] ?? "");
    let problem = await handIn("/api/v1/check-ins", ask);
    // The device's clock was wrong. It has been told the time by now, and nothing was recorded under that id.
    if (problem && (problem.code === "id_from_future" || problem.code === "id_too_old")) {
      problem = await handIn("/api/v1/check-ins", { ...ask, ...stamp() });
    }
    sessionStorage.removeItem(PENDING);
    if (problem) explain(problem);
  };

  const scanned = (text: string) => {
    const credential = text.trim();
    if (credential === "") {
      say(gate.dataset["missing"] ?? "");
      return;
    }
    if (busy || showing === "check") {
      play("tick");
      return;
    }
    void checkIn({ ...stamp(), gate: gate.dataset["gate"] ?? "", credential, intent: direction() });
  };

  const resolve = async (event: SubmitEvent, decision: string) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const said = new FormData(form);
    const reason = String(said.get("reason") || said.get("note") || "").trim();
    if (busy) return;
    if (reason.length < 3) {
      form.querySelector<HTMLElement>("[name=note]")?.focus();
      return;
    }
    const id = (form.dataset["id"] ??= newId());
    const problem = await handIn(`/api/v1/decisions/${encodeURIComponent(decision)}/resolve`, { id, outcome: said.get("outcome"), reason });
    if (problem) explain(problem);
  };

  const direction = switched(gate);
  const passed = banners(gate);
  gate.addEventListener("scan", (event) => scanned(event.detail.text));
  gate.addEventListener("glimpse", () => play("tick"));
  gate.addEventListener("pointerdown", () => wake());
  screen?.addEventListener("click", (event) => {
    if (showing !== "check" && !(event.target as Element).closest("a, button, select")) rest();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && showing) rest();
  });
  gate.querySelector<HTMLFormElement>("form[data-typed]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).querySelector<HTMLInputElement>("[name=credential]");
    if (field) scanned(field.value);
    if (field) field.value = "";
  });
  listen(scanned);
  for (const scanner of gate.querySelectorAll<HTMLElement>("[data-scanner]")) enhance(scanner);
  board(gate);
  kiosk(gate);
  tick();
  resume(checkIn);
}

/** Milliseconds from the beginning of the page's life until its first byte came, when the server's time was fresh. */
function rendered(): number {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.responseStart ?? performance.now();
}

function stamp(): Pick<Ask, "id" | "scanned_at"> {
  return { id: newId(), scanned_at: new Date(now()).toISOString() };
}

/** That somebody left is told as a reason of its own. */
function shownOf(answer: Answer): Shown {
  return answer.reasons.some(({ code }) => code === "checked_out") ? "left" : answer.verdict;
}

function fill(view: DocumentFragment, answer: Answer, decisions: string): void {
  const texts: Record<string, string> = {
    reason: answer.reasons.map((reason) => reason.text).join(" "),
    next: answer.next_step?.params.what ?? "",
    details: answer.next_step?.params.details ?? "",
    initials: answer.initials?.join(", ") ?? "",
    word: answer.word ?? "",
  };
  for (const [name, text] of Object.entries(texts)) {
    for (const slot of view.querySelectorAll<HTMLElement>(`[data-slot="${name}"]`)) slot.textContent = text;
    for (const part of view.querySelectorAll<HTMLElement>(`[data-part="${name}"]`)) part.hidden = text === "";
  }
  view.querySelector("[data-slot=by_name]")?.setAttribute("href", `${decisions}${encodeURIComponent(answer.decision)}/izinkan`);
}

/** The switch between in, out and both. The device remembers it, since a gate rarely changes its ways. */
function switched(gate: HTMLElement): () => string {
  const radios = [...gate.querySelectorAll<HTMLInputElement>("[name=direction]")];
  const chosen = () => radios.find(({ checked }) => checked)?.value ?? "enter";
  const tell = () => {
    for (const line of gate.querySelectorAll<HTMLElement>("[data-ask]")) line.hidden = line.dataset["ask"] !== chosen();
  };
  for (const radio of radios) {
    radio.checked = radio.value === (kept(DIRECTION) ?? chosen());
    radio.addEventListener("change", () => {
      keep(DIRECTION, chosen());
      tell();
    });
  }
  tell();
  return chosen;
}

function resume(checkIn: (ask: Ask) => Promise<void>): void {
  const kept = sessionStorage.getItem(PENDING);
  if (!kept) return;
  try {
    void checkIn(JSON.parse(kept) as Ask);
  } catch {
    sessionStorage.removeItem(PENDING);
  }
}
