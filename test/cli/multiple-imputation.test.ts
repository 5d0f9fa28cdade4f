import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { checkLongNames, writeLongTo } from "../../src/cli/output/long-table.ts";
import { codeTable, decodeValue, filledCells, inferSchema, parseTable, readTableBytes, writeTable } from "../../src/data/index.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { leastSquares } from "../../src/math/least-squares.ts";
import { pool } from "../../src/math/pooling.ts";
import { expectClose } from "../expect-close.ts";
import { hhvaem, workFolder } from "./run.ts";

const folder = workFolder();
const [rows, completions] = [80, 4];
const read = (name: string): string => readFileSync(folder.path(name), "utf8");

/** A study as people keep it: semicolons, decimal commas, percent signs, yes in two spellings, holes spelled in several ways. */
function study(): string {
  const [z, u] = [normal(keyFromSeed(5), 3 * rows), uniform(keyFromSeed(6), 5 * rows)];
  const number = (value: number, digits: number): string => value.toFixed(digits).replace(".", ",");
  const lines = Array.from({ length: rows }, (_, r) => {
    const [a, b, c] = [z[3 * r], z[3 * r + 1], z[3 * r + 2]];
    const smoker = u[5 * r] < 0.4;
    const hole = (cell: string, at: number, spelled: string): string => (u[5 * r + at] < 0.2 ? spelled : cell);
    return [
      `p-${r}`,
      hole(number(50 + 10 * a, 0), 1, "unknown"),
      hole(smoker ? (r % 10 === 0 ? "Yes" : "yes") : "no", 2, ""),
      hole(`${number(20 + 3 * b, 1)} %`, 3, "NA"),
      hole(number(130 + 6 * a + 5 * Number(smoker) + 4 * c, 1), 4, "-"),
    ].join(";");
  });
  return `patient;age;smoker;fat;pressure\n${lines.join("\n")}\n`;
}

let long: ReturnType<typeof parseTable>;
/** Cells of a completed table, or of the observed one. */
const tableOf = (number: number): string[][] =>
  Array.from({ length: long.rows }, (_, row) => row).filter((row) => long.cell(row, 0) === String(number)).map((row) => long.columns.map((_, column) => long.cell(row, column)));

/** Completed tables: every hole gets a value that was observed in its column, drawn at random. */
const source = parseTable(study());
const schema = inferSchema(source, { targets: [] });
const modelled = schema.columns.filter(({ role }) => role === "feature");
const fills = Array.from({ length: completions }, (_, m) => {
  const { x, observedX } = codeTable(source, schema, {});
  const d = modelled.length;
  const at = (row: number, j: number): number => row * d + j;
  const cells = Array.from({ length: rows * d }, (_, i) => ({ row: Math.floor(i / d), column: i % d })).filter(({ row, column }) => observedX[at(row, column)] === 0);
  const u = uniform(foldIn(keyFromSeed(7), m), cells.length);
  const values = cells.map(({ column }, i) => {
    const known = Array.from({ length: rows }, (_, row) => row).filter((row) => observedX[at(row, column)] === 1);
    return decodeValue(modelled[column], x[at(known[Math.floor(u[i] * known.length)], column)]);
  });
  return filledCells(source, modelled, cells, values);
});

beforeAll(async () => {
  await writeLongTo(folder.path("completed.csv"), source, schema, fills);
  await writeLongTo(folder.path("completed.parquet"), source, schema, fills);
  long = parseTable(read("completed.csv"));
});

describe("the long format", () => {
  it("has the observed table and the completed ones below each other: rows numbered, holes NA, numbers plain, a level in one spelling", () => {
    expect(long.columns).toEqual([".imp", ".id", "patient", "age", "smoker", "fat", "pressure"]);
    expect(long.rows).toBe(rows * (completions + 1));
    const observed = tableOf(0);
    const plain = (cell: string, column: number): string => (column === 0 ? cell : column === 2 ? cell.toLowerCase() : String(Number(cell.replace(" %", "").replace(",", "."))));
    observed.forEach((cells, row) => {
      expect(cells.slice(0, 2)).toEqual(["0", String(row + 1)]);
      expect(cells.slice(2)).toEqual(source.columns.map((_, column) => (["", "NA", "unknown", "-"].includes(source.cell(row, column)) ? "NA" : plain(source.cell(row, column), column))));
    });
    for (let m = 1; m <= completions; m++) {
      const one = parseTable(writeTable(source, fills[m - 1]));
      tableOf(m).forEach((cells, row) => expect(cells).toEqual([String(m), String(row + 1), ...one.columns.map((_, column) => plain(one.cell(row, column), column))]));
    }
  });

  it("as Parquet has the same cells, with nothing where a hole is; a column of its names and no completions are refused", async () => {
    const same = await readTableBytes(readFileSync(folder.path("completed.parquet")));
    expect(same.columns).toEqual(long.columns);
    const cells = (of: typeof same): string[] => Array.from({ length: of.rows }, (_, row) => of.columns.map((_, column) => (of.cell(row, column) === "NA" ? "" : of.cell(row, column))).join("|"));
    expect(cells(same)).toEqual(cells(long));
    const refused = hhvaem("impute", "model", "study.csv", "-o", "filled.csv", "--long", "long.csv");
    expect(refused).toMatchObject({ code: 2, err: "--long long.csv: it holds completed tables; say how many with --completions, such as --completions 20.\n" });
    expect(() => checkLongNames(["a", ".id", ".imp"], "study.csv")).toThrowErrorMatchingInlineSnapshot(`
      [TableError: study.csv, column ".imp": the long format has a column of this name of its own, which says what a row is of; rename it in the table.
      study.csv, column ".id": the long format has a column of this name of its own, which says what a row is of; rename it in the table.]
    `);
  });
});

/** What a recipe of the docs is. */
const recipes = [...readFileSync(join(import.meta.dirname, "../../docs/multiple-imputation.md"), "utf8").matchAll(/```(r|python)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text }));
const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: "ignore" }).status === 0;
const rHere = runs("Rscript", "-e", "library(mice)");
const python = ["python3", "/usr/bin/python3"].find((name) => runs(name, "-c", "import pandas, statsmodels.formula.api"));

type Pooled = { term: string; estimate: number; standardError: number; df: number; p: number; lower: number; upper: number; missingInformation: number }[];

const terms = ["(Intercept)", "age", "smokeryes"];

/** The regression of pressure on age and smoker on every completed table by our own least squares. */
function analyse(): ReturnType<typeof leastSquares>[] {
  return Array.from({ length: completions }, (_, m) => tableOf(m + 1)).map((cells) => leastSquares(cells.flatMap((row) => [1, Number(row[3]), Number(row[4] === "yes")]), cells.map((row) => Number(row[6])), 3));
}

/** The same pooled by the library. */
function own(): Pooled {
  const analyses = analyse();
  return terms.map((term, i) => ({ term, ...pool(analyses.map(({ coefficients }) => coefficients[i]), { completeDf: rows - 3 }) }));
}

/** The file of estimates that a recipe has written, pooled by the command. */
function pooledFile(): Pooled {
  const { code, out, err } = hhvaem("pool", folder.path("estimates.csv"), "--complete-df", String(rows - 3), "--json");
  expect(code, err).toBe(0);
  return (JSON.parse(out) as { terms: Pooled }).terms;
}

function expectSame(found: Pooled, expected: Pooled): void {
  expect(found.map(({ term }) => term.replace(/^Intercept$/, "(Intercept)").replace("smoker[T.yes]", "smokeryes")).sort()).toEqual(expected.map(({ term }) => term).sort());
  const byEstimate = (all: Pooled): Pooled => [...all].sort((a, b) => a.estimate - b.estimate);
  const figures = (all: Pooled): number[] => byEstimate(all).flatMap(({ estimate, standardError, df, p, lower, upper }) => [estimate, standardError, df, p, lower, upper]);
  expectClose(figures(found), figures(expected), { rtol: 1e-6, atol: 1e-9 });
}

/** Where no other program is here: standard errors and degrees of freedom by the formulas of the docs, step by step. */
function expectFormulas(found: Pooled): void {
  const analyses = analyse();
  const m = completions;
  const nu = rows - 3;
  found.forEach(({ estimate, standardError, df }, i) => {
    const q = analyses.map(({ coefficients }) => coefficients[i].estimate);
    const mean = q.reduce((a, b) => a + b) / m;
    const w = analyses.reduce((sum, { coefficients }) => sum + coefficients[i].variance, 0) / m;
    const b = q.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (m - 1);
    const t = w + b + b / m;
    const lambda = (t - w) / t;
    const [ofTables, ofData] = [(m - 1) / lambda ** 2, ((nu + 1) * nu * (1 - lambda)) / (nu + 3)];
    expectClose([estimate, standardError, df], [mean, Math.sqrt(t), (ofTables * ofData) / (ofTables + ofData)], { rtol: 1e-9 });
  });
}

function runHere(command: string, script: string, ending: string): void {
  const path = folder.write(`recipe.${ending}`, script);
  execFileSync(command, [path], { cwd: dirname(path), stdio: ["ignore", "ignore", "pipe"] });
}

describe("recipes of docs/multiple-imputation.md", () => {
  it("there are two for R and one for Python", () => {
    expect(recipes.map(({ language }) => language)).toEqual(["r", "r", "python"]);
  });

  it("a file of our own estimates is pooled by the command as by the library", () => {
    const analyses = analyse();
    const lines = analyses.flatMap(({ coefficients }, m) => coefficients.map(({ estimate, variance }, i) => `${m + 1},${terms[i]},${estimate},${Math.sqrt(variance)}`));
    writeFileSync(folder.path("estimates.csv"), `.imp,term,estimate,std.error\n${lines.join("\n")}\n`);
    expectSame(pooledFile(), own());
    expectFormulas(own());
    expect(own().every(({ missingInformation }) => missingInformation > 0)).toBe(true);
  });

  it(rHere ? "R with mice reads the long format, pools as we do, and its estimates are pooled alike by the command" : "without R and mice here only our own pool is compared, with its formulas", () => {
    if (!rHere) return expectFormulas(own());
    const [withMice, without] = recipes.filter(({ language }) => language === "r").map(({ text }) => text);
    runHere("Rscript", `${withMice}\nstopifnot(imputed$m == ${completions})\ns <- summary(pooled, conf.int = TRUE)\nwrite.csv(data.frame(term = s$term, estimate = s$estimate, se = s$std.error, df = s$df, p = s$p.value, lower = s[["2.5 %"]], upper = s[["97.5 %"]]), "r.csv", row.names = FALSE)\nwrite.csv(imputed$nmis, "missing.csv")\n`, "R");
    const table = parseTable(read("r.csv"));
    const found = Array.from({ length: table.rows }, (_, row) => {
      const [term, estimate, standardError, df, p, lower, upper] = table.columns.map((_, column) => table.cell(row, column));
      return { term, ...Object.fromEntries(Object.entries({ estimate, standardError, df, p, lower, upper }).map(([name, value]) => [name, Number(value)])) };
    }) as Pooled;
    expectSame(found, own());
    // what R takes for missing is what was
    const missing = tableOf(0).reduce((counts, cells) => counts.map((count, i) => count + Number(cells[i + 3] === "NA")), [0, 0, 0, 0]);
    const nmis = parseTable(read("missing.csv"));
    expect(["age", "smoker", "fat", "pressure"].map((name) => Number(Array.from({ length: nmis.rows }, (_, row) => row).filter((row) => nmis.cell(row, 0) === name).map((row) => nmis.cell(row, 1))[0]))).toEqual(missing);
    runHere("Rscript", without, "R");
    expectSame(pooledFile(), own());
  });

  it(python === undefined ? "without Python, pandas and statsmodels here only our own pool is compared, with its formulas" : "Python with pandas and statsmodels reads the long format, and its estimates are pooled alike by the command", () => {
    if (python === undefined) return expectFormulas(own());
    runHere(python, recipes.find(({ language }) => language === "python")!.text, "py");
    expectSame(pooledFile(), own());
  });
});
