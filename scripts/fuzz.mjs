#!/usr/bin/env node
// npm run fuzz [-- --minutes N --seed N TARGET ...]: set-up, then inputs at random (test/fuzz).
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root, setUpOrExit } from "./setup.mjs";

const cache = join(root, "test/fuzz/.cache");
mkdirSync(cache, { recursive: true });
const { environment } = await setUpOrExit();
writeFileSync(join(cache, "start.ts"), `import { main } from "../main.ts";\nprocess.exitCode = await main(process.argv.slice(2), ${JSON.stringify(join(root, "test/fuzz/corpus"))});\n`);
await build({
  absWorkingDir: root,
  entryPoints: ["test/fuzz/.cache/start.ts"],
  outfile: "test/fuzz/.cache/fuzz.mjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  loader: { ".wgsl": "text", ".csv": "text" },
  sourcemap: true,
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, ["--enable-source-maps", join(cache, "fuzz.mjs"), ...process.argv.slice(2)], { cwd: root, env: environment, stdio: "inherit" });
process.exitCode = status ?? 1;
