#!/usr/bin/env node
// src/ -> dist/cli.js and dist/index.js, one file each, and dist/web, the browser page; run by itself also dist/types, the declarations.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePage } from "./build-page.mjs";

const entries = { cli: "src/cli/main.ts", index: "src/index.ts" };
const inputs = ["src", "shaders", "bench", "scripts/build.mjs", "scripts/build-page.mjs", "package.json", "tsconfig.json"];

function filesUnder(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** A hash over the names and contents of everything the build reads. */
function fingerprint(root) {
  const hash = createHash("sha256");
  for (const input of inputs.map((name) => join(root, name)).filter(existsSync)) {
    const files = /\.\w+$/.test(input) ? [input] : filesUnder(input);
    for (const file of files) hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

async function bundle(root) {
  const { build } = await import("esbuild");
  const entryPoints = Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(join(root, path))));
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // what package.json installs stays outside; data tables and shaders are read in as text
    external: ["webgpu", "commander", "@observablehq/plot", "@resvg/resvg-wasm", "linkedom", "hyparquet", "hyparquet-compressors", "hyparquet-writer", "fzstd", "@uwdata/flechette", "htmlparser2", "jsonc-parser", "fflate", "bullmq", "ioredis", "sharp"],
    loader: { ".wgsl": "text", ".csv": "text" },
    sourcemap: true,
    logLevel: "warning",
  });
  await bundlePage(root);
  if (entryPoints.cli) chmodSync(join(root, "dist/cli.js"), 0o755);
}

/** Bundles when a source has changed since the last build. */
export async function buildIfStale(root, say) {
  const stamp = join(root, "dist/.inputs");
  const now = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  say(existsSync(stamp) ? "build: sources have changed" : "build: dist is missing");
  await bundle(root);
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(stamp, now);
}

function declarations(root) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  return status === 0;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(fileURLToPath(import.meta.url), "../..");
  await bundle(root);
  process.exitCode = declarations(root) ? 0 : 1;
}
