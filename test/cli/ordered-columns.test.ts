import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { hhvaem, type Outcome, workFolder } from "./run.ts";

const folder = workFolder();
const sizes = ["small", "medium", "large"];
const rows = 90;
const lines = Array.from({ length: rows }, (_, i) => {
  const h = Math.sin(i * 1.7) * 2;
  const cells = [h.toFixed(2), sizes[Math.floor((h + 2) / 1.34) % 3], String(1 + Math.floor((h + 2.2) / 1.1)), String(Math.round(Math.exp(1 + h))), String(Math.round(20 + 8 * h))];
  return cells.map((cell, j) => (j < 4 && (i + 2 * j) % 7 === 3 ? "" : cell)).join(",");
});
const table = folder.write("table.csv", `a,size,grade,visits,y\n${lines.join("\n")}\n`);
const types = ["--type", "grade=ordinal", "--type", "visits=count", "--type", "y=count"];
const schema = folder.path("schema.json");
const model = folder.path("model");
/** The observed cells of a column. */
const column = (j: number): string[] => lines.map((line) => line.split(",")[j]).filter((cell) => cell !== "");
function deviation(cells: string[]): number {
  const mean = cells.reduce((total, cell) => total + Number(cell), 0) / cells.length;
  return Math.sqrt(cells.reduce((total, cell) => total + (Number(cell) - mean) ** 2, 0) / cells.length);
}
/** How often the most frequent level is wrong. */
const errorOfMode = (cells: string[]): number => 1 - Math.max(...cells.map((cell) => cells.filter((other) => other === cell).length)) / cells.length;
const cellsOf = (path: string): string[][] => readFileSync(path, "utf8").trim().split("\n").map((line) => line.split(","));

let written: Outcome;
beforeAll(() => {
  written = hhvaem("schema", table, "--target", "y", ...types, "-o", schema);
  expect(written.code, written.err).toBe(0);
  const described = JSON.parse(readFileSync(schema, "utf8")) as { columns: { name: string; type: string; categories?: string[] }[] };
  Object.assign(described.columns[1], { type: "ordinal", categories: sizes });
  folder.write("schema.json", JSON.stringify(described));
});

describe("ordinal and count columns by the command line", () => {
  it("types are the user's; texts get their order in a schema file", () => {
    expect(written.out).toMatch(/grade +feature +ordinal +\d+ missing +1 < 2 < 3 < 4/);
    expect(written.out).toMatch(/visits +feature +count +\d+ missing +mean .* of log\(1 \+ value\)/);
    expect(hhvaem("schema", table, "--type", "size=ordinal")).toMatchObject({ code: 2, err: 'table.csv, column "size": levels of an ordinal column that are texts ("large", "medium", "small") have no order of their own; give a schema in which the column has the type "ordinal" and its categories stand in order, lowest first.\n  `hhvaem schema TABLE -o FILE` writes a schema to edit, --schema FILE takes it\n' });
  });

  it("trains, fills with levels and whole numbers, predicts a count with its interval, scores and ranks", () => {
    const train = hhvaem("train", table, "--schema", schema, "--preset", "conditional", "--no-report", "--completion-steps", "100", "--batch", "20", "--out", model);
    expect(train.code, train.err).toBe(0);
    const filled = hhvaem("impute", model, table, "-o", folder.path("filled.csv"), "--cells", folder.path("cells.csv"), "--draws", "40");
    expect(filled.code, filled.err).toBe(0);
    for (const [, size, grade, visits] of cellsOf(folder.path("filled.csv")).slice(1)) {
      expect(sizes).toContain(size);
      expect(grade).toMatch(/^[1-4]$/);
      expect(visits).toMatch(/^\d+$/);
    }
    const cells = cellsOf(folder.path("cells.csv"));
    expect(cells[0]).toEqual(["row", "column", "value", "sd", "lower", "upper", "probabilities", "set"]);
    const of = (name: string): string[][] => cells.filter(([, column]) => column === name);
    for (const [, , , sd, lower, upper] of of("size")) {
      expect(sd).toBe("");
      expect(sizes.indexOf(lower)).toBeGreaterThanOrEqual(0);
      expect(sizes.indexOf(upper)).toBeGreaterThanOrEqual(sizes.indexOf(lower));
    }
    for (const [, , value, sd, lower, upper, probabilities] of of("visits")) {
      // of 40 draws two are at or below the 5 % quantile and two at or above the 95 % one: 39 sd^2 is at least (upper - lower)^2, and rounding widens that by less than 2
      expect(Number(sd)).toBeGreaterThanOrEqual((Number(upper) - Number(lower) - 2) / Math.sqrt(39));
      expect(Number(sd)).toBeLessThan(deviation(column(3)));
      for (const number of [value, lower, upper]) expect(number).toMatch(/^\d+$/);
      expect(probabilities).toBe("");
    }
    const predicted = hhvaem("predict", model, table, "-o", folder.path("p.csv"), "--draws", "40");
    expect(predicted.code, predicted.err).toBe(0);
    for (const [, , value, , lower, upper] of cellsOf(folder.path("p.csv")).slice(1)) for (const number of [value, lower, upper]) expect(number).toMatch(/^\d+$/);
    const parquet = hhvaem("impute", model, table, "-o", folder.path("filled.parquet"), "--cells", folder.path("cells.parquet"), "--draws", "10");
    expect(parquet.code, parquet.err).toBe(0);

    const scored = hhvaem("evaluate", model, table, "--draws", "40", "--json");
    expect(scored.code, scored.err).toBe(0);
    const { rmse, ll_y, error_xu } = JSON.parse(scored.out) as Record<string, number>;
    // below those of means and most frequent levels; numbers are coded to a deviation of 1
    expect(rmse).toBeLessThan(deviation(column(4)));
    expect(error_xu).toBeLessThan((1 + errorOfMode(column(1)) + errorOfMode(column(2)) + 1) / 4);
    // log probabilities of whole numbers
    expect(ll_y).toBeLessThan(0);

    const ranked = hhvaem("acquire", model, table, "--all", "--draws", "100");
    expect(ranked.code, ranked.err).toBe(0);
  });
});
