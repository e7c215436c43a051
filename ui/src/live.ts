// Figures that keep themselves right: a `[data-stream]` names the address, a `[data-live]` inside it the figure.

for (const root of document.querySelectorAll<HTMLElement>("[data-stream]")) {
  const source = new EventSource(root.dataset["stream"] ?? "");
  source.addEventListener("message", (event: MessageEvent<string>) => {
    const figures = parse(event.data);
    for (const element of root.querySelectorAll<HTMLElement>("[data-live]")) {
      const value = figures[element.dataset["live"] ?? ""];
      if (value !== undefined && value !== null) put(element, value);
    }
    root.removeAttribute("data-stale");
    // What was followed has come to its end, and the page has something else to show.
    if (figures["over"] === true) window.location.reload();
  });
  source.addEventListener("error", () => root.setAttribute("data-stale", ""));
  window.addEventListener("pagehide", () => source.close());
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function put(element: HTMLElement, value: unknown): void {
  if (element instanceof HTMLMeterElement) {
    element.value = Number(value);
    return;
  }
  const text = typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : String(value);
  if (element.textContent !== text) element.textContent = text;
}
