// Builds ui/dist: islands, styles and fonts, each with a hash of its content and its compressed forms beside it.
// The same input gives the same bytes, whoever builds.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const modules = join(here, "node_modules");

const ISLANDS = [
  "charts",
  "desk-scan",
  "door",
  "gate",
  "gate-page",
  "keys",
  "live",
  "nearby",
  "pass",
  "scanner",
  "suggest",
  "zxing",
];
const STYLES = ["app", "charts"];
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
};
// Browsers of the last five years; an older one gets the same pages without the islands.
const SCRIPT_TARGET = "es2020";
const STYLE_TARGET = ["chrome87", "firefox78", "safari14"];

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "fonts"), { recursive: true });

const common = { absWorkingDir: here, bundle: true, minify: true, outdir: dist, legalComments: "none", logLevel: "warning" };
await build({ ...common, entryPoints: ISLANDS.map((name) => `src/${name}.ts`), format: "esm", target: SCRIPT_TARGET, charset: "utf8" });
await build({ ...common, entryPoints: STYLES.map((name) => `css/${name}.css`), target: STYLE_TARGET });

const copies = [
  ["zxing-wasm/dist/reader/zxing_reader.wasm", "zxing_reader.wasm"],
  ["@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf", "fonts/NotoSans-Regular.ttf"],
  ["@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf", "fonts/NotoSans-Bold.ttf"],
  ["@expo-google-fonts/noto-sans/LICENSE_FONT", "fonts/OFL.txt"],
];
for (const [from, to] of copies) cpSync(join(modules, from), join(dist, to));
cpSync(join(here, "static/sign.svg"), join(dist, "sign.svg"));

const manifest = {};
const names = [...readdirSync(dist).filter((name) => name !== "fonts"), ...readdirSync(join(dist, "fonts")).map((name) => `fonts/${name}`)];
for (const name of names.sort()) {
  const plain = readFileSync(join(dist, name));
  const extension = name.slice(name.lastIndexOf("."));
  const served = !name.startsWith("fonts/");
  const encodings = [];
  if (served) {
    const brotli = brotliCompressSync(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    });
    writeFileSync(join(dist, `${name}.br`), brotli);
    writeFileSync(join(dist, `${name}.gz`), gzipSync(plain, { level: 9 }));
    encodings.push("br", "gz");
  }
  manifest[name] = {
    hash: createHash("sha256").update(plain).digest("hex").slice(0, 12),
    type: TYPES[extension] ?? "text/plain; charset=utf-8",
    served,
    encodings,
    bytes: plain.length,
  };
}
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
