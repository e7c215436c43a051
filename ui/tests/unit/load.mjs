// Loads a TypeScript module of the islands into node.
import { build } from "esbuild";

export async function load(name) {
  const { outputFiles } = await build({ entryPoints: [new URL(`../../src/${name}.ts`, import.meta.url).pathname], bundle: true, write: false, format: "esm", target: "es2022", logLevel: "error" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
