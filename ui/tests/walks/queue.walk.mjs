// The authority decides about applications, and the manager follows and mends them.
import assert from "node:assert/strict";
import { walk } from "./harness.mjs";
import { applyForMany, fresh, heading, look, send, session, signUp } from "./office.mjs";

for (const script of [true, false]) {
  const how = script ? "" : " without scripts";
  walk("tablet", `applications are returned with a reason, mended, and approved singly and together${how}`, async (stage) => {
    const manager = await stage.page({ script });
    await signUp(manager);
    const batch = fresh("Berkas");
    const names = ["A", "B", "C"].map((letter) => `${batch} ${letter}`);
    await applyForMany(manager, names);
    const authority = await stage.page({ script, session: await session("authority") });

    await authority.goto("/desk/applications");
    await look(authority);
    await search(authority, batch);
    assert.equal(await authority.locator("tbody tr").count(), 3);
    await authority.click(`tbody a:has-text("${names[0]}")`);
    await authority.locator("#panel").waitFor();
    await look(authority);
    await authority.click("#panel button[value=return]");
    await authority.locator("[name=reasons]").waitFor();
    await look(authority);
    await send(authority);
    await look(authority);
    assert.equal(await authority.locator("#errors").count(), 1, "nothing is returned without a reason");
    await authority.locator("[name=usual]").first().check();
    await authority.fill("[name=reasons]", "Titiknya di tengah sungai.");
    await send(authority);
    await look(authority);
    assert.equal(await heading(authority), "1 permohonan dikembalikan");

    await authority.goto(`/desk/applications?q=${encodeURIComponent(batch)}`);
    for (const box of await authority.locator("input[name=id]").all()) await box.check();
    await authority.click(".bar button[value=approve]");
    await authority.locator("form[action='/desk/applications/approve']").waitFor();
    await look(authority);
    assert.equal(await heading(authority), "Setujui 2 tempat?");
    await send(authority);
    await look(authority);
    assert.equal(await heading(authority), "2 tempat disetujui");

    await manager.goto("/desk/applications");
    await look(manager);
    const states = (page) => page.locator("tbody .tag").allInnerTexts();
    assert.deepEqual((await states(manager)).sort(), ["Disetujui", "Disetujui", "Perlu diperbaiki"]);
    assert.equal((await manager.locator(".rooms .count").textContent()).trim(), "1", "what is to mend is counted in the menu");
    await manager.click(`tbody a:has-text("${names[0]}")`);
    const said = await manager.locator("#panel .said").innerText();
    assert.match(said, /Posisi tidak cocok[^]*Titiknya di tengah sungai\./);
    await manager.click("#panel a.primary");
    await manager.locator("[name=latitude]").waitFor();
    await look(manager);
    assert.ok((await manager.locator("main .note").innerText()).includes("Titiknya di tengah sungai."));
    await manager.fill("[name=latitude]", "-7.9780");
    await send(manager);
    await look(manager);
    assert.equal(await heading(manager), `Permohonan untuk ${names[0]} terkirim`);

    await search(authority, names[0]);
    await authority.click(`tbody a:has-text("${names[0]}")`);
    await authority.click("#panel button[value=approve]");
    await send(authority);
    assert.equal(await heading(authority), "1 tempat disetujui");
    await manager.goto("/desk/applications");
    assert.deepEqual(await states(manager), ["Disetujui", "Disetujui", "Disetujui"]);
    await manager.goto("/desk/places");
    await look(manager);
    assert.equal(await manager.locator("tbody tr").count(), 3);
  });
}

async function search(page, words) {
  await page.goto("/desk/applications");
  await page.fill("[name=q]", words);
  await page.click(".filters button");
  await page.waitForURL("**q=*");
}
