import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { idle, key, isBurst } = await load("wedge");
const { uuid7 } = await load("uuid");
const { deliver, pause, worthRepeating } = await load("deliver");
const { hour } = await load("clock");
const { corrected } = await load("server-time");

function type(text, gap, start = 1000) {
  let state = idle;
  let code;
  let at = start;
  for (const pressed of [...text, "Enter"]) {
    at += gap;
    const next = key(state, pressed, at);
    state = next.wedge;
    code = next.code ?? code;
  }
  return code;
}

test("a burst of keys that ends with Enter is a scanned code", () => {
  assert.equal(type("GP1:AB-cd/42", 8), "GP1:AB-cd/42");
});

test("a person's typing is no scan, however long", () => {
  assert.equal(type("hello there", 140), undefined);
  assert.equal(type("abc", 5), undefined);
});

test("a scan after somebody's letter holds the scan alone", () => {
  let { wedge } = key(idle, "x", 0);
  for (const [index, pressed] of [..."PASS-1234"].entries()) wedge = key(wedge, pressed, 500 + index * 10).wedge;
  assert.ok(isBurst(wedge));
  assert.equal(key(wedge, "Enter", 600).code, "PASS-1234");
});

test("Shift between the letters of a scanner is none of them", () => {
  let wedge = idle;
  let at = 0;
  for (const pressed of ["Shift", "A", "B", "Shift", "C", "d", "e", "f"]) wedge = key(wedge, pressed, (at += 10)).wedge;
  assert.equal(key(wedge, "Enter", at + 10).code, "ABCdef");
});

test("an id is a UUID of version 7 that begins with its time", () => {
  const id = uuid7(0x0123456789ab, new Uint8Array(16).fill(0xff));
  assert.equal(id, "01234567-89ab-7fff-bfff-ffffffffffff");
});

function means(answers) {
  const sent = [];
  const said = [];
  return {
    sent,
    said,
    patience: 1000,
    sleep: async () => {},
    connected: (yes) => said.push(yes),
    fetch: async (url, { body }) => {
      sent.push(body);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return { ok: answer.status < 400, status: answer.status, headers: new Headers(), json: async () => answer.body };
    },
  };
}

test("a lost answer is asked for again with the same id, and the screen says so meanwhile", async () => {
  const way = means([new Error("lost"), { status: 503 }, { status: 200, body: { verdict: "admit" } }]);
  assert.deepEqual(await deliver("/x", { id: "1" }, way), { answer: { verdict: "admit" } });
  assert.equal(new Set(way.sent).size, 1);
  assert.equal(way.sent.length, 3);
  assert.deepEqual(way.said, [false, false, true]);
});

test("half an answer is no answer", async () => {
  const way = means([{ status: 200, body: undefined }, { status: 200, body: { verdict: "check" } }]);
  const whole = way.fetch;
  let first = true;
  way.fetch = async (...args) => {
    const response = await whole(...args);
    if (first) response.json = async () => JSON.parse("{");
    first = false;
    return response;
  };
  assert.deepEqual(await deliver("/x", { id: "1" }, way), { answer: { verdict: "check" } });
});

test("a problem that asking again can't change is told at once", async () => {
  const way = means([{ status: 422, body: { title: "T" } }]);
  assert.deepEqual(await deliver("/x", {}, way), { problem: { title: "T", status: 422 } });
  assert.ok(worthRepeating(429) && worthRepeating(500) && !worthRepeating(409));
});

test("pauses grow and stay below five seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 20].map(pause), [500, 1000, 2000, 4000, 5000, 5000]);
});

test("a clock shows the place's hour", () => {
  assert.equal(hour(Date.UTC(2026, 10, 22, 2, 41, 12), 420), "09.41.12");
});

test("a wrong clock is corrected by what the server says, and a right one is left alone", () => {
  const told = Date.UTC(2026, 10, 22, 3, 0, 0);
  assert.equal(corrected(0, told, told + 900), 0);
  assert.equal(corrected(0, told, told + 3_600_000), 500 - 3_600_000);
  assert.equal(corrected(-3_600_000, told, told + 3_600_400), -3_600_000);
});
