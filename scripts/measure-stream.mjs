#!/usr/bin/env node
// node scripts/measure-stream.mjs [ROWS ...] [--record]: how fast a long CSV file is imputed in parts, and in how much memory.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, setUpOrExit } from "./setup.mjs";

const { adapter, environment } = await setUpOrExit();
const counts = process.argv.slice(2).filter((word) => /^\d+$/.test(word)).map(Number);
const rowCounts = counts.length > 0 ? counts : [200_000, 1_000_000];
const dir = mkdtempSync(join(tmpdir(), "hhvaem-stream-"));
const cli = join(root, "dist/cli.js");
const columns = "a,b,c,d,e,f,kind,group";

/** A repeatable number in 0..1 for each i. */
const noise = (i) => {
  let x = (i + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
};

/** Six numbers that depend on each other, two classes, a fifth of all cells missing. */
function line(i) {
  const [u, v] = [noise(20 * i), noise(20 * i + 1)];
  const cells = [u, u * u, v, u + v, u - v, u * v].map((value, j) => (value + 0.05 * noise(20 * i + 2 + j)).toFixed(4));
  cells.push(u > 0.5 ? "yes" : "no", ["red", "green", "blue"][Math.floor(3 * v)]);
  return cells.map((cell, j) => (noise(20 * i + 10 + j) < 0.2 ? "" : cell)).join(",");
}

async function writeCsv(path, rows) {
  const file = createWriteStream(path);
  file.write(`${columns}\n`);
  for (let i = 0; i < rows; i += 10_000) {
    const text = Array.from({ length: Math.min(10_000, rows - i) }, (_, k) => line(i + k)).join("\n");
    if (!file.write(`${text}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

/** Runs the command line; its peak of resident memory in MB, and its seconds. */
async function run(args) {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...args], { env: environment, stdio: ["ignore", "inherit", "ignore"] });
  let peak = 0;
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
    } catch {
      // it has ended
    }
  }, 200);
  const [code] = await once(child, "exit");
  clearInterval(watch);
  if (code !== 0) throw new Error(`hhvaem ${args[0]} ended with ${code}`);
  return { peak, seconds: (performance.now() - started) / 1000 };
}

try {
  await writeCsv(join(dir, "train.csv"), 2000);
  await run(["train", join(dir, "train.csv"), "--preset", "VAE", "--no-report", "--vi-steps", "500", "--out", join(dir, "model")]);
  const lines = [];
  for (const rows of rowCounts) {
    const [input, output] = [join(dir, `${rows}.csv`), join(dir, `${rows}.out.csv`)];
    await writeCsv(input, rows);
    const { peak, seconds } = await run(["impute", join(dir, "model"), input, "-o", output, "--draws", "20", "--chunk-rows", "50000"]);
    const filled = spawnSync("sh", ["-c", `grep -c ',,\\|,$\\|^,' "${output}"`], { encoding: "utf8" }).stdout.trim();
    lines.push(`| ${rows} | ${Math.round(statSync(input).size / 1e6)} | ${filled} | ${peak.toFixed(0)} | ${seconds.toFixed(0)} | ${Math.round(rows / seconds)} |`);
    rmSync(output);
  }
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();
  const text = `# A long table in bounded memory

Eight columns (six numbers, two classes), a fifth of the cells missing; preset VAE after 500 steps, 20 draws a row by the encoder, parts of 50,000 rows.
Peak memory is the resident set of the whole process: Node, Dawn and the driver, which here is the processor itself.

    node scripts/measure-stream.mjs ${rowCounts.join(" ")} --record

| rows | MB of CSV | rows with holes left | peak MB | seconds | rows per second |
| ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join("\n")}

${adapter}. Commit ${commit}, ${new Date().toISOString().slice(0, 10)}.
`;
  process.stdout.write(text);
  if (process.argv.includes("--record")) writeFileSync(join(root, "docs/results/stream.md"), text);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
