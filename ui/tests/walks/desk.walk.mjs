// Every page of a desk, as it is for each who works there: by day and by night, in both languages, at every size.
import assert from "node:assert/strict";
import { walk } from "./harness.mjs";
import { look, session } from "./office.mjs";

const OF = [
  [undefined, ["/staff/sign-in", "/join"]],
  ["venue_manager", ["/staff/account", "/desk/places", "/desk/places/new", "/desk/places/list"]],
  ["venue_manager", ["/desk/applications", "/desk/rules", "/desk/accounts", "/desk/accounts/new"]],
  ["authority", ["/desk/places", "/desk/applications", "/desk/applications?state=all"]],
  ["auditor", ["/desk/audit"]],
  ["operator", ["/desk/machine"]],
  ["tracer", ["/staff/account"]],
];
const WAYS = [
  { lang: "id", colorScheme: "light" },
  { lang: "en", colorScheme: "dark" },
];

for (const { lang, colorScheme } of WAYS) {
  const how = `can be read by all, in ${lang}, ${colorScheme}`;
  for (const [role, addresses] of OF) {
    walk(["phone", "desk"], `${addresses.join(", ")} ${how}, for ${role ?? "everybody"}`, async (stage) => {
      const page = await stage.page({ session: role && (await session(role)), colorScheme });
      for (const address of addresses) await visit(page, address, lang);
    });
  }
  walk(["phone", "desk"], `the pages of a place ${how}`, async (stage) => {
    const page = await stage.page({ session: await session("venue_manager"), colorScheme });
    for (const address of await ofAPlace(page)) await visit(page, address, lang);
  });
}

async function visit(page, address, lang) {
  const joint = address.includes("?") ? "&" : "?";
  const answer = await page.goto(`${address}${joint}lang=${lang}`);
  assert.equal(answer.status(), 200, address);
  assert.equal(await page.getAttribute("html", "lang"), lang);
  await look(page);
  // The columns of a list bear such names by right, and so does what machines read.
  const text = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, p, label, button, a, legend, dt, .tag")].map((one) => one.innerText).join("\n"));
  assert.doesNotMatch(text, /\b(venue|staff|operator|authority|common|place|reasons)_[a-z_]+\b/, address);
}

/** The pages of one place, each by the link that leads there. */
async function ofAPlace(page) {
  await page.goto("/desk/places?q=Klojen");
  await page.click("tbody a:has-text('Polsek Klojen')");
  const sections = await page.locator(".subnav a").evaluateAll((links) => links.map((link) => link.pathname));
  await page.goto(sections.find((path) => path.endsWith("/gates")));
  const steps = await page.locator("main table a[href]").evaluateAll((links) => links.map((link) => link.pathname));
  const kinds = ["/enrol", "/reissue", "/revoke"].map((end) => steps.find((path) => path.endsWith(end)));
  return [...sections, ...kinds.filter(Boolean)];
}
