import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/cli/library.ts";
import { numbered } from "../../src/cli/output/table-output.ts";
import { parseTable, writeParquet, type Schema } from "../../src/data/index.ts";
import { parquetFile } from "../data/parquet/files.ts";
import { workbook } from "../data/workbook.ts";
import { hhvaem, hhvaemWith, quick, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const csv = smallCsv(60);
const table = folder.write("table.csv", csv);
const model = folder.path("model");
const parquet = folder.path("table.parquet");
const few = ["--draws", "20"];

const rowsOf = (name: string): Promise<Record<string, unknown>[]> => parquetReadObjects({ file: new Uint8Array(readFileSync(folder.path(name))).buffer });
const typesOf = (name: string): string[] => parquetMetadata(new Uint8Array(readFileSync(folder.path(name)))).schema.slice(1).map(({ name, type }) => `${name} ${type}`);

function run(...args: string[]): string {
  const { code, out, err } = hhvaem(...args);
  expect(code, err).toBe(0);
  return out;
}

function refusal(...args: string[]): string {
  const { code, err } = hhvaem(...args);
  expect(code, err).toBe(2);
  return err.replaceAll(`${folder.path("")}/`, "").trim();
}

beforeAll(async () => {
  folder.write("table.parquet", await writeParquet(parseTable(csv), [() => undefined]));
  run("train", table, "--target", "y", "--out", model, ...quick);
});

describe("tables in Parquet and gzip", () => {
  it("a training on Parquet and one on the same CSV give the same model", () => {
    run("train", parquet, "--target", "y", "--out", folder.path("model-of-parquet"), ...quick);
    const columnsOf = (schema: string): unknown => (JSON.parse(schema) as { columns: unknown }).columns;
    const [ofParquet, ofCsv] = [folder.path("model-of-parquet"), model].map((dir) => (name: string) => readFileSync(`${dir}/${name}`));
    expect(ofParquet("weights.safetensors")).toEqual(ofCsv("weights.safetensors"));
    // how the file was read differs, and so do zeros at the end of decimals, which numbers by themselves do not have: the columns do not
    const padded = (json: string): unknown => columnsOf(json.replaceAll(/,\s*"dropsZeros":\s*true/g, ""));
    expect(padded(ofParquet("schema.json").toString())).toEqual(columnsOf(ofCsv("schema.json").toString()));
    expect(padded(run("schema", parquet, "--target", "y", "--json"))).toEqual(columnsOf(run("schema", table, "--target", "y", "--json")));
  });

  it("predicts to Parquet, with numbers as numbers", async () => {
    run("predict", model, parquet, "-o", folder.path("p.parquet"), ...few);
    run("predict", model, table, "-o", folder.path("p.csv"), ...few);
    const rows = await rowsOf("p.parquet");
    const lines = parseTable(readFileSync(folder.path("p.csv")));
    expect(rows).toHaveLength(60);
    expect(rows[4]).toEqual({ row: 5n, target: "y", prediction: Number(lines.cell(4, 2)), sd: Number(lines.cell(4, 3)), lower: Number(lines.cell(4, 4)), upper: Number(lines.cell(4, 5)), probabilities: null });
    expect(lines.cell(4, 0)).toBe("6");
  });

  it("the library reads both", async () => {
    const ours = await readTable(parquet);
    expect([ours.columns, ours.rows, ours.cell(0, 3)]).toEqual([["a", "b", "c", "d", "y"], 60, parseTable(csv).cell(0, 3)]);
  });

  it("rows are named by number in a Parquet file, by line in CSV", () => {
    const one = (path: string, row: string): string => run("acquire", model, path, "--row", row, "--draws", "40", "--json").replace(/"row":\d+/, "");
    expect(one(parquet, "6")).toBe(one(table, "7"));
    expect(refusal("acquire", model, parquet, "--row", "61")).toMatchInlineSnapshot(`"--row 61: the table has rows 1 to 60."`);
    expect(refusal("acquire", model, parquet)).toMatchInlineSnapshot(`"table.parquet has 60 rows: say --row N (1 to 60) or --all."`);
    expect(refusal("ask", model, "--table", parquet, "--row", "0")).toContain("expected a whole number from 1 on");
  });

  it("says what is wrong with a file, and which output cannot hold the answer", async () => {
    folder.write("lists.parquet", parquetFile([{ name: "a", data: [1, 2, null], type: "DOUBLE" }, { name: "l", data: [Uint8Array.of(255), null, null], type: "BYTE_ARRAY" }]));
    expect(refusal("impute", model, folder.path("lists.parquet"), "-o", folder.path("x.csv"))).toMatchInlineSnapshot(`"lists.parquet, column "l": the column holds raw bytes. Leave it out of the file, or write it as text."`);
    folder.write("cut.parquet", readFileSync(parquet).subarray(0, 900));
    expect(refusal("train", folder.path("cut.parquet"), "--target", "y", "--out", folder.path("never"))).toMatchInlineSnapshot(`"cut.parquet: the Parquet file is damaged or cut off; get it again, or write it anew. (parquet file invalid (footer != PAR1))"`);
    folder.write("flags.parquet", parquetFile([
      { name: "a", data: [1, 2], type: "DOUBLE" }, { name: "b", data: [2, 3], type: "DOUBLE" }, { name: "c", data: [null, null], type: "BOOLEAN" }, { name: "d", data: ["red", "blue"], type: "STRING" },
    ]));
    expect(refusal("impute", model, folder.path("flags.parquet"), "-o", folder.path("x.parquet"), ...few).replace(/"(yes|no)"/, '"yes or no"')).toMatchInlineSnapshot(`"column "c": the file's column holds true and false and cannot hold "yes or no"; write the result as CSV, or convert the column."`);
    run("impute", model, folder.path("flags.parquet"), "-o", folder.path("flags.csv"), ...few);
    expect(readFileSync(folder.path("flags.csv"), "utf8")).toMatch(/^a,b,c,d\n1,2,(yes|no),red\n2,3,(yes|no),blue\n$/);
  });
});

describe("tables filled in Parquet and gzip", () => {
  beforeAll(() => {
    run("impute", model, table, "-o", folder.path("filled.csv"), ...few);
    run("impute", model, parquet, "-o", folder.path("filled.parquet"), "--cells", folder.path("cells.parquet"), "--completions", "2", ...few);
  });

  it("imputes Parquet to Parquet: the same types, the same values where there was one, and CSV's where there was none", async () => {
    expect(typesOf("filled.parquet")).toEqual(typesOf("table.parquet"));
    const before = await rowsOf("table.parquet");
    const after = await rowsOf("filled.parquet");
    const expected = parseTable(readFileSync(folder.path("filled.csv")));
    expect(after).toHaveLength(before.length);
    let filled = 0;
    before.forEach((row, i) => Object.entries(row).forEach(([name, value], column) => {
      if (value !== null) return expect(after[i][name]).toBe(value);
      filled++;
      const text = expected.cell(i, column);
      return expect(after[i][name]).toBe(typeof after[i][name] === "number" ? Number(text) : text);
    }));
    const cells = await rowsOf("cells.parquet");
    expect(cells).toHaveLength(filled);
    expect(typesOf("cells.parquet")).toEqual(["row INT64", "column BYTE_ARRAY", "value BYTE_ARRAY", "sd DOUBLE", "lower DOUBLE", "upper DOUBLE", "probabilities BYTE_ARRAY"]);
    // rows of a Parquet file are counted from 1
    expect(before[Number(cells[0].row) - 1][String(cells[0].column)]).toBeNull();
    expect(await rowsOf("filled.2.parquet")).toHaveLength(60);
  });

  it("imputes Parquet to CSV, CSV to Parquet, and into gzip", async () => {
    run("impute", model, parquet, "-o", folder.path("of-parquet.csv"), ...few);
    run("impute", model, table, "-o", folder.path("of-csv.parquet"), ...few);
    run("impute", model, table, "-o", folder.path("filled.csv.gz"), "--completions", "1", ...few);
    expect(await rowsOf("of-csv.parquet")).toEqual(await rowsOf("filled.parquet"));
    expect(gunzipSync(readFileSync(folder.path("filled.csv.gz"))).toString()).toBe(readFileSync(folder.path("filled.csv"), "utf8"));
    expect(gunzipSync(readFileSync(folder.path("filled.1.csv.gz"))).toString().split("\n")).toHaveLength(62);
    // trailing zeros of the CSV are no part of a number
    const numbers = (name: string): unknown[] => {
      const read = parseTable(readFileSync(folder.path(name)));
      return Array.from({ length: read.rows * read.columns.length }, (_, i) => read.cell(Math.floor(i / read.columns.length), i % read.columns.length)).map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell)));
    };
    expect(numbers("of-parquet.csv")).toEqual(numbers("filled.csv"));
  });
});

describe("tables through pipes and in workbooks", () => {
  it("- is standard input and standard output", () => {
    expect(hhvaemWith(csv, "schema", "-", "--target", "y", "--json")).toEqual(hhvaem("schema", table, "--target", "y", "--json"));
    const piped = hhvaemWith(csv, "impute", model, "-", "-o", "-", ...few);
    expect(piped.code, piped.err).toBe(0);
    expect(piped.out).toBe(readFileSync(folder.path("filled.csv"), "utf8"));
    expect(hhvaemWith("", "schema", "-")).toMatchObject({ code: 2, out: "", err: expect.stringContaining("the file is empty") });
  });

  it("an output that is the table is refused, and the table stays, without --force", () => {
    const own = folder.write("own.csv", csv);
    expect(refusal("impute", model, own, "-o", own, ...few)).toMatchInlineSnapshot(`"own.csv is the table itself, which would be overwritten; choose another name, or overwrite it with --force."`);
    expect(readFileSync(own, "utf8")).toBe(csv);
    run("impute", model, own, "-o", own, "--force", ...few);
    expect(readFileSync(own, "utf8")).toBe(readFileSync(folder.path("filled.csv"), "utf8"));
  });

  it("--sheet names the sheet of a workbook", () => {
    const book = folder.write("clinic.xlsx", workbook(30));
    const namesOf = (...args: string[]): string[] => (JSON.parse(run("schema", book, ...args, "--json")) as Schema).columns.map(({ name }) => name);
    expect(namesOf("--sheet", "Data")).toEqual(["age", "dose", "outcome"]);
    expect(namesOf("--sheet", "2")).toEqual(["age", "dose", "outcome"]);
    expect(refusal("schema", book, "--sheet", "Dates")).toMatchInlineSnapshot(`
      "clinic.xlsx: there is no sheet "Dates"; there are "Remarks", "Data".
        --sheet NAME reads another sheet"
    `);
  });
});

it("completed tables are numbered before the ending", () => {
  expect(["a.csv", "a.csv.gz", "a.parquet", "a", "a.gz", "dir.x/a"].map((path) => numbered(path, 2))).toEqual(["a.2.csv", "a.2.csv.gz", "a.2.parquet", "a.2", "a.2.gz", "dir.x/a.2"]);
});
