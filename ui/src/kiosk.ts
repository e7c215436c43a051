// What makes a tablet a screen at a door: it stays awake, may fill the whole display, and says when it can't be heard.
import { audible, woken } from "./tones.ts";

/** Milliseconds after which a touch has surely ended. */
const SETTLED = 600;

export function kiosk(root: HTMLElement): void {
  stayAwake();
  const whole = root.querySelector<HTMLButtonElement>("[data-whole]");
  if (whole && document.fullscreenEnabled) {
    const offer = () => whole.toggleAttribute("hidden", document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", offer);
    whole.addEventListener("click", () => void document.documentElement.requestFullscreen().catch(() => undefined));
    offer();
  }
  const sound = root.querySelector<HTMLButtonElement>("[data-sound]");
  const heard = () => sound?.toggleAttribute("hidden", audible());
  // Not under the finger that woke it: what moves between its coming and its going would take the touch away.
  const listen = () => void woken().then(() => window.setTimeout(heard, SETTLED));
  listen();
  heard();
  // A browser lets a page sound only after a touch or a key.
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, listen);
}

/** Asked for again whenever the page comes back, since the display's lock ends when it goes. */
function stayAwake(): void {
  const ask = () => {
    if (document.visibilityState === "visible" && "wakeLock" in navigator) navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
