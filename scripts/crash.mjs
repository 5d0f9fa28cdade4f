#!/usr/bin/env node
// npm run crash [-- --kills N --seed N train impute experiment]: starts a command, kills it with SIGKILL at a random moment, again and again until it comes through with --resume, and
// compares every byte of the result with that of an unbroken run. Nothing may be lost, and no half-written file may stand under a name that a reader takes for whole.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { root, setUpOrExit } from "./setup.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { kills: { type: "string", default: "20" }, seed: { type: "string", default: "1" } } });
const kills = Number(values.kills);
const { environment } = await setUpOrExit();
const cli = join(root, "dist/cli.js");

let state = Number(values.seed);
const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

const rows = Array.from({ length: 120 }, (_, i) => {
  const x = Math.sin(1.7 * i);
  const cells = [(20 + 5 * x).toFixed(1), (3 + x + (i % 7) / 10).toFixed(2), x > 0 ? "yes" : "no"].map((cell, j) => ((i * 31 + j * 17) % 6 === 0 ? "" : cell));
  return [...cells, (10 * x + (i % 5)).toFixed(1)].join(",");
});
const table = `a,b,c,y\n${rows.join("\n")}\n`;
const quick = ["--preset", "best", "--vi-steps", "150", "--hmc-steps", "4", "--completion-steps", "150", "--time", "full", "--checkpoint-seconds", "0.2", "--cross-folds", "3"];

/** What is killed: the words of a command, what it leaves in its folder when it is whole, and whether it goes on by itself or with a word. */
const jobs = {
  train: { words: ["train", "t.csv", "--target", "y", "--out", "model", "--no-report", ...quick], result: ["model"], resume: ["--resume"] },
  impute: { words: ["impute", "m.hhvaem", "t.csv", "-o", "filled.csv", "--cells", "cells.csv", "--completions", "2", "--draws", "40", "--chunk-rows", "10"], result: ["filled.csv", "cells.csv", "filled.1.csv", "filled.2.csv"], resume: ["--resume"] },
  experiment: { words: ["experiment", "tables", "--data", "data", "--tables", "small", "--settings", "settings.json", "--presets", "VAE,HVAE", "--baselines", "mean", "--against", "VAE", "--folds", "0,1", "--scale", "0.002", "--draws", "10", "--out", "out"], result: ["out/runs.csv"], resume: [] },
};

/** Runs to the end, or until it is killed after some milliseconds. */
function run(folder, words, killAfter) {
  return new Promise((resolve) => {
    let err = "";
    const child = spawn(process.execPath, [cli, ...words], { cwd: folder, env: { ...environment, HHVAEM_TUNING: "off" }, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (data) => (err += data));
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, killed: signal === "SIGKILL", err });
    });
  });
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
  } catch {
    return [path];
  }
}

/** A digest of each file of a result; times of runs differ. */
function digests(folder, result) {
  return result.flatMap((name) => filesUnder(join(folder, name))).map((path) => {
    const bytes = path.endsWith("runs.csv") ? withoutTimes(readFileSync(path, "utf8")) : readFileSync(path);
    return `${relative(folder, path)} ${createHash("sha256").update(bytes).digest("hex")}`;
  });
}

function withoutTimes(text) {
  const lines = text.trimEnd().split("\n").map((line) => line.split(","));
  const timed = lines[0].map((name) => /second|time|date/i.test(name));
  return lines.map((line) => line.filter((_, i) => !timed[i]).join(",")).sort().join("\n");
}

async function folderFor(base, name, model) {
  const folder = join(base, name);
  mkdirSync(join(folder, "data/small"), { recursive: true });
  writeFileSync(join(folder, "t.csv"), table);
  writeFileSync(join(folder, "data/small/data.csv"), table);
  writeFileSync(join(folder, "data/small/splits.csv"), `fold,a,b,c\n${rows.map((_, i) => `${i % 2},${i % 3 === 0 ? 0 : 1},1,${i % 4 === 0 ? 0 : 1}`).join("\n")}\n`);
  writeFileSync(join(folder, "settings.json"), JSON.stringify({ small: { target: ["y"], latents: [2, 1], transitions: 2, viSteps: 5000, hmcSteps: 1000, annealSteps: 100, batch: 20 } }));
  if (model) writeFileSync(join(folder, "m.hhvaem"), model);
  return folder;
}

const base = mkdtempSync(join(tmpdir(), "hhvaem-crash-"));
let wrong = 0;
try {
  const wanted = Object.entries(jobs).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  if (wanted.length === 0) throw new Error(`there is no job ${positionals.join(", ")}; there are ${Object.keys(jobs).join(", ")}`);
  const first = await folderFor(base, "first");
  for (const words of [jobs.train.words, ["convert", "model", "-o", "m.hhvaem"]]) {
    const { code, err } = await run(first, words);
    if (code !== 0) throw new Error(err);
  }
  const model = readFileSync(join(first, "m.hhvaem"));
  for (const [name, { words, result, resume }] of wanted) {
    const whole = await folderFor(base, `${name}-whole`, model);
    const began = performance.now();
    const unbroken = await run(whole, words);
    if (unbroken.code !== 0) throw new Error(`${name}: ${unbroken.err}`);
    const took = performance.now() - began;
    const expected = digests(whole, result).join("\n");
    let [done, survived, lost] = [0, 0, 0];
    for (let number = 0; done < kills; number++) {
      const folder = await folderFor(base, `${name}-${number}`, model);
      const inputs = () => ["t.csv", "m.hhvaem"].map((file) => createHash("sha256").update(readFileSync(join(folder, file))).digest("hex")).join();
      const before = inputs();
      let outcome = { killed: true, code: null, err: "" };
      let more = [];
      // at most three kills of one run, then it may end
      for (let times = 0; outcome.killed && times <= 3; times++) {
        const last = times === 3 || done >= kills;
        outcome = await run(folder, [...words, ...more], last ? undefined : random() * took * 0.9);
        more = resume;
        if (outcome.killed) done++;
      }
      const got = digests(folder, result).join("\n");
      const ok = outcome.code === 0 && got === expected && inputs() === before;
      if (ok) survived++;
      else {
        lost++;
        console.log(`${name}, run ${number}: ${outcome.code === 0 ? "another result than the unbroken run's, or changed inputs" : `ended with ${outcome.code}: ${outcome.err}`}\n${got}`);
      }
      rmSync(folder, { recursive: true, force: true });
      if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done} of ${kills} kills`);
    }
    console.log(`${name}: ${done} kills within ${(took / 1000).toFixed(1)} s, ${survived} runs ended with the bytes of the unbroken one, ${lost} did not`);
    wrong += lost;
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
process.exitCode = wrong > 0 ? 1 : 0;
