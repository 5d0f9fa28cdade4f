#!/usr/bin/env node
// npm test: set-up, type check, lint, all tests. Ends with "N passed, N failed"; arguments go to vitest.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, setUpOrExit } from "./setup.mjs";
import { ensureBrowser } from "./setup/browser.mjs";
import { ensureRedis } from "./setup/redis.mjs";
import { countResults } from "./setup/count-results.mjs";

const { adapter, environment } = await setUpOrExit();
const say = (text) => console.error(`setup: ${text}`);
let browser;
let redis;
try {
  browser = ensureBrowser(say);
  redis = ensureRedis(say);
} catch (error) {
  console.error(`setup: ${error.message}`);
  process.exit(1);
}
console.log(`adapter: ${adapter}; browser: ${browser}; queue: ${redis}`);

const cache = join(root, ".cache");
const resultFile = join(cache, "test-results.json");
mkdirSync(cache, { recursive: true });
rmSync(resultFile, { force: true });

const run = (program, args) => spawnSync(process.execPath, [join(root, "node_modules", program), ...args], { cwd: root, env: { ...environment, HHVAEM_CHROMIUM: browser, HHVAEM_REDIS: redis }, stdio: "inherit" }).status;
const typesHold = run("typescript/bin/tsc", ["--noEmit", "--incremental", "--tsBuildInfoFile", join(cache, "types.tsbuildinfo")]) === 0;
console.log(typesHold ? "types: no errors" : "types: errors above count as one failure");
const lints = run("@biomejs/biome/bin/biome", ["lint", "--error-on-warnings"]) === 0;
console.log(lints ? "lint: no findings" : "lint: findings above count as one failure");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${resultFile}`];
const status = run("vitest/vitest.mjs", ["run", ...reporters, ...process.argv.slice(2)]);

const results = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, "utf8")) : null;
const { passed, failed, skipped } = countResults(results, status, [typesHold, lints]);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
