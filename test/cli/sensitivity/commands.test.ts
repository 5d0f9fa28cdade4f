import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseTable } from "../../../src/data/index.ts";
import { keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { hhvaem, type Outcome, workFolder } from "../run.ts";

const folder = workFolder();
const rows = 60;
const read = (name: string): ReturnType<typeof parseTable> => parseTable(readFileSync(folder.path(name), "utf8"));

/** A study with holes in all columns but age; pressure has one digit after the point, visits are whole. */
function study(): string {
  const [z, u] = [normal(keyFromSeed(5), 2 * rows), uniform(keyFromSeed(6), 5 * rows)];
  const hole = (cell: string, at: number): string => (u[at] < 0.25 ? "" : cell);
  const lines = Array.from({ length: rows }, (_, r) => {
    const smoker = u[5 * r] < 0.4;
    return [(50 + 10 * z[2 * r]).toFixed(0), hole(smoker ? "yes" : "no", 5 * r + 1), hole((130 + 6 * z[2 * r] + 5 * Number(smoker) + 3 * z[2 * r + 1]).toFixed(1), 5 * r + 2), hole(String(Math.round(12 + 4 * z[2 * r + 1])), 5 * r + 3)].join(",");
  });
  return `age,smoker,pressure,visits\n${lines.join("\n")}\n`;
}

/** The commands of the section of docs/multiple-imputation.md, split into words. */
const doc = readFileSync(join(import.meta.dirname, "../../../docs/multiple-imputation.md"), "utf8");
const section = doc.slice(doc.indexOf("## If values are not missing at random"), doc.indexOf("## In any program"));
const commands = [...section.matchAll(/^ {4}hhvaem (.+)$/gm)].map(([, line]) => (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', "")));

/** Runs such a command on files of the folder. */
const run = (words: readonly string[], ...more: string[]): Outcome => hhvaem(...words.map((word) => (word === "model" || /^[\w-]+\.(csv|svg)$/.test(word) ? folder.path(word) : word)), "--draws", "20", ...more);

beforeAll(() => {
  folder.write("study.csv", study());
  const trained = hhvaem("train", folder.path("study.csv"), "--type", "visits=count", "--preset", "HMCVAE", "--no-report", "--vi-steps", "40", "--hmc-steps", "2", "--transitions", "2", "--batch", "20", "--out", folder.path("model"));
  expect(trained.code, trained.err).toBe(0);
}, 600_000);

describe("values that are not missing at random", () => {
  it("the examples of the documentation run: filled values lie lower, observed cells stay, and the curve is told and drawn", () => {
    expect(commands.map(([name]) => name)).toEqual(["impute", "sensitivity"]);
    const lower = run(commands[0], "--cells", folder.path("lower-cells.csv"));
    expect(lower.code, lower.err).toBe(0);
    const plain = run(commands[0].map((word) => word.replace("lower", "plain")).slice(0, -2), "--cells", folder.path("plain-cells.csv"));
    expect(plain.code, plain.err).toBe(0);
    const source = read("study.csv");
    const holes = Array.from({ length: rows }, (_, row) => row).filter((row) => source.cell(row, 2) === "").length;
    expect(holes).toBeGreaterThan(5);
    expect(lower.out).toContain(`pressure: ${holes} filled values moved by -5\n`);
    const files = [["plain.csv", "lower.csv"], ["plain.7.csv", "lower.7.csv"]].map((pair) => pair.map(read));
    for (const [before, after] of files) {
      for (let row = 0; row < rows; row++) {
        source.columns.forEach((name, j) => {
          const [a, b] = [before.cell(row, j), after.cell(row, j)];
          if (name === "pressure" && source.cell(row, j) === "") expect(Number(a) - Number(b)).toBeCloseTo(5, 6);
          else expect(b).toBe(a);
        });
      }
    }
    const long = read("lower-long.csv");
    expect(long.rows).toBe(21 * rows);
    // table 7 of the long format is the seventh file
    for (let row = 0; row < rows; row++) expect(Number(long.cell(7 * rows + row, 4))).toBe(Number(files[1][1].cell(row, 2)));
    const cells = ["plain-cells.csv", "lower-cells.csv"].map(read);
    for (let row = 0; row < cells[0].rows; row++) {
      const by = cells[0].cell(row, 1) === "pressure" ? 5 : 0;
      for (const j of [4, 5]) if (cells[0].cell(row, j) !== "") expect(Number(cells[0].cell(row, j)) - Number(cells[1].cell(row, j))).toBeCloseTo(by, 3);
      expect(cells[1].cell(row, 3)).toBe(cells[0].cell(row, 3));
    }

    const told = run(commands[1]);
    expect(told.code, told.err).toBe(0);
    expect(told.out).toContain(`pressure: ${holes} filled values of each moved, observed ones never. Missing at random is pressure=0.`);
    expect(told.out.match(/^ +-?\d+ +-?\d+\.\d+ +\S+ +\S+ +\S+ +\S+ +[01]\.\d{3}$/gm)).toHaveLength(9);
    expect(told.out).toMatch(/^(Tipping point: from|No tipping point from) pressure=/m);
    expect(readFileSync(folder.path("tipping.svg"), "utf8")).toMatch(/^<svg [^>]*>.*slope:pressure~age\+smoker.*<\/svg>\n$/s);
  }, 600_000);

  it("in parts gives the bytes of the whole, levels and cut counts too, and its tables are those that sensitivity pools", () => {
    const shifts = ["--shift", "visits=-12", "--shift", "smoker=yes+1.5"];
    const impute = (output: string, ...more: string[]): Outcome => run(["impute", "model", "study.csv", "-o", output, "--completions", "3", "--json", "--cells", `cells-${output}`, ...shifts], ...more);
    // 8192 / 1024 = 8 rows at a time
    const [whole, parts] = [impute("whole.csv", "--draws", "1024"), impute("parts.csv", "--draws", "1024", "--chunk-rows", "20")];
    expect([whole.code, parts.code], whole.err + parts.err).toEqual([0, 0]);
    for (const name of ["whole.csv", "whole.2.csv", "cells-whole.csv"]) expect(readFileSync(folder.path(name.replace("whole", "parts")), "utf8")).toBe(readFileSync(folder.path(name), "utf8"));
    const moved = (outcome: Outcome): { column: string; cells: number; cut: number; cutCompletions: number }[] => (JSON.parse(outcome.out) as { shifted: never[] }).shifted;
    expect(moved(parts)).toEqual(moved(whole));
    const source = read("study.csv");
    const tables = [1, 2, 3].map((c) => read(`whole.${c}.csv`));
    const visits = tables.map((table) => Array.from({ length: rows }, (_, row) => Number(table.cell(row, 3))));
    expect(visits.flat().every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    const counted = moved(whole).find(({ column }) => column === "visits")!;
    const zeros = visits.flatMap((values) => values.filter((value, row) => value === 0 && source.cell(row, 3) === "")).length;
    expect(counted.cutCompletions).toBeGreaterThan(0);
    expect(counted.cutCompletions).toBeLessThanOrEqual(zeros);

    const pooled = run(["sensitivity", "model", "study.csv", "--completions", "3", "--shift", "visits=-12..0:2", "--shift", "smoker=yes+1.5", "--summary", "mean:visits", "--summary", "share:smoker=yes", "--json", "-o", "figures.csv"], "--draws", "1024");
    expect(pooled.code, pooled.err).toBe(0);
    const { summaries } = JSON.parse(pooled.out) as { summaries: { points: { shift: number; estimate: number }[] }[] };
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(summaries[0].points[0].estimate).toBeCloseTo(mean(visits.map(mean)), 5);
    const share = mean(tables.map((table) => mean(Array.from({ length: rows }, (_, row) => Number(table.cell(row, 1) === "yes")))));
    expect(summaries[1].points[0].estimate).toBeCloseTo(share, 9);
    expect(read("figures.csv").rows).toBe(4);
  }, 600_000);

  it("what cannot be is said before the device opens; the help says what is assumed", () => {
    const refused = (...words: string[]): string => {
      const { code, err } = run(words);
      return `${code} ${err.trim().split("\n")[0]}`;
    };
    expect([
      refused("impute", "model", "study.csv", "-o", "x.csv", "--shift", "presure=-5"),
      refused("impute", "model", "study.csv", "-o", "x.csv", "--shift", "smoker=-5"),
      refused("sensitivity", "model", "study.csv", "--shift", "pressure=-5", "--summary", "mean:pressure"),
      refused("sensitivity", "model", "study.csv", "--shift", "pressure=-5..0", "--shift", "age=-5..0", "--summary", "mean:pressure"),
      refused("sensitivity", "model", "study.csv", "--shift", "pressure=-5..0", "--summary", "mean:smoker"),
      refused("sensitivity", "model", "study.csv", "--shift", "pressure=-5..0", "--summary", "mean:pressure", "--plot", "x.png"),
    ].join("\n")).toMatchInlineSnapshot(`
      "2 --shift presure=-5: there is no column "presure"; the model has age, smoker, pressure, visits.
      2 --shift smoker=-5: "smoker" has levels (no, yes); expected one of them and by how much its log-odds move, such as smoker=yes+0.5.
      2 --shift pressure=-5: expected a range, such as COLUMN=-1000..0 or COLUMN=*0.5..1.
      2 --shift age=-5..0: a second range; expected one, and single shifts (COLUMN=-500) of other columns.
      2 --summary mean:smoker: "smoker" has levels, which have no mean; expected share:smoker=LEVEL with one of no, yes.
      2 --plot x.png: the plot is SVG; expected a name that ends in .svg."
    `);
    for (const name of ["impute", "sensitivity"]) expect(hhvaem(name, "--help").out.replace(/\s+/g, " ")).toContain("missing at random given what is seen");
  }, 300_000);
});
