// What the walks know of the running demo: its address, and the people who may enter it.
import { readFileSync } from "node:fs";

/** The demo's addresses and logins, from the file that `gapura demo --credentials FILE` wrote. */
export function demo() {
  const file = process.env.GAPURA_CREDENTIALS;
  if (!file) throw new Error("GAPURA_CREDENTIALS names no file; cargo xtask test --only browser starts a demo");
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The first visitor of the demo with this status. */
export function visitor(status) {
  return found(demo().visitors.find((one) => one.status === status), `a visitor who is ${status}`);
}

/** The first member of the staff with this role. */
export function staff(role) {
  return found(demo().staff.find((one) => one.role === role), `a person with the role ${role}`);
}

/** The device at the gate of the first place whose name contains `words`. */
export function device(words = "") {
  return found(demo().devices.find((one) => one.venue_name.includes(words)), `a device at ${words || "a gate"}`);
}

function found(thing, what) {
  if (!thing) throw new Error(`the demo has no ${what}`);
  return thing;
}

/** The newest one-time code sent to a visitor. */
export async function oneTimeCode({ outbox, login }) {
  const answer = await fetch(outbox);
  if (!answer.ok) throw new Error(`the outbox answers ${answer.status}`);
  const code = newestCode(await answer.text(), login);
  return found(code, "code for this login in the outbox");
}

/** The first six digits after the first mention of `login`: the newest message stands at the top. */
export function newestCode(page, login) {
  const text = page.replace(/<[^>]*>/g, " ");
  const letters = [...login.replace(/[\s-]/g, "")].map((letter) => letter.replace(/[^\w@]/, "\\$&"));
  const [, after] = text.match(new RegExp(`${letters.join("[\\s-]*")}(?!\\w)([^]*)`)) ?? [];
  return after?.match(/(?<!\d)\d{6}(?!\d)/)?.[0];
}

/** The cookies of a cookie header, as a browser takes them. */
export function cookiesOf(header, url) {
  return header.split(/;\s*/).map((pair) => {
    const [name, ...value] = pair.split("=");
    return { name, value: value.join("="), url };
  });
}
