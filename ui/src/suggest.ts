// Names offered while somebody types: `data-suggest` on a field is the address that knows them.

/** So many letters before anything is asked. */
const LETTERS_MIN = 2;
const PAUSE_MS = 150;

for (const field of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) {
  const list = field.list;
  if (!list) continue;
  let waiting = 0;
  let asked = "";
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    const typed = field.value.trim();
    // What was chosen from the list holds a comma and needs no more names.
    if (typed.length < LETTERS_MIN || typed.includes(",") || typed === asked) return;
    waiting = window.setTimeout(async () => {
      asked = typed;
      const answer = await fetch(`${field.dataset["suggest"] ?? ""}?q=${encodeURIComponent(typed)}`).catch(() => undefined);
      if (!answer?.ok || field.value.trim() !== typed) return;
      const { names } = (await answer.json()) as { names: string[] };
      list.replaceChildren(...names.map(option));
    }, PAUSE_MS);
  });
}

function option(name: string): HTMLOptionElement {
  const option = document.createElement("option");
  option.value = name;
  return option;
}
