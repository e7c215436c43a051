// A manager watches a place while people come, and mends a visit that somebody forgot to end.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { demo, device, visitor } from "./demo.mjs";
import { walk } from "./harness.mjs";
import { heading, look, send, session } from "./office.mjs";

// Its poster is enough to come in; open day and night.
const PLACE = "Samsat Malang Kota";
// The figures of an open page are read every two seconds.
const LIVE_MS = 15_000;

/** A check-in as a visitor's phone sends it. */
async function checkIn({ session: cookie }, { code, gate }, intent = "enter") {
  const answer = await fetch(`${demo().base_url}/api/v1/check-ins`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json", "x-gapura": "1" },
    body: JSON.stringify({ id: uuid7(), gate, credential: code, intent }),
  });
  const said = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(said));
  return said;
}

function uuid7() {
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = randomUUID().slice(15);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}${rest.slice(3)}`;
}

/** A figure of the page that keeps itself right. */
const figure = async (page, key) => Number((await page.locator(`dd [data-live=${key}]`).textContent()).replaceAll(/\D/g, ""));

async function open(stage, who) {
  const page = await stage.page({ session: await session(who) });
  await page.goto(`/desk/places?q=${encodeURIComponent(PLACE)}`);
  await page.click(`tbody a:has-text("${PLACE}")`);
  await page.locator("[data-stream]").waitFor();
  return page;
}

for (const who of ["venue_manager", "authority"]) {
  walk(["phone", "tablet"], `figures change by themselves while people come and go, as ${who} sees them`, async (stage) => {
    const page = await open(stage, who);
    await look(page);
    const gate = device(PLACE);
    const guest = visitor("green");
    await checkIn(guest, gate, "leave").catch(() => {});
    await page.reload();
    const before = { inside: await figure(page, "inside"), today: await figure(page, "today"), admitted: await figure(page, "admitted") };
    const refused = await figure(page, "refused");

    const said = await checkIn(guest, gate);
    assert.equal(said.verdict, "admit", JSON.stringify(said));
    const wait = (key, value) =>
      page.waitForFunction(({ key, value }) => Number(document.querySelector(`dd [data-live=${key}]`).textContent.replaceAll(/\D/g, "")) === value, { key, value }, { timeout: LIVE_MS });
    await wait("inside", before.inside + 1);
    await wait("today", before.today + 1);
    await wait("admitted", before.admitted + 1);
    const headline = await page.locator("[data-live=free]").innerText();
    assert.match(headline, /^\d+ orang lagi dapat masuk$/);

    assert.equal((await checkIn(visitor("black"), gate)).verdict, "refuse");
    await wait("refused", refused + 1);
    await checkIn(guest, gate, "leave");
    await wait("inside", before.inside);
    assert.notEqual(await page.locator("[data-live=free]").innerText(), headline, "the finding on top is live as well");

    await page.reload();
    await look(page);
    const charts = page.locator("figure.chart");
    assert.ok((await charts.count()) >= 1);
    await charts.first().locator(".plot canvas").waitFor();
    assert.deepEqual(await charts.first().locator(".key span").allInnerTexts(), ["Boleh masuk", "Diperiksa", "Belum boleh"]);
    const table = charts.first().locator("table");
    assert.ok(!(await table.isVisible()), "the chart stands for its table");
    await charts.first().locator("summary").click();
    assert.ok(await table.isVisible(), "the table is one tap away");
    await look(page);
    const reasons = await page.locator(".halves section").first().innerText();
    assert.match(reasons, /Status[^]*Belum boleh/);
    assert.match(await page.locator(".halves section").nth(1).innerText(), new RegExp(gate.gate_name.split(",")[0]));
  });
}

walk("phone", "without scripts the same figures and tables stand there", async (stage) => {
  const page = await stage.page({ session: await session("venue_manager"), script: false });
  await page.goto(`/desk/places?q=${encodeURIComponent(PLACE)}`);
  await page.click(`tbody a:has-text("${PLACE}")`);
  await look(page);
  assert.ok(await page.locator("figure.chart table").first().isVisible());
});

walk(["phone", "tablet"], "a manager corrects when somebody left, and the trace stays", async (stage) => {
  const page = await open(stage, "venue_manager");
  await page.click(".subnav a[href$='/visits']");
  await page.locator("table[data-rows]").waitFor();
  await look(page);
  const rows = page.locator("tbody tr");
  const ended = rows.filter({ hasNotText: "masih di dalam" }).filter({ hasNotText: "Dibetulkan" });
  const row = ended.first();
  const from = (await row.locator("td").first().innerText()).trim();
  await row.locator("a").click();
  await look(page);
  assert.ok((await page.locator("main").innerText()).includes(from));

  await page.fill("[name=out]", "kemarin sore");
  await send(page);
  await look(page);
  assert.match(await page.locator("#errors").innerText(), /Tulis tanggal dan jam seperti 22-11-2026 14\.30/);
  assert.equal(await page.inputValue("[name=out]"), "kemarin sore", "what was typed stays");

  const [hour, minute] = from.split(".").map(Number);
  const later = hour * 60 + minute + 1;
  const clock = `${String(Math.floor(later / 60)).padStart(2, "0")}.${String(later % 60).padStart(2, "0")}`;
  const today = new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Jakarta", day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date()).replaceAll("/", "-");
  const reason = `Petugas melihatnya pergi pukul ${clock}.`;
  await page.fill("[name=out]", `${today} ${clock}`);
  await page.fill("[name=reason]", reason);
  await send(page);
  await look(page);
  assert.equal(await heading(page), "Jam keluar dibetulkan");
  await page.click("main .actions .primary");
  const corrected = rows.filter({ hasText: "Dibetulkan" }).filter({ hasText: clock });
  await corrected.first().locator("a").click();
  await look(page);
  const trace = await page.locator("main .steps").innerText();
  assert.ok(trace.includes(reason) && trace.includes("Pengelola Malang"), trace);

  const auditor = await stage.page({ session: await session("auditor") });
  await auditor.goto("/desk/audit?action=visit_corrected");
  await look(auditor);
  const mark = await auditor.locator("tbody tr").first().innerText();
  for (const words of ["Pengelola Malang", "Kunjungan dibetulkan", reason]) assert.ok(mark.includes(words), mark);
});
