// Places near the phone: its location is asked for only when the button is pressed, and rounded before it is sent.

/** A thousandth of a degree is about a hundred metres here. */
const DIGITS = 3;
const TIMEOUT_MS = 15_000;

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-nearby]")) {
  const here = form.querySelector<HTMLElement>("[data-here]");
  const button = here?.querySelector("button");
  const near = form.querySelector<HTMLInputElement>("input[name=near]");
  const where = form.querySelector<HTMLInputElement>("input[name=where]");
  if (!here || !button || !near || !where || !("geolocation" in navigator) || !window.isSecureContext) continue;
  const say = (text = "") => {
    const says = here.querySelector("[data-say]");
    if (says) says.textContent = text;
  };
  const found = ({ coords }: GeolocationPosition) => {
    near.value = `${coords.latitude.toFixed(DIGITS)},${coords.longitude.toFixed(DIGITS)}`;
    where.value = "";
    form.requestSubmit();
  };
  const failed = (error: GeolocationPositionError) => {
    button.disabled = false;
    say(form.dataset[error.code === error.PERMISSION_DENIED ? "denied" : "failed"]);
  };
  here.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    say(form.dataset["asking"]);
    navigator.geolocation.getCurrentPosition(found, failed, { timeout: TIMEOUT_MS, maximumAge: 60_000 });
  });
  // A typed area is meant instead of the location asked for before.
  where.addEventListener("input", () => {
    near.value = "";
  });
}
