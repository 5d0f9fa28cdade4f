import { describe, expect, it } from "vitest";
import { codeTable, gunzip, inferSchema, parseSchema, parseSplits, parseTable, testRows, TableError, SchemaError, type Schema } from "../../src/data/index.ts";

const good = "a,b,c\n1.5,x,0\n2.5,y,1\n3.5,x,0\n-1.25,y,1\n";
const message = (work: () => unknown): string => {
  try {
    work();
  } catch (cause) {
    expect(cause).toBeInstanceOf(TableError);
    return (cause as Error).message;
  }
  return "no error";
};

describe("tables that cannot be read", () => {
  const cases: Record<string, [string | Uint8Array, RegExp]> = {
    "empty file": ["", /the file is empty/],
    "blank lines only": ["\n\n", /the file is empty/],
    "header without rows": ["a,b\n", /a header but no rows/],
    "a row too short": ["a,b\n1,2\n3\n", /row 3: expected 2 fields, got 1/],
    "a row too long": ["a,b\n1,2,3\n", /row 2: expected 2 fields, got 3/],
    "duplicate header": ["a,a\n1,2\n", /row 1, column "a": the name stands twice/],
    "unnamed column": ["a,\n1,2\n", /column 2 has no name/],
    "open quote": ['a,b\n"1,2\n3,4\n', /row 2: a quoted field is not closed/],
    "text after a quote": ['a,b\n"1"2,3\n', /after a quoted field/],
    "binary garbage": [Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 1, 2), /this is a ZIP archive or an Excel workbook/],
    "invalid UTF-8": [Uint8Array.of(0x61, 0x2c, 0xff, 0xfe, 0x0a), /row 1: the text is not valid UTF-8/],
    "a huge field": [`a,b\n${"x".repeat(1_100_000)},2\n`, /a field of 1100000 characters/],
  };
  for (const [name, [input, expected]] of Object.entries(cases)) it(name, () => expect(message(() => parseTable(input, { source: "t.csv" }))).toMatch(expected));

  it("all problems at once, named with the file, at most twenty written out", () => {
    const text = `a,b\n${"1\n".repeat(30)}`;
    const lines = message(() => parseTable(text, { source: "t.csv" })).split("\n");
    expect(lines[0]).toBe('t.csv, row 2: expected 2 fields, got 1; check the delimiter (",") and the quotes.');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("and 10 more.");
  });

  it("a delimiter of two characters", () => expect(message(() => parseTable(good, { delimiter: "::" }))).toMatch(/must be one character/));
  it("gzip data that is cut off", async () => {
    await expect(gunzip(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), "t.csv.gz")).rejects.toThrow("the gzip data is damaged or cut off");
  });
});

describe("columns that cannot be described", () => {
  const infer = (text: string, options: Partial<Parameters<typeof inferSchema>[1]> = {}): string => message(() => inferSchema(parseTable(text), { targets: [], source: "t.csv", ...options }));
  const numbers = Array.from({ length: 60 }, (_, i) => `${i}.5`);
  it("unknown target", () => expect(infer(good, { targets: ["z"] })).toMatch(/column "z": there is no such column; there are "a", "b", "c"/));
  it("unknown column in --type", () => expect(infer(good, { types: { z: "real" } })).toMatch(/column "z"/));
  it("all cells missing", () => expect(infer("a,b\n,1\nNA,2\n?,3\n")).toMatch(/column "a": every cell is missing; leave the column out/));
  it("a text among numbers, with row and what to do", () => {
    expect(infer(`a\n${numbers.join("\n")}\nn/a\n`)).toBe('t.csv, row 62, column "a": expected a number, got "n/a"; add "n/a" to the missing tokens (--missing), or use --type "a=categorical".');
  });
  for (const word of ["Infinity", "-inf", "1e999"]) it(`${word} among numbers`, () => expect(infer(`a\n${numbers.join("\n")}\n${word}\n`)).toContain(`expected a number, got "${word}"`));
  it("text in a column that the user calls real", () => expect(infer(good, { types: { b: "real" } })).toMatch(/row 2, column "b": expected a number, got "x"/));
  it("negative values in a column that the user calls positive", () => expect(infer(good, { types: { a: "positive" } })).toMatch(/a positive column holds -1\.25/));
  it("a binary column with three levels", () => expect(infer("a\nx\ny\nz\n", { types: { a: "binary" } })).toMatch(/has 3 in the training rows/));
  it("a million categories", () => expect(infer(`id,b\n${Array.from({ length: 1_000_000 }, (_, i) => `k${i},${i % 7}`).join("\n")}`)).toMatch(/column "id": more than 1000 different texts, .*--type "id=ignore"/));
  it("only a target", () => expect(infer("y\n1\n2\n", { targets: ["y"] })).toMatch(/no column is left as a feature/));
  it("everything ignored", () => expect(infer(good, { types: { a: "ignore", b: "ignore", c: "ignore" } })).toMatch(/no column is left/));
});

describe("odd tables that are right", () => {
  const coded = (text: string, options: Parameters<typeof parseTable>[1] = {}) => {
    const table = parseTable(text, options);
    return codeTable(table, inferSchema(table, { targets: [] }));
  };
  it("one row", () => expect(coded("a,b\n1.5,x\n")).toMatchObject({ rows: 1, features: 2 }));
  it("a constant continuous column is coded 0", () => {
    const table = parseTable(`a,b\n${Array.from({ length: 20 }, (_, i) => `7.25,${i}`).join("\n")}`);
    expect(Array.from(codeTable(table, inferSchema(table, { targets: [], types: { a: "real" } })).x).filter((_, i) => i % 2 === 0)).toEqual(new Array(20).fill(0));
  });
  it("NaN, NA, ?, null and empty are missing, in any case", () => expect(Array.from(coded("a,b\nNaN,1\nna,2\n?,3\nNULL,4\n,5\n6,6\n").observedX)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1]));
  it("a token of the user's is missing", () => expect(coded("a,b\n-999,1\n5,2\n", { missing: ["-999"] }).observedX[0]).toBe(0));
  it("semicolons, BOM, CRLF, quotes with line breaks", () => {
    const table = parseTable('\ufeffa;"b ""x"""\r\n1;"two\r\nlines"\r\n2;plain\r\n');
    expect(table.columns).toEqual(["a", 'b "x"']);
    expect([table.rows, table.cell(0, 1), table.line(1)]).toEqual([2, "two\r\nlines", 4]);
  });
  it("a file without header", () => expect(parseTable("1,2\n3,4\n").columns).toEqual(["column 1", "column 2"]));
});

describe("schemas that are not valid", () => {
  const schema = (change: (schema: Schema) => void): string => {
    const value = inferSchema(parseTable(good), { targets: ["c"] });
    change(value);
    return message(() => parseSchema(JSON.stringify(value)));
  };
  it("not JSON", () => expect(message(() => parseSchema("{"))).toMatch(/not valid JSON/));
  it("null", () => expect(message(() => parseSchema("null"))).toMatch(/expected \{"version": 1/));
  it("another version", () => expect(schema((s) => void ((s as { version: number }).version = 2))).toMatch(/got version 2/));
  it("unknown type", () => expect(schema((s) => void (s.columns[0].type = "complex" as never))).toMatch(/column "a": expected type .* got "complex"/));
  it("unknown role", () => expect(schema((s) => void (s.columns[0].role = "boss" as never))).toMatch(/expected role/));
  it("no deviation", () => expect(schema((s) => void ((s.columns[0].type = "real"), (s.columns[0].mean = 0), (s.columns[0].std = 0)))).toMatch(/expected std to be a number above 0, got 0/));
  it("binary with one category", () => expect(schema((s) => void (s.columns[2].categories = ["0"]))).toMatch(/has 2 categories, got 1/));
  it("a category twice", () => expect(schema((s) => void (s.columns[1].categories = ["x", "x"]))).toMatch(/a category stands twice/));
  it("a column twice", () => expect(schema((s) => void s.columns.push(s.columns[0]))).toMatch(/column "a": the column stands twice/));
  it("all problems in one SchemaError", () => {
    expect(() => parseSchema('{"version":1,"columns":[{"name":"a"},{"name":"","role":"feature","type":"real"}]}')).toThrow(SchemaError);
    expect(message(() => parseSchema('{"version":1,"columns":[{"name":"a"},{"name":"","role":"feature","type":"real"}]}')).split("\n").length).toBeGreaterThanOrEqual(4);
  });
});

describe("tables that do not fit the schema", () => {
  const schema = inferSchema(parseTable(`a,b,c\n${Array.from({ length: 30 }, (_, i) => `${i}.5,${i % 2 ? "x" : "y"},${i}`).join("\n")}`), { targets: ["c"] });
  it("a feature is missing", () => expect(message(() => codeTable(parseTable("a,c\n1,2\n"), schema))).toMatch(/column "b": the table lacks this feature/));
  it("text in a number column", () => expect(message(() => codeTable(parseTable("a,b\nfoo,x\n2,y\n"), schema))).toMatch(/row 2, column "a": expected a number, got "foo"/));
  it("a missing target is unobserved, unknown columns and unseen levels are warned of", () => {
    const table = codeTable(parseTable("a,b,zz\n1.5,q,1\n-2.5,x,2\n"), schema);
    expect(Array.from(table.observedY)).toEqual([0, 0]);
    expect(Array.from(table.observedX)).toEqual([1, 0, 0, 1]);
    expect(table.warnings).toHaveLength(3);
  });
});

describe("splits files that do not fit", () => {
  it("wrong number of rows", () => expect(message(() => parseSplits("fold,a\n0,1\n", ["a"], 2))).toMatch(/has 1 rows, the table 2/));
  it("a feature is missing", () => expect(message(() => parseSplits("fold,a\n0,1\n", ["a", "b"], 1))).toMatch(/column "b"/));
  it("neither 0 nor 1", () => expect(message(() => parseSplits("fold,a\n0,2\n", ["a"], 1))).toMatch(/row 2, column "a": expected 0 or 1, got "2"/));
  it("a fold that is not there", () => expect(message(() => testRows(parseSplits("fold,a\n0,1\n3,1\n", ["a"], 2), 1))).toMatch(/there is no fold 1 in the splits file; it has 0, 3/));
});
