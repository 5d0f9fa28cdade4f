import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { codeTable, featureColumns, gunzip, inferSchema, parseSplits, parseTable, testRows, trainingRows } from "../../src/data/index.ts";
import { compareWith, parseTableResults, paperSettings, scoreBaseline, settingsProblem, summariseTables, tableConfig, tableSchedule, tablesReport, type TableResult } from "../../src/experiments/index.ts";
import { presets } from "../../src/model/index.ts";
import { itShared } from "../shared.ts";

const shared = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

describe("baselines", () => {
  itShared.each([["boston", 0.897], ["wine", undefined]] as const)("mean and mode on %s, fold 0: the error that scikit-learn's give", async (name, expected) => {
    expect(existsSync(`${shared}${name}/data.csv`)).toBe(true);
    const table = parseTable(readFileSync(`${shared}${name}/data.csv`));
    const { target } = paperSettings[name];
    const names = featureColumns(inferSchema(table, { targets: target, levelRule: "unordered" })).map((column) => column.name);
    const splits = parseSplits(await gunzip(readFileSync(`${shared}${name}/splits.csv.gz`)), names, table.rows);
    const [rows, tested] = [trainingRows(splits, 0), testRows(splits, 0)];
    const schema = inferSchema(table, { targets: target, rows, levelRule: "unordered" });
    const shown = tested.flatMap((row) => Array.from(splits.observed.subarray(row * names.length, (row + 1) * names.length)));
    const score = (baseline: "mean" | "neighbours") => scoreBaseline(baseline, schema, codeTable(table, schema, { rows }), codeTable(table, schema, { rows: tested }), shown);
    if (expected !== undefined) expect(score("mean").error_xu).toBeCloseTo(expected, 3);
    expect(score("neighbours").error_xu).toBeLessThan(0.8 * score("mean").error_xu);
  });

  it("neighbours copy a row that is there, and fall back on the mean where nothing is shared", () => {
    const schema = inferSchema(parseTable("a,b,t\n0.1,5.2,1.7\n1.3,6.1,2.2\n2.9,7.7,3.1\n"), { targets: ["t"], types: { a: "real", b: "real", t: "real" } });
    const training = codeTable(parseTable(`a,b,t\n${Array.from({ length: 20 }, (_, i) => (i < 10 ? "0,1,2" : "9,8,7")).join("\n")}\n`), schema);
    const test = codeTable(parseTable("a,b,t\n0,1,2\n9,8,7\n"), schema);
    expect(scoreBaseline("neighbours", schema, training, test, [1, 0, 1, 0])).toMatchObject({ error_xu: 0, rmse: 0 });
    expect(scoreBaseline("neighbours", schema, training, test, [0, 0, 0, 0]).rmse).toBeCloseTo(2.5, 5);
  });
});

describe("settings of the paper's tables", () => {
  it("are complete; flat presets have the first layer alone; presets without HMC train by the bound all the while", () => {
    expect(Object.keys(paperSettings)).toEqual(["boston", "energy", "wine", "diabetes", "concrete", "yacht", "naval", "avocado", "bank", "insurance"]);
    for (const [name, settings] of Object.entries(paperSettings)) expect(settingsProblem(name, settings)).toBeUndefined();
    const { yacht } = paperSettings;
    expect(tableConfig(presets.VAEM, yacht)).toMatchObject({ latents: [4], hmc: { transitions: 5 } });
    expect(tableConfig(presets.HHVAEM, yacht).latents).toEqual([4, 2]);
    expect(tableSchedule(presets.HVAEM, yacht, 0.1)).toMatchObject({ viSteps: 2000, hmcSteps: 0, annealSteps: 100, batch: 20 });
    expect(tableSchedule(presets.HHVAEM, yacht, 0.1)).toMatchObject({ viSteps: 1800, hmcSteps: 200 });
    expect(settingsProblem("mine", { ...yacht, batch: 0 })).toBe('"mine": expected batch to be a whole number from 1 on, got 0.');
    expect(settingsProblem("mine", { ...yacht, target: [] })).toBe('"mine": expected target to be a list of column names, got [].');
  });
});

describe("results of runs", () => {
  const run = (table: string, fold: number, method: string, error: number, ll: number): TableResult => ({ table, fold, method, seed: 0, scores: { rows: 5, error_xu: error, ll_y: ll }, trainSeconds: 2, evaluateSeconds: 1, adapter: "a" });
  const results = [run("t", 0, "A", 0.5, -1), run("t", 1, "A", 0.7, -2), run("t", 0, "B", 0.4, -1.5), run("t", 1, "B", 0.5, -2.5), run("u", 0, "A", 1, -3), run("u", 0, "B", 0.9, -1)];

  it("are summed up by table and method, and compared run by run over tables", () => {
    const entry = summariseTables(results).find(({ table, method, measure }) => table === "t" && method === "A" && measure === "error_xu")!;
    expect(entry).toMatchObject({ runs: 2 });
    expect(entry.mean).toBeCloseTo(0.6, 12);
    expect(entry.standardError).toBeCloseTo(0.1, 12);
    const [ll, error] = compareWith("A", results, ["ll_y", "error_xu"]);
    expect(error).toMatchObject({ method: "B", measure: "error_xu", runs: 3, betterRuns: 3, tables: 2, betterTables: 2 });
    expect(error.difference.mean).toBeCloseTo(-0.125, 12);
    expect(ll).toMatchObject({ measure: "ll_y", betterRuns: 1, betterTables: 1 });
    expect(ll.difference.mean).toBeCloseTo((-0.5 + 2) / 2, 12);
  });

  it("stand in a report with the best of a column bold, and in lines of which a cut-off one is left out", () => {
    const settings = { draws: 10, scale: 0.1, tables: { t: paperSettings.boston, u: paperSettings.wine } };
    const report = tablesReport([{ settings, results, command: "hhvaem experiment tables" }], { baseline: "A" });
    expect(report).toContain("| B | **0.4500 ± 0.0500** | **0.9000** |");
    expect(report).toContain("10 % of the schedule's steps");
    expect(report).toContain("| B | error_xu | -0.1250 ± 0.0250 | 3 of 3 | 2 of 2 |");
    const text = results.map((result) => `${JSON.stringify(result)}\n`).join("");
    expect(parseTableResults(`${text}{"table":"t"`, "r").results).toEqual(results);
    expect(() => parseTableResults(`{"table":"t"}\n`, "r")).toThrow('r, line 1: expected "method" to be a text, got nothing; delete the line');
  });
});
