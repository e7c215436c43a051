// The scanner for visitors who are in the page already: a door's code that was read is followed.
import { enhance } from "./camera.ts";
import { play, wake } from "./tones.ts";

for (const root of document.querySelectorAll<HTMLElement>("[data-scanner]")) {
  root.addEventListener("pointerdown", wake);
  root.addEventListener("glimpse", () => play("tick"));
  root.addEventListener("scan", (event) => {
    const target = ownAddress(event.detail.text);
    if (target) {
      window.location.assign(target);
      return;
    }
    play("tick");
    const says = root.querySelector("[data-say]");
    if (says) says.textContent = root.dataset["foreign"] ?? "";
  });
  enhance(root);
}

/** Only addresses of this very server are followed: a sticker over the code must not lead elsewhere. */
function ownAddress(text: string): string | undefined {
  let address: URL;
  try {
    address = new URL(text);
  } catch {
    return undefined;
  }
  return address.host === window.location.host ? address.pathname + address.search : undefined;
}
