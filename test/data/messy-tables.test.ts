import { readFileSync, readdirSync } from "node:fs";
import { describe, expect } from "vitest";
import { codeTable, decideSchema, featureColumns, filledCells, formatOfBytes, inferSchema, parseTable, readAlike, targetColumns, type ColumnType, type Decisions, type RawTable, type ReadOptions, type Schema } from "../../src/data/index.ts";
import { message } from "./table-error-of.ts";
import { itShared as it } from "../shared.ts";

// tables as people have them; README.md beside them says the right reading of each
const folder = "../shared/messy";
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${name}`));
const read = (name: string, options: ReadOptions = {}): RawTable => parseTable(bytesOf(name), { ...options, source: name });
const decide = (table: RawTable, types: Record<string, ColumnType | "ignore"> = {}): Decisions => decideSchema(table, { targets: [table.columns.includes("y") ? "y" : table.columns.at(-1)!], types });
const kinds = ({ columns }: Decisions): Record<string, string> =>
  Object.fromEntries(columns.map(({ column: { name, role, type, format, categories } }) => [name, role === "ignore" ? "left out" : format?.date !== undefined ? `date ${format.date}` : categories ? `${type} ${categories.join("|")}` : type]));
const notes = ({ notes: ofFile, columns }: Decisions): string[] => [...ofFile.map(({ text }) => text), ...columns.flatMap(({ column, notes: own }) => own.map(({ text, change }) => `${column.name}: ${text}${change ? `: ${change.option} ${change.value}` : ""}`))];
const holes = (table: RawTable, schema: Schema): number => {
  const coded = codeTable(table, schema);
  return [...coded.observedX, ...coded.observedY].filter((seen) => seen === 0).length;
};

/** Fills every hole with something that the schema can say (numbers: the mean and a thousand more) and writes the file. */
async function filled(table: RawTable, schema: Schema): Promise<Uint8Array> {
  const columns = [...featureColumns(schema), ...targetColumns(schema)];
  const coded = codeTable(table, schema);
  const cells = columns.flatMap((_, column) => {
    const [seen, width, j] = column < coded.features ? [coded.observedX, coded.features, column] : [coded.observedY, coded.targets, column - coded.features];
    return Array.from({ length: table.rows }, (__, row) => ({ row, column })).filter(({ row }) => seen[row * width + j] === 0);
  });
  const values = cells.map(({ column }) => (columns[column].categories ? 0 : columns[column].format?.date !== undefined ? 20_000 : columns[column].type === "bounded" ? 46 : 1234.5678));
  return formatOfBytes(new Uint8Array()).write(table, [filledCells(table, columns, cells, values)]);
}

/** The text of the lines that filling changed, as bytes in Latin-1. */
const changed = (before: Uint8Array, after: Uint8Array): string[] => {
  const lines = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString("latin1").split("\n");
  return lines(after).filter((line, i) => line !== lines(before)[i]);
};

const expected: Record<string, { kinds: Record<string, string>; notes?: string[]; reading?: object; filled?: string }> = {
  "all-missing-and-constant.csv": {
    kinds: { a: "positive", empty: "left out", constant: "left out", y: "positive" },
    notes: ["empty: carried along, not modelled: it has no value", "constant: carried along, not modelled: every cell has the same value: type constant=categorical"],
    filled: "1234.6,,5,20.2",
  },
  "bools-and-yesno.csv": { kinds: { smoker: "binary False|True", consent: "binary NO|Yes", active: "binary N|Y", y: "positive" } },
  "codes-with-zeros.csv": { kinds: { zip: "left out", genotype: "categorical 001001|003001|003003", y: "positive" }, notes: ["zip: carried along, not modelled: codes that hardly repeat: type zip=categorical"], filled: "08816,001001,20.4" },
  "comment-and-title.csv": { kinds: { a: "positive", b: "positive", y: "positive" }, reading: { skipped: 2 }, notes: ['2 lines before the header are left alone: "# exported 2026-11-27 by lab system", "# units: cm"'] },
  "dates.csv": { kinds: { visit: "date yyyy-MM-dd", born: "date dd/MM/yyyy", y: "positive" }, filled: "2024-01-22,04/10/2024,25.2" },
  "dates-ordered.csv": { kinds: { admitted: "date yyyy-MM-dd", discharged: "date yyyy-MM-dd", days: "positive", cost: "positive" }, filled: "2021-03-31,2024-10-04,5,2611" },
  "dates-ordered-new.csv": { kinds: { admitted: "date yyyy-MM-dd", discharged: "date yyyy-MM-dd", days: "positive", cost: "positive" } },
  "decimal-comma.csv": { kinds: { length: "positive", weight: "positive", y: "positive" }, reading: { delimiter: ";", decimal: "," }, filled: "23,1;1234,6;21,8" },
  "decimal-comma-tab-utf16.txt": { kinds: { größe: "positive", name: "categorical José|Jürgen|Zoë", y: "positive" }, reading: { encoding: "utf-16le", delimiter: "\t", decimal: "," }, filled: "\x001\x002\x003\x004\x00,\x006\x00\t\x00Z\x00o\x00ë\x00\t\x001\x007\x00,\x009\x00\r\x00" },
  "identifier.csv": {
    kinds: { patient_id: "left out", email: "left out", a: "positive", y: "positive" },
    notes: ["patient_id: carried along, not modelled: an identifier: whole numbers that never repeat: type patient_id=positive", "email: carried along, not modelled: texts that hardly repeat: type email=categorical"],
  },
  "index-column.csv": { kinds: { "column 1": "left out", a: "positive", b: "positive", y: "positive" }, notes: ["column 1: carried along, not modelled: row labels: type column 1=positive"] },
  "missing-tokens.csv": {
    kinds: { a: "positive", b: "positive", c: "positive", d: "positive", y: "positive" },
    notes: ["a: \"None\" is taken for missing, because the rest are numbers or dates: keep None", "b: \".\" is taken for missing, because the rest are numbers or dates: keep .", "d: \"missing\" is taken for missing, because the rest are numbers or dates: keep missing", "d: \"-\" is taken for missing, because the rest are numbers or dates: keep -"],
    filled: "17.6,22.6,1234.6,22.2,19.5",
  },
  "padded-and-case.csv": { kinds: { a: "positive", b: "positive", grade: "binary A|b", y: "positive" }, notes: ['grade: "A" and "a", "b" and "B" are one level each; spellings can be kept apart: type grade=categorical'] },
  "sentinels.csv": {
    kinds: { age: "real", lab: "positive", y: "positive" },
    notes: ['age: 7 cells are -999, far outside the rest (20 to 79); if that means "missing", say so: missing age=-999', 'lab: 10 cells are 9999, far outside the rest (19.1 to 48.9); if that means "missing", say so: missing lab=9999'],
  },
  "sentinel-option.csv": {
    kinds: { temp: "real", dew: "real", load: "positive" },
    notes: ['temp: 24 cells are -999, far outside the rest (-23.8 to 30.3); if that means "missing", say so: missing temp=-999', 'dew: 21 cells are -999, far outside the rest (-23.9 to 27.3); if that means "missing", say so: missing dew=-999'],
  },
  "small-comma.csv": { kinds: { h: "positive", w: "positive" }, reading: { delimiter: ";", decimal: "," }, notes: ["h: only 3 cells have a value", "w: only 2 cells have a value"], filled: "1,82;1234,6" },
  "small-text.csv": { kinds: { age: "positive", sbp: "positive" }, notes: ['age: "unknown" is taken for missing, because the rest are numbers or dates: keep unknown'], filled: "1235,119" },
  "small-tiny.csv": { kinds: { age: "positive", height: "positive" }, filled: "1235,178.6" },
  "small-zip.csv": { kinds: { zip: "categorical 01101|01202|01303|01404|01505|01606|01707|01808|01909|02010|02111", rent: "positive" }, filled: "01101,950" },
  "space-delimited.txt": { kinds: { a: "positive", b: "positive", y: "positive" }, reading: { delimiter: " " } },
  "thousands-percent-currency.csv": { kinds: { income: "positive", rate: "bounded", price: "positive", y: "positive" }, filled: '"1,235",46%,$26.90,22.5' },
  "trailing-comma.csv": { kinds: { a: "positive", b: "positive", y: "positive", "column 4": "left out" }, notes: ["column 4: carried along, not modelled: it has no name and no value"], filled: "24.2,1234.6,19.5," },
  "whole-and-bounded.csv": { kinds: { children: "ordinal 0|1|2|3|4|5|7|8", visits: "positive", score_percent: "bounded", likert: "ordinal 1|2|3|4|5|6|7|8|9|10|11", y: "positive" } },
  "windows-1252.csv": { kinds: { city: "categorical Köln|Málaga|ód", größe: "positive", y: "positive" }, reading: { encoding: "windows-1252" }, notes: ["the text is not UTF-8 and is read as Windows-1252; if letters look wrong, name the encoding"] },
  "zero-inflated.csv": { kinds: { age: "positive", claims: "positive" } },
};

describe("each file: what it is read as, what is said, and the file with its holes filled", () => {
  it.each(Object.keys(expected))("%s", async (name) => {
    const table = read(name);
    const decisions = decide(table);
    const { schema } = decisions;
    expect({ kinds: kinds(decisions), notes: notes(decisions), reading: schema.reading }).toMatchObject({ kinds: expected[name].kinds, notes: expected[name].notes ?? [], reading: expected[name].reading ?? {} });
    // nothing to fill: the same bytes
    expect(Buffer.from(await formatOfBytes(new Uint8Array()).write(table, [() => undefined])).equals(bytesOf(name))).toBe(true);
    const out = await filled(table, schema);
    if (expected[name].filled !== undefined) expect(changed(bytesOf(name), out).map((line) => line.replace(/\r$/, ""))).toContain(expected[name].filled);
    // what was filled is read back as it was meant, and nothing else changed
    const again = parseTable(out, { before: schema.reading });
    const [first, second] = [codeTable(table, schema), codeTable(again, schema)];
    expect([...second.observedX, ...second.observedY].every((seen) => seen === 1)).toBe(true);
    const differing = Array.from(first.x.keys()).filter((i) => first.observedX[i] === 1 && first.x[i] !== second.x[i]);
    expect(differing).toEqual([]);
    expect(again.line(again.rows - 1)).toBe(table.line(table.rows - 1));
  });
  it("one-typo.csv: an error with row and column", () => {
    expect(message(() => decide(read("one-typo.csv")))).toMatchInlineSnapshot(`"row 19, column "a": expected a number, got "12.5O"; add "12.5O" to the missing tokens, or set the column's type to "categorical"."`);
  });
  it("missing-tokens.csv: every hole is found", () => {
    const table = read("missing-tokens.csv");
    expect(table.columns.map((_, j) => Array.from({ length: table.rows }, (__, i) => Number(table.isMissing(i, j))).reduce((a, b) => a + b))).toEqual([16, 19, 25, 28, 0]);
  });
  it("none is left out", () => expect(readdirSync(folder).filter((name) => name !== "README.md" && name !== "one-typo.csv" && !(name in expected))).toEqual([]));
});

describe("what was declared is remembered", () => {
  it("by the schema: a later table is read alike", () => {
    const { schema } = decide(read("sentinel-option.csv", { missing: ["-999"] }));
    expect(schema.reading).toMatchObject({ missing: ["-999"] });
    const later = read("sentinel-option.csv", readAlike(schema.reading, {}));
    expect(holes(later, schema)).toBe(45);
    // and by the columns, where the table was read without knowing the model
    expect(holes(read("sentinel-option.csv"), schema)).toBe(45);
  });
  it("dates that are new are no unknown levels", () => {
    const dates = decide(read("dates-ordered.csv")).schema;
    const later = read("dates-ordered-new.csv");
    const coded = codeTable(later, dates);
    expect(coded.warnings).toEqual([]);
    const cells = Array.from({ length: 3 * coded.rows }, (_, i) => later.cell(Math.floor(i / 3), i % 3));
    expect(Array.from(coded.observedX)).toEqual(cells.map((cell) => Number(cell !== "")));
  });
  it("a later table with other marks is read by its own, and a warning says so", () => {
    const comma = decide(read("decimal-comma.csv")).schema;
    const later = parseTable("length;weight;y\n22.3;41.5;1.5\n23.1;40.25;2.5\n");
    const coded = codeTable(later, comma);
    expect(coded.warnings).toEqual([
      'column "length": this table writes its numbers otherwise than the training rows; they are read as 1234.5, where the model had 1234,5.',
      'column "weight": this table writes its numbers otherwise than the training rows; they are read as 1234.5, where the model had 1234,5.',
      'column "y": this table writes its numbers otherwise than the training rows; they are read as 1234.5, where the model had 1234,5.',
    ]);
    expect(coded.x[0]).toBe(codeTable(read("decimal-comma.csv"), comma).x[0]);
  });
  it("schema files without these fields still open", () => {
    const old = inferSchema(parseTable("a,b\n1.5,x\n2.5,y\n-3.5,x\n"), { targets: ["b"] });
    delete old.reading;
    expect(holes(parseTable("a,b\n1.5,x\n-,y\n"), old)).toBe(1);
  });
});
