// A desk with a camera: what was read goes into the field of its form, and the form is sent.
import { enhance } from "./camera.ts";
import { play, wake } from "./tones.ts";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-scan]")) {
  const root = form.querySelector<HTMLElement>("[data-scanner]");
  const field = form.elements.namedItem(form.dataset["scan"] ?? "");
  if (!root || !(field instanceof HTMLInputElement)) continue;
  root.addEventListener("pointerdown", wake);
  root.addEventListener("glimpse", () => play("tick"));
  root.addEventListener("scan", (event) => {
    field.value = event.detail.text;
    form.requestSubmit();
  });
  enhance(root);
}
