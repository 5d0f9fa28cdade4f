#!/usr/bin/env node
// node scripts/example.mjs [FOLDER] [MINUTES]: set-up, then the training of the finished example that the page begins with (src/web/example).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { root, setUpOrExit } from "./setup.mjs";

const { environment } = await setUpOrExit();
const outfile = join(root, ".cache/example.mjs");
await build({ absWorkingDir: root, entryPoints: ["scripts/example/main.ts"], outfile, bundle: true, platform: "node", format: "esm", packages: "external", loader: { ".wgsl": "text", ".csv": "text" }, logLevel: "error" });
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { cwd: root, stdio: "inherit", env: environment }).status ?? 1;
