import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { notes, pulses } = await load("tones");

test("admit is two rising notes of 90 milliseconds", () => {
  assert.deepEqual(notes("admit"), [
    { at: 0, length: 0.09, pitch: 660 },
    { at: 0.09, length: 0.09, pitch: 880 },
  ]);
});

test("refuse is two low pulses with silence between them", () => {
  const [first, second] = notes("refuse");
  assert.deepEqual([first.pitch, second.pitch, first.length, second.length], [220, 220, 0.16, 0.16]);
  assert.ok(second.at > first.at + first.length);
});

test("check is one long middle tone, a tick is short", () => {
  assert.deepEqual(notes("check"), [{ at: 0, length: 0.35, pitch: 440 }]);
  assert.ok(notes("tick")[0].length < 0.05);
});

test("no two outcomes feel alike", () => {
  const felt = ["admit", "refuse", "check", "left", "tick"].map((outcome) => pulses(outcome).join());
  assert.equal(new Set(felt).size, 5);
  assert.deepEqual(pulses("refuse"), [160, 80, 160]);
});
