#!/usr/bin/env node
// node scripts/format-files.mjs: writes small files of the present version into test/formats/VERSION, which later versions must read. Once a release.
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
const outfile = join(cache, "format-files.mjs");
await build({ absWorkingDir: root, entryPoints: ["test/formats/write.ts"], outfile, bundle: true, platform: "node", format: "esm", packages: "external", loader: { ".wgsl": "text", ".csv": "text" }, logLevel: "warning" });
process.argv[2] = join(root, "test/formats", version);
await import(pathToFileURL(outfile).href);
console.log(`written: ${process.argv[2]}`);
