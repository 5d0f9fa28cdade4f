import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hhvaem, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const rows = 40;
for (const name of ["one", "two"]) {
  folder.write(`data/${name}/data.csv`, smallCsv(rows));
  folder.write(`data/${name}/splits.csv`, `fold,a,b,c,d\n${Array.from({ length: rows }, (_, i) => `${i % 4},1,0,1,${i % 2}`).join("\n")}\n`);
}
const settings = { target: ["y"], latents: [2, 1], transitions: 1, viSteps: 40, hmcSteps: 2, annealSteps: 4, batch: 20 };
const settingsFile = folder.write("settings.json", JSON.stringify({ one: settings, two: settings }));
const out = folder.path("out");
const tables = (...more: string[]) => hhvaem("experiment", "tables", "--data", folder.path("data"), "--tables", "one,two", "--settings", settingsFile, "--presets", "VAE,HVAE", "--baselines", "mean", "--against", "VAE", "--draws", "20", "--scale", "0.5", "--out", out, ...more);
const lines = (): { table: string; fold: number; method: string; scores: Record<string, number> }[] => readFileSync(`${out}/results.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof lines>[number]);

describe("experiment tables", () => {
  it("scores presets and baselines on every fold of every table, all tables of a fold first", () => {
    const run = tables("--folds", "1-2", "--report", folder.path("report.md"));
    expect(run.code, run.err).toBe(0);
    expect(lines().map(({ table, fold, method }) => `${table} ${fold} ${method}`)).toEqual([1, 2].flatMap((fold) => ["one", "two"].flatMap((table) => ["mean", "VAE", "HVAE"].map((method) => `${table} ${fold} ${method}`))));
    for (const { method, scores } of lines()) {
      expect(scores.error_xu).toBeGreaterThan(0);
      if (method !== "mean") for (const name of ["ll_xu", "ll_xu_per_feature", "ll_y", "coverage_50", "coverage_90"]) expect(Number.isFinite(scores[name]), name).toBe(true);
    }
    expect(run.out).toContain("minus VAE, mean over tables");
    expect(readFileSync(folder.path("report.md"), "utf8")).toContain("50 % of the schedule's steps");
    for (const name of ["report.csv", "report.svg", "report.png", "out/tables.md", "out/tables.csv", "out/runs.csv"]) expect(existsSync(folder.path(name)), name).toBe(true);
  });

  it("goes on where it stopped: a cut-off line is computed again to the same numbers, without training again; more folds may follow", () => {
    const before = lines();
    const text = readFileSync(`${out}/results.jsonl`, "utf8");
    writeFileSync(`${out}/results.jsonl`, text.slice(0, -30));
    const run = tables("--folds", "1-2");
    expect(run.code, run.err).toBe(0);
    expect(run.err).toContain("11 of 12 runs are done already");
    expect(lines().map(({ scores }) => scores)).toEqual(before.map(({ scores }) => scores));
    const more = tables("--folds", "0", "--presets", "VAE");
    expect(more.code, more.err).toBe(0);
    expect(lines()).toHaveLength(16);
    const report = hhvaem("experiment", "report", out, "-o", folder.path("again.md"), "--against", "mean");
    expect(report.code, report.err).toBe(0);
    expect(readFileSync(folder.path("again.md"), "utf8")).toContain("## Against mean");
  });

  it("refuses other settings in the same folder, unknown tables, presets and files of settings that say too little", () => {
    expect(tables("--draws", "30")).toMatchObject({ code: 2, err: `${out} holds another experiment (draws: 20 there, 30 here); choose another --out, or repeat its options.\n` });
    expect(tables("--tables", "three").err).toContain("--tables three: nothing is known of this table; give its target, latents and schedule with --settings FILE.");
    expect(tables("--presets", "BEST").err).toContain('--presets: there is no preset "BEST"; there are VAE,');
    expect(tables("--against", "HHVAE").err).toContain("--against HHVAE: expected one of --presets and --baselines: VAE, HVAE, mean.");
    const poor = folder.write("poor.json", JSON.stringify({ one: { target: ["y"] } }));
    expect(tables("--settings", poor).err).toContain('poor.json: "one": expected latents to be a list of whole numbers from 1 on, layer 1 first, got nothing.');
    expect(hhvaem("experiment", "report", out, folder.path("nowhere"), "-o", folder.path("x.md")).err).toContain("holds no experiment");
  });
});
