#!/usr/bin/env node
// npm run bench [-- NAME ...]: set-up, then the benchmarks. --install adds the libraries that ours is compared with.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, setUpOrExit } from "./setup.mjs";

const cache = join(root, "bench/.cache");
const libraries = ["@tensorflow/tfjs-core@4.22.0", "@tensorflow/tfjs-backend-webgpu@4.22.0", "@jax-js/jax@0.1.25"];
const args = process.argv.slice(2);

/** Only for the benchmarks, so they are no dependencies of the package and lie in an ignored folder. */
async function installLibraries() {
  if (!existsSync(join(cache, "package.json"))) writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  console.error(`bench: installing ${libraries.join(", ")} into bench/.cache`);
  const { status } = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...libraries], { cwd: cache, stdio: "inherit", shell: process.platform === "win32" });
  if (status === 0) await bundleTensorFlow();
  return status ?? 1;
}

/** Node cannot import what registers the gradients of @tensorflow/tfjs-core, and the package that does so by itself takes 300 MB. */
async function bundleTensorFlow() {
  const contents = [
    'export * from "@tensorflow/tfjs-core";',
    'import "@tensorflow/tfjs-core/dist/register_all_gradients";',
    'import "@tensorflow/tfjs-backend-webgpu";',
  ].join("\n");
  const { build } = await import("esbuild");
  await build({ stdin: { contents, resolveDir: cache }, outfile: join(cache, "tfjs.mjs"), bundle: true, platform: "node", mainFields: ["module", "main"], format: "esm", banner: { js: requireInModule }, logLevel: "error" });
}

/** What is CommonJS inside a bundled module asks for Node's modules by require. */
const requireInModule = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

async function bundle() {
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: ["bench/main.ts"],
    outfile: "bench/.cache/bench.mjs",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["webgpu"],
    loader: { ".wgsl": "text", ".csv": "text" },
    sourcemap: true,
    logLevel: "warning",
  });
}

mkdirSync(cache, { recursive: true });
const { environment } = await setUpOrExit();
if (args.includes("--install")) {
  const status = await installLibraries();
  if (status !== 0 || args.length === 1) process.exit(status);
}
await bundle();
const { status } = spawnSync(process.execPath, ["--enable-source-maps", join(cache, "bench.mjs"), ...args.filter((arg) => arg !== "--install")], { cwd: root, env: environment, stdio: "inherit" });
process.exitCode = status ?? 1;
