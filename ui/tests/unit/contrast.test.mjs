import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../css/tokens.css", import.meta.url), "utf8");
const [light, dark] = css.split("@media (prefers-color-scheme: dark)").map((part) => Object.fromEntries([...part.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour])));
const schemes = { light, dark: { ...light, ...dark } };

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** A colour with some black or white over it, as behind the words of a verdict. */
function under(colour, over, share) {
  return `#${[1, 3, 5].map((at) => Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * (1 - share) + over * share).toString(16).padStart(2, "0")).join("")}`;
}

test("verdict screens reach seven to one, on the wings of the sign as well", () => {
  for (const [ground, ink, over, share] of [["v-admit", "v-light", 0, 0.2], ["v-refuse", "v-light", 0, 0.2], ["v-check", "v-ink", 255, 0.28]]) {
    assert.ok(contrast(light[ground], light[ink]) >= 7, ground);
    assert.ok(contrast(under(light[ground], over, share), light[ink]) >= 7, `${ground} with wing`);
  }
  assert.ok(contrast(light["v-paper"], light["v-ink"]) >= 7);
});

test("text reaches four and a half to one on paper and on sheets, by day and by night", () => {
  for (const [name, tokens] of Object.entries(schemes)) {
    for (const ink of ["ink", "muted", "brick", "admit", "refuse", "check"]) {
      for (const ground of ["paper", "sheet"]) {
        const reached = contrast(tokens[ink], tokens[ground]);
        assert.ok(reached >= 4.5, `${name}: ${ink} on ${ground} ${reached.toFixed(2)}`);
      }
    }
    assert.ok(contrast(tokens["on-brick"], tokens.brick) >= 4.5);
    assert.ok(contrast(tokens["on-plate"], tokens.plate) >= 7);
    assert.ok(contrast(tokens["on-plate"], tokens["plate-deep"]) >= 7);
  }
});

test("lines of controls and the focus ring reach three to one", () => {
  for (const [name, tokens] of Object.entries(schemes)) {
    for (const line of ["line", "focus"]) {
      for (const ground of ["paper", "sheet"]) assert.ok(contrast(tokens[line], tokens[ground]) >= 3, `${name}: ${line} on ${ground}`);
    }
  }
});

test("the three verdicts differ in grey", () => {
  const grey = ["v-admit", "v-refuse", "v-check"].map((name) => luminance(light[name]));
  assert.ok(contrast(light["v-check"], light["v-admit"]) > 4 && contrast(light["v-check"], light["v-refuse"]) > 4, grey.join());
});
