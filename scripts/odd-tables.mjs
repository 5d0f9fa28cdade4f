#!/usr/bin/env node
// node scripts/odd-tables.mjs [COUNT] [FIRST SEED]: reads so many made-up files, from odd tables to random bytes, and says what became of them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./setup.mjs";

const [count = 100_000, first = 1] = process.argv.slice(2).map(Number);
const dir = mkdtempSync(join(tmpdir(), "hhvaem-odd-"));
try {
  const outfile = join(dir, "try-bytes.mjs");
  await build({ absWorkingDir: root, entryPoints: ["test/data/try-bytes.ts"], outfile, bundle: true, platform: "node", target: "node20", format: "esm", logLevel: "warning" });
  const { tryBytes } = await import(pathToFileURL(outfile).href);
  const outcomes = new Map();
  const wrong = [];
  let slowest = { seconds: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const { kind, outcome, seconds } = tryBytes(seed);
    const known = outcome === "read" || outcome === "refused";
    if (!known || seconds > 1) wrong.push(`seed ${seed}, ${kind}: ${known ? `${seconds.toFixed(1)} s` : outcome}`);
    const key = `${kind}: ${known ? outcome : "wrong"}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    if (seconds > slowest.seconds) slowest = { seed, kind, seconds };
    if (process.stderr.isTTY && seed % 1000 === 0) process.stderr.write(`\r${seed - first} of ${count}`);
  }
  for (const [key, times] of [...outcomes].sort()) console.log(`${String(times).padStart(7)}  ${key}`);
  console.log(`${count} files; the slowest took ${slowest.seconds.toFixed(2)} s of the processor (seed ${slowest.seed}, ${slowest.kind}); ${wrong.length} went wrong${wrong.length > 0 ? `:\n${wrong.slice(0, 20).join("\n")}` : ""}`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
