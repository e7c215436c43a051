// The harness looks at pages of its own here, so that a walk that fails later fails for the product's reasons.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { axe, contrast, Stage, walk, weight } from "./harness.mjs";

const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; require-trusted-types-for 'script'";
const page = (body) => `<!doctype html><html lang="id"><meta name="viewport" content="width=device-width"><title>Coba</title><main><h1>Coba</h1>${body}</main></html>`;
const PAGES = {
  "/good": page("<p>Baik.</p>"),
  "/bad": page("<input><button></button>"),
  "/script": page('<p id="said">tanpa</p><noscript><p>Begini saja.</p></noscript><script src="/script.js"></script>'),
  "/script.js": "document.querySelector('#said').textContent = 'dengan'",
  "/inline": page("<script>document.title = 'no'</script>"),
  "/throws": page('<script src="/throws.js"></script>'),
  "/throws.js": "setTimeout(() => { throw new Error('broken island') })",
  "/heavy": page(`<p id="said">${"Panjang. ".repeat(2000)}</p><script src="/script.js"></script>`),
};

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });

const server = createServer((request, response) => {
  const body = PAGES[request.url];
  const type = request.url.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
  const bytes = gzipSync(body ?? page(""));
  const headers = { "content-type": type, "content-encoding": "gzip", "content-length": bytes.length, "content-security-policy": POLICY };
  response.writeHead(body ? 200 : 404, headers).end(bytes);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}`;
after(() => server.close());

walk(["phone", "tablet", "desk"], "a page has the size of the walk", async (stage) => {
  const page = await stage.page({ base });
  await page.goto("/good");
  const width = { phone: 360, tablet: 768, desk: 1280 }[stage.size];
  assert.equal(await page.evaluate("innerWidth"), width);
  assert.equal(await page.evaluate("navigator.maxTouchPoints > 0"), stage.size !== "desk");
});

walk("phone", "axe passes a good page and names what is wrong with a bad one, under a strict policy", async (stage) => {
  const page = await stage.page({ base });
  await page.goto("/good");
  await axe(page);
  await page.goto("/bad");
  await assert.rejects(axe(page), /button-name[^]*label/);
});

walk("phone", "a page without scripts can be looked at as well", async (stage) => {
  for (const [script, said] of [[true, "dengan"], [false, "tanpa"]]) {
    const page = await stage.page({ base, script });
    await page.goto("/script");
    assert.equal(await page.textContent("#said"), said);
    await axe(page);
    assert.equal(await page.locator("noscript p").isVisible(), !script);
    await page.reload();
    assert.equal(await page.textContent("#said"), said);
    await axe(page);
  }
});

walk("phone", "a session is there from the first request", async (stage) => {
  const page = await stage.page({ base, session: "sid=one; other=two" });
  const [request] = await Promise.all([page.waitForRequest("**/good"), page.goto("/good")]);
  assert.equal((await request.allHeaders()).cookie, "sid=one; other=two");
});

walk("phone", "what a page transfers is counted as it was compressed", async (stage) => {
  const { total, parts } = await weight(stage, "/heavy", { base });
  const expected = gzipSync(PAGES["/heavy"]).length + gzipSync(PAGES["/script.js"]).length;
  assert.equal(parts.length, 2);
  assert.equal(total, expected);
});

walk("desk", "a camera films the code it was given, then another, then none", async (stage) => {
  const camera = await stage.camera("https://gapura.example/p/7K2M4");
  const page = await stage.page({ base, camera });
  await page.goto("/good");
  await page.evaluate(openCamera);
  await seen(page, ["https://gapura.example/p/7K2M4"]);
  await camera.show("kedua");
  await seen(page, ["kedua"]);
  await camera.showNothing();
  await seen(page, []);
});

test("what breaks in a page or against its policy breaks the walk", async () => {
  for (const [address, words] of [["/throws", /broken island/], ["/inline", /Content Security Policy/]]) {
    const stage = new Stage("phone");
    const page = await stage.page({ base });
    await page.goto(address, { waitUntil: "networkidle" });
    assert.throws(() => stage.nothingWasWrong(), words);
    await stage.close();
  }
});

test("contrast is computed by the published formula", () => {
  assert.equal(contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)"), 21);
  assert.equal(contrast("rgb(255, 255, 255)", "rgb(7, 94, 52)").toFixed(1), "7.9");
  assert.throws(() => contrast("rgba(0, 0, 0, 0.5)", "rgb(0, 0, 0)"), /not an opaque colour/);
});

async function openCamera() {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  document.body.append(video);
  await video.play();
}

// A frame or two may still show what stood there before.
async function seen(page, texts) {
  for (let frames = 0; frames < 50; frames += 1) {
    const picture = await page.locator("video").screenshot();
    const found = await readBarcodes(new Blob([picture]), { formats: ["QRCode"] });
    if (JSON.stringify(found.map(({ text }) => text)) === JSON.stringify(texts)) return;
  }
  assert.fail(`the camera never showed ${texts}`);
}
