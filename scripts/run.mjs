#!/usr/bin/env node
// npm run verify-reference -- FILE and the like: set-up, then a command of the command line.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUpOrExit } from "./setup.mjs";

const { environment } = await setUpOrExit();
const { status } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...process.argv.slice(2)], { cwd: root, env: environment, stdio: "inherit" });
process.exitCode = status ?? 1;
