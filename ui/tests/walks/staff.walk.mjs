// Staff come in with two things they have, see where they are signed in, and bring in colleagues who see no more than
// their own branch.
import assert from "node:assert/strict";
import { demo } from "./demo.mjs";
import { walk } from "./harness.mjs";
import { approve, applyForMany, describePlace, fresh, heading, look, send, session, signIn, signUp } from "./office.mjs";
import { totp } from "./totp.mjs";

const WRONG_TRIES = 10;

walk(["phone", "tablet"], "a colleague is invited for a branch, and sees nothing outside of it", async (stage) => {
  const manager = await stage.page();
  await signUp(manager);
  const own = fresh("Kantor Pusat");
  await applyForMany(manager, [own]);
  const [branch, place] = [fresh("Cabang"), fresh("Loket Cabang")];
  await manager.goto("/desk/places/new");
  await manager.click("summary:has-text('Instansi baru di bawahnya')");
  await manager.fill("[name=organisation_new]", branch);
  await describePlace(manager, place);
  await send(manager);
  await approve(stage, own);
  await approve(stage, place);
  await manager.goto("/desk/places");
  const [ownHref, placeHref] = await Promise.all([own, place].map((name) => manager.locator(`tbody a:has-text("${name}")`).getAttribute("href")));

  const colleague = await invite(manager, branch);
  const page = await stage.page();
  await setUp(page, colleague);
  await signIn(page, colleague);
  await page.goto("/desk/places");
  await look(page);
  const seen = await page.locator("main").innerText();
  assert.ok(seen.includes(place) && !seen.includes(own), seen);
  await page.goto("/desk/applications");
  assert.ok(!(await page.locator("main").innerText()).includes(own));
  assert.equal((await page.goto(placeHref)).status(), 200);
  for (const address of [ownHref, `${ownHref}/visits`, `${ownHref}/gates`, `${ownHref}/edit`, `${ownHref}/poster.pdf`, `${ownHref}/stream`]) {
    const answer = await page.request.get(address);
    assert.ok([403, 404].includes(answer.status()), `${address} answers ${answer.status()}`);
  }
  for (const address of ["/desk/audit", "/desk/machine"]) {
    assert.equal((await page.goto(address)).status(), 403);
  }
  await look(page);
  await page.goto("/desk/accounts");
  assert.equal(await page.locator("tbody tr").count(), 1, "only oneself");

  // The manager ends the colleague's sessions from afar.
  await manager.goto("/desk/accounts");
  await manager.click(`a:has-text("${colleague.name}")`);
  await look(manager);
  await manager.click("a[href$='/sign-out']");
  await look(manager);
  await send(manager);
  assert.equal(await heading(manager), `Sesi ${colleague.name} sudah diakhiri`);
  await page.goto("/desk/places");
  assert.match(page.url(), /\/staff\/sign-in\?next=/);
});

/** Invites a manager for the branch; says by which link the invitation came. */
async function invite(manager, branch) {
  const name = fresh("Budi");
  const login = `${name.replaceAll(" ", ".").toLowerCase()}@contoh.example`;
  await manager.goto("/desk/accounts/new");
  await send(manager);
  await look(manager);
  const errors = await manager.locator("#errors li").allInnerTexts();
  assert.deepEqual(errors, ["Nama belum diisi.", "Surel belum diisi.", "Pilih sedikitnya satu peran."]);
  await manager.fill("[name=display_name]", name);
  await manager.fill("[name=login]", login);
  await manager.getByLabel("Pengelola tempat", { exact: true }).check();
  const option = manager.locator("[name=branch] option", { hasText: branch });
  await manager.selectOption("[name=branch]", await option.first().getAttribute("value"));
  await send(manager);
  await look(manager);
  assert.equal(await heading(manager), `Undangan untuk ${name} terkirim`);
  const outbox = await (await fetch(`${demo().base_url}/outbox`)).text();
  const message = outbox.split("<article").find((one) => one.includes(login));
  const link = message?.match(/\/staff\/welcome\?invitation=[\w%-]+/)?.[0];
  assert.ok(link, "the invitation is in the outbox");
  return { name, login, link, password: "sepeda biru di atap rumah" };
}

/** Sets password and second factor behind an invitation; the secret is noted at the colleague. */
async function setUp(page, colleague) {
  await page.goto(colleague.link);
  await look(page);
  assert.equal(await heading(page), `Selamat datang, ${colleague.name}`);
  await page.fill("[name=password]", "pendek");
  await page.fill("[name=code]", "000000");
  await send(page);
  await look(page);
  assert.ok((await page.locator("#errors li").count()) >= 1);
  colleague.totp_secret = (await page.locator("main .code.ink").textContent()).replaceAll(" ", "");
  await page.fill("[name=password]", colleague.password);
  await page.fill("[name=code]", totp(colleague.totp_secret));
  await send(page);
  assert.match(page.url(), /\/staff\/sign-in/);
  await look(page);
  assert.equal(await page.locator(".flash").innerText(), "Akun Anda siap. Silakan masuk.");
  const again = await page.goto(colleague.link);
  assert.equal(again.status(), 410);
  await look(page);
  assert.equal(await heading(page), "Undangan ini tidak berlaku lagi");
}

walk("phone", "after wrong passwords an account is locked, in words that say for how long and what to do", async (stage) => {
  const manager = await stage.page();
  await signUp(manager);
  const colleague = await invite(manager, "Dinas Uji");
  const page = await stage.page();
  await setUp(page, colleague);
  await page.goto("/staff/sign-in");
  for (let tries = 0; tries < WRONG_TRIES; tries += 1) {
    await page.fill("[name=login]", colleague.login);
    await page.fill("[name=password]", "kata sandi yang salah");
    await page.fill("[name=code]", "123456");
    await send(page);
  }
  await look(page);
  const said = await page.locator("main").innerText();
  assert.match(said, /Akun, kata sandi atau kode tidak cocok/);
  assert.match(said, /Setelah sepuluh kali salah, akun dikunci 15 menit/);
  assert.equal(await page.inputValue("[name=login]"), colleague.login, "the name that was typed stays");
  for (const secret of ["password", "code"]) assert.equal(await page.inputValue(`[name=${secret}]`), "", secret);
  await assert.rejects(signIn(page, colleague), /could not sign in/, "locked is locked");

  await manager.goto("/desk/accounts");
  await look(manager);
  const row = manager.locator("tbody tr", { hasText: colleague.name });
  assert.match(await row.innerText(), /Terkunci sampai/);
  await row.locator("a").click();
  await manager.click("a[href$='/reset']");
  await look(manager);
  await send(manager);
  assert.equal(await heading(manager), `Undangan untuk ${colleague.name} terkirim`);
});

walk(["phone", "tablet"], "sessions are listed and ended one by one, and signing out ends this one", async (stage) => {
  const here = await stage.page();
  const account = await signUp(here);
  const there = await stage.page({ size: "desk" });
  await signIn(there, account);
  await here.goto("/staff/account");
  await look(here);
  const rows = here.locator("tbody tr");
  assert.equal(await rows.count(), 2);
  await rows.filter({ hasNotText: "sesi ini" }).locator("button").click();
  await here.waitForURL("**after=end");
  await look(here);
  assert.equal(await rows.count(), 1);
  await there.goto("/desk/places");
  assert.match(there.url(), /\/staff\/sign-in/, "the other one is out");
  await here.click("main .head button");
  await here.waitForURL("**/staff/sign-in**");
  await look(here);
  assert.equal(await here.locator(".flash").innerText(), "Anda sudah keluar.");
  await here.goto("/staff/account");
  assert.match(here.url(), /\/staff\/sign-in/);
});

walk("tablet", "the auditor follows the chain, the operator sees the machine", async (stage) => {
  const auditor = await stage.page({ session: await session("auditor") });
  await auditor.goto("/desk/audit");
  await look(auditor);
  assert.ok((await auditor.locator("tbody tr").count()) > 10);
  await auditor.selectOption("[name=action]", "application_approved");
  await auditor.waitForURL("**action=application_approved**");
  await look(auditor);
  await auditor.goto("/desk/audit");
  await auditor.click(".panel a.button");
  await look(auditor);
  assert.match(await heading(auditor), /^Rantai utuh: [\d.]+ jejak$/);
  const operator = await stage.page({ session: await session("operator") });
  await operator.goto("/desk/machine");
  await look(operator);
  assert.equal(await heading(operator), "Tidak ada yang perlu diperbaiki");
  assert.match(await operator.locator("main").innerText(), /Satgas COVID-19/);
});
