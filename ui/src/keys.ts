// The desk's keyboard: / searches, j and k move through the rows, Enter opens, ? shows this.

const rows = () => [...document.querySelectorAll<HTMLElement>("[data-rows] a[data-row], [data-rows] tbody tr > :first-child a")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]")) return;
  switch (event.key) {
    case "/": {
      const search = document.querySelector<HTMLInputElement>("[data-search], input[type=search]");
      if (!search) return;
      search.focus();
      search.select();
      break;
    }
    case "j":
      move(1);
      break;
    case "k":
      move(-1);
      break;
    case "?":
      document.querySelector<HTMLDialogElement>("dialog[data-keys]")?.showModal();
      break;
    default:
      return;
  }
  event.preventDefault();
});

function move(step: number): void {
  const all = rows();
  const now = all.indexOf(document.activeElement as HTMLElement);
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
  all[next]?.focus();
}

// A choice in a filter takes effect at once; without this script its button does.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-filter]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}
