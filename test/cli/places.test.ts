import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { afterEach, describe, expect, it } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { packModel } from "../../src/model/index.ts";
import { smallFiles } from "../model/small-files.ts";
import { smallCsv } from "./run.ts";

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const model = packModel(smallFiles());
const estimates = ".imp,term,estimate,std.error\n1,age,0.42,0.11\n2,age,0.47,0.12\n";
const coverage = JSON.stringify({ version: 1, experiment: "coverage", rows: 100, rate: 0.3, completions: 5, level: 0.95, scale: 1, command: "hhvaem experiment coverage" });
const settings = { target: ["y"], latents: [2, 1], transitions: 1, viSteps: 4, hmcSteps: 1, annealSteps: 2, batch: 20 };

/** A command that would overwrite one of its inputs: the files that are there, which of them it is, and the arguments for an output. */
interface Case {
  command: string;
  files: Record<string, string | Uint8Array>;
  victim: string;
  /** `at` gives the path of a file, `output` is a name of the victim. */
  args(at: (name: string) => string, output: string): string[];
  /** Where the command itself makes the name of what it writes: how that may lead to the victim. */
  ways?: readonly string[];
}

const csv = smallCsv(30);
// what lies in a folder that is emptied goes, whatever its other names; links are no pictures
const [alone, notLinked, linked] = [["its own name"], ["its own name", "a hard link"], ["its own name", "a symbolic link", "a hard link"]];
const cases: Case[] = [
  { command: "impute", files: { "m.hhvaem": model, "t.csv": csv }, victim: "t.csv", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "-o", output] },
  { command: "impute", files: { "m.hhvaem": model, "t.csv": csv }, victim: "m.hhvaem", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "-o", output] },
  { command: "impute", files: { "m.hhvaem": model, "t.csv": csv }, victim: "t.csv", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "-o", at("out.csv"), "--cells", output] },
  { command: "impute", files: { "m.hhvaem": model, "t.csv": csv }, victim: "m.hhvaem", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "-o", at("out.csv"), "--completions", "2", "--long", output] },
  { command: "impute", files: { "m.hhvaem": model, "t.1.csv": csv }, victim: "t.1.csv", args: (at) => [at("m.hhvaem"), at("t.1.csv"), "-o", at("t.csv"), "--completions", "2"], ways: linked },
  { command: "impute", files: { ...folderModel("m"), "t.csv": csv }, victim: "m/weights.safetensors", args: (at, output) => [at("m"), at("t.csv"), "-o", output] },
  { command: "impute", files: { "m.hhvaem": model, "out.csv.parts/t.csv": csv }, victim: "out.csv.parts/t.csv", args: (at) => [at("m.hhvaem"), at("out.csv.parts/t.csv"), "-o", at("out.csv")], ways: alone },
  { command: "predict", files: { "m.hhvaem": model, "t.csv": csv }, victim: "t.csv", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "-o", output] },
  { command: "predict", files: { ...folderModel("m"), "t.csv": csv }, victim: "m/config.json", args: (at, output) => [at("m"), at("t.csv"), "-o", output] },
  { command: "convert", files: { "t.csv": csv }, victim: "t.csv", args: (at, output) => [at("t.csv"), "-o", output] },
  { command: "schema", files: { "t.csv": csv }, victim: "t.csv", args: (at, output) => [at("t.csv"), "-o", output] },
  { command: "schema", files: { "t.csv": csv, "s.json": "{}" }, victim: "s.json", args: (at, output) => [at("t.csv"), "--schema", at("s.json"), "-o", output] },
  { command: "train", files: { "t.csv": csv, "m/schema.json": "{}" }, victim: "m/schema.json", args: (at) => [at("t.csv"), "--schema", at("m/schema.json"), "--out", at("m")], ways: linked },
  { command: "train", files: { "m/report.html": csv }, victim: "m/report.html", args: (at) => [at("m/report.html"), "--out", at("m")], ways: linked },
  { command: "train", files: { "m/checkpoint/t.csv": csv }, victim: "m/checkpoint/t.csv", args: (at) => [at("m/checkpoint/t.csv"), "--out", at("m")], ways: alone },
  { command: "inpaint", files: { "m.hhvaem": model, "p/a.png": "1", "p/b.png": "2" }, victim: "p/b.png", args: (at) => [at("m.hhvaem"), at("p"), "--mask", "half:right", "-o", at("p/b.png")], ways: notLinked },
  { command: "pool", files: { "e.csv": estimates }, victim: "e.csv", args: (at, output) => [at("e.csv"), "-o", output] },
  { command: "sensitivity", files: { "m.hhvaem": model, "t.csv": csv }, victim: "t.csv", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "--shift", "a=0..1", "--summary", "mean:a", "-o", output] },
  { command: "sensitivity", files: { "m.svg": model, "t.csv": csv }, victim: "m.svg", args: (at) => [at("m.svg"), at("t.csv"), "--shift", "a=0..1", "--summary", "mean:a", "--plot", at("m.svg")], ways: ["its own name"] },
  { command: "report", files: { "m.hhvaem": model, "t.csv": csv }, victim: "m.hhvaem", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "-o", output] },
  { command: "report", files: { "m.hhvaem": model, "t.csv": csv, "s.csv": "fold" }, victim: "s.csv", args: (at, output) => [at("m.hhvaem"), at("t.csv"), "--splits", at("s.csv"), "--fold", "0", "-o", output] },
  { command: "experiment saia", files: { "d/table.csv": csv, "s.csv": "fold" }, victim: "d/table.csv", args: (at) => ["--data", at("d/table.csv"), "--splits", at("s.csv"), "--target", "y", "--out", at("d")], ways: linked },
  { command: "experiment tables", files: { "d/small/data.csv": csv, "d/small/splits.csv": splits(30), "o/experiment.json": JSON.stringify({ small: settings }) }, victim: "o/experiment.json", args: (at) => ["--data", at("d"), "--tables", "small", "--settings", at("o/experiment.json"), "--out", at("o")], ways: linked },
  { command: "experiment images", files: { "p/pictures.png": "1" }, victim: "p/pictures.png", args: (at) => ["--data", at("p"), "--out", at("p")], ways: notLinked },
  { command: "experiment coverage", files: { "v.json": JSON.stringify({ wide: { preset: "best", config: {}, schedule: {} } }) }, victim: "v.json", args: (at, output) => ["--variants", at("v.json"), "--presets", "wide", "--out", at("o"), "--report", output] },
  { command: "experiment report", files: { "o/experiment.json": coverage, "o/results.jsonl": "" }, victim: "o/results.jsonl", args: (at, output) => [at("o"), "-o", output] },
  { command: "data fetch", files: { "d/yacht.csv": "1 2\n" }, victim: "d/yacht.csv", args: (at) => ["yacht", "--from", at("d/yacht.csv"), "--cache", at("c"), "--out", at("d")], ways: linked },
];

function folderModel(dir: string): Record<string, Uint8Array> {
  return Object.fromEntries([...smallFiles()].map(([name, bytes]) => [`${dir}/${name}`, bytes]));
}

function splits(rows: number): string {
  return `fold,a,b,c,d\n${Array.from({ length: rows }, (_, i) => `${i % 3},1,0,1,0`).join("\n")}\n`;
}

function place(files: Case["files"]): (name: string) => string {
  const dir = mkdtempSync(join(tmpdir(), "hhvaem-test-"));
  dirs.push(dir);
  const at = (name: string): string => join(dir, name);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
  }
  return at;
}

async function refusal(...args: string[]): Promise<string> {
  try {
    await buildProgram().parseAsync(["node", "hhvaem", ...args]);
  } catch (cause) {
    expect(cause).toBeInstanceOf(UsageError);
    return (cause as Error).message;
  }
  return "done";
}

/** All files of a folder with their content. */
function contents(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).filter((path) => statSync(path).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(path).toString("latin1")]));
}

/** Ways to name a file that is there. */
const names: Readonly<Record<string, (path: string, dir: string) => string>> = {
  "its own name": (path) => path,
  "another spelling": (path) => path.replace(/\/([^/]+)$/, "/./../$1").replace(/\/([^/]+)\/\.\/\.\.\//, "/$1/../$1/"),
  "a symbolic link": (path, dir) => {
    symlinkSync(path, join(dir, "link.hhvaem.csv"));
    return join(dir, "link.hhvaem.csv");
  },
  "a hard link": (path, dir) => {
    linkSync(path, join(dir, "hard.csv"));
    return join(dir, "hard.csv");
  },
};

describe("no command writes over what it reads", () => {
  for (const { command, files, victim, args, ways } of cases) {
    for (const how of ways ?? Object.keys(names)) {
      it(`${command}: ${victim}, by ${how}`, async () => {
        const at = place(files);
        let output = at(victim);
        if (ways === undefined) output = names[how](at(victim), at("."));
        else if (how !== "its own name") {
          // the input keeps its bytes under another name, and the one that the command writes leads there
          renameSync(at(victim), at("other"));
          renameSync(names[how](at("other"), at(".")), at(victim));
        }
        const before = contents(at("."));
        expect(await refusal(...command.split(" "), ...args(at, output))).toMatch(/ is .*which would be overwritten; choose another name, or overwrite it with --force|and this command empties|there is such a file already/);
        expect(contents(at("."))).toEqual(before);
      });
    }
  }

  it("--force overwrites", async () => {
    const at = place({ "t.csv": csv, "e.csv": estimates });
    expect(await refusal("schema", at("t.csv"), "-o", at("t.csv"), "--force")).toBe("done");
    expect(JSON.parse(readFileSync(at("t.csv"), "utf8"))).toMatchObject({ version: 1 });
    expect(await refusal("pool", at("e.csv"), "-o", at("e.csv"), "--force")).toBe("done");
    expect(readFileSync(at("e.csv"), "utf8")).toMatch(/^term,estimate,std.error/);
  });
});

describe("no command writes twice to one place", () => {
  const two: Record<string, [command: string, args: (at: (name: string) => string) => string[]]> = {
    "--output and --cells": ["impute", (at) => ["-o", at("o.csv"), "--cells", at("o.csv")]],
    "--output and --long": ["impute", (at) => ["-o", at("o.csv"), "--completions", "2", "--long", at("o.csv")]],
    "--cells and --long by another spelling": ["impute", (at) => ["-o", at("o.csv"), "--completions", "2", "--cells", at("c.csv"), "--long", join(at("x"), "..", "c.csv")]],
    "--cells and a completed table": ["impute", (at) => ["-o", at("o.csv"), "--completions", "2", "--cells", at("o.2.csv")]],
    "by a linked folder": ["impute", (at) => ["-o", at("o.csv"), "--cells", at("same/o.csv")]],
  };
  for (const [what, [command, args]] of Object.entries(two)) {
    it(what, async () => {
      const at = place({ "m.hhvaem": model, "t.csv": csv });
      symlinkSync(at("."), at("same"));
      const before = contents(at("."));
      expect(await refusal(command, at("m.hhvaem"), at("t.csv"), ...args(at))).toMatch(/(is the same file|writes this file twice), and one would overwrite the other; choose another name, or keep only the last with --force\.$/);
      expect(contents(at("."))).toEqual(before);
    });
  }

  it("a report whose name ends as the file beside it does", async () => {
    const at = place({ "o/experiment.json": coverage, "o/results.jsonl": "" });
    expect(await refusal("experiment", "report", at("o"), "-o", at("r.csv"))).toMatch(/--output writes this file twice/);
  });

});

it("every command with an output is tried here, and has --force", () => {
  const all = (command: Command, path: string): [string, Command][] => command.commands.flatMap((one) => [[`${path}${one.name()}`, one] as [string, Command], ...all(one, `${path}${one.name()} `)]);
  const writing = all(buildProgram(), "").filter(([, command]) => command.options.some(({ long }) => ["--output", "--out", "--report"].includes(long ?? "")));
  expect(writing.map(([name]) => name).sort()).toEqual([...new Set(cases.map(({ command }) => command))].sort());
  for (const [name, command] of writing) expect(command.options.map(({ long }) => long), name).toContain("--force");
});
