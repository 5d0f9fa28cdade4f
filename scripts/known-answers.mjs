#!/usr/bin/env node
// node scripts/known-answers.mjs TABLE ROWS MISSING [PRESET] [SCALE] [FILE]: set-up, then a training on a table whose answers are known, and what it gets right.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { root, setUpOrExit } from "./setup.mjs";

const { environment } = await setUpOrExit();
const outfile = join(root, ".cache/known-answers.mjs");
await build({ absWorkingDir: root, entryPoints: ["test/known/main.ts"], outfile, bundle: true, platform: "node", format: "esm", packages: "external", loader: { ".wgsl": "text", ".csv": "text" }, logLevel: "error" });
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit", env: environment }).status ?? 1;
