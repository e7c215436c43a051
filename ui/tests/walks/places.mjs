// Places of a walk's own, so that no walk fills another's rooms, and what their gates show.
import assert from "node:assert/strict";
import { demo } from "./demo.mjs";
import { session } from "./office.mjs";

const MINUTE_MS = 60_000;

/** Calls the API as somebody of the staff, with the session of a page. */
export async function asStaff(role, path, body) {
  return call(path, { cookie: await session(role), "x-gapura": "1" }, body);
}

/** Calls the API as the device at a gate. */
export function asDevice({ token }, path, body) {
  return call(path, { authorization: `Bearer ${token}` }, body);
}

async function call(path, headers, body) {
  const answer = await fetch(demo().base_url + path, {
    method: body ? "POST" : "GET",
    headers: { ...headers, "content-type": "application/json", accept: "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Opens places as their manager and the authority do; gives each with its id and the code of its first gate. */
export async function openPlaces(forms) {
  const venues = forms.map((form) => ({ ...USUAL, ...form }));
  const { applications } = await asStaff("venue_manager", "/api/v1/venues/applications", { venues });
  const places = [];
  for (const [number, application] of applications.entries()) {
    const { venue } = await asStaff("authority", `/api/v1/venues/applications/${application}/approve`, {});
    places.push({ name: venues[number].name, venue, code: await codeOf(venue) });
  }
  return places;
}

const USUAL = {
  category: "tourism",
  address: "Jl. Semeru No. 1",
  district: "Klojen, Kota Malang",
  latitude: "-7.9770",
  longitude: "112.6250",
  contact: "walk@demo.example",
  hours: "24 jam",
  rooms: [{ name: "Aula", floor_area_m2: "40", capacity: "10", quota: "", gates: ["Pintu utama"] }],
};

/** A room of the usual kind with other limits. */
export function room(limits) {
  return [{ ...USUAL.rooms[0], ...limits }];
}

/** The code that hangs at the first gate of a place. */
export async function codeOf(venue) {
  const page = await fetch(`${demo().base_url}/desk/places/${venue}/gates`, { headers: { cookie: await session("venue_manager") } });
  const [, code] = (await page.text()).match(/class="code">([0-9A-Z]{4}-[0-9A-Z]{4})</) ?? [];
  assert.ok(code, `the gates of ${venue} have no code`);
  return code.replace("-", "");
}

/** The code that a gate's screen shows in this minute, for whoever stands before it. */
export async function screenCode(gate) {
  const page = await fetch(`${demo().base_url}/gate`, { headers: { cookie: `gapura_d=${gate.token}`, accept: "text/html" } });
  const [, code] = (await page.text()).match(/data-live="typed">([^<]+)</) ?? [];
  assert.ok(code, "the gate's screen shows no code");
  return code.replace(/\W/g, "");
}

/** A fresh id for a request of a device: UUID version 7, by RFC 9562. */
export function requestId(at = Date.now()) {
  const random = crypto.getRandomValues(new Uint8Array(16));
  new DataView(random.buffer).setBigUint64(0, (BigInt(at) << 16n) | 0x7000n | BigInt(((random[6] & 0x0f) << 8) | random[7]));
  random[8] = (random[8] & 0x3f) | 0x80;
  const hex = Buffer.from(random).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The days around now at a place in western Indonesia, as a closure is written. */
export function aroundNow() {
  const day = (at) => new Date(at + 7 * 60 * MINUTE_MS).toISOString().slice(0, 10);
  const day_ms = 24 * 60 * MINUTE_MS;
  return `${day(Date.now() - day_ms)}..${day(Date.now() + day_ms)}`;
}
