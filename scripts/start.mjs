#!/usr/bin/env node
// npm start: set-up, then the demonstration on the embedded cars table.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUpOrExit } from "./setup.mjs";

const { environment } = await setUpOrExit();
const demo = [join(root, "dist/cli.js"), "demo", "--quick", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, demo, { cwd: root, env: environment, stdio: "inherit" });
process.exitCode = status ?? 1;
