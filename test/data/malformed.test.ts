import { describe, expect, it } from "vitest";
import { codeTable, gunzip, inferSchema, parseSchema, parseSplits, parseTable, testRows, trainingRows, SchemaError, type Schema } from "../../src/data/index.ts";
import { message } from "./table-error-of.ts";

const good = "a,b,c\n1.5,x,0\n2.5,y,1\n3.5,x,0\n-1.25,y,1\n";

describe("tables that cannot be read", () => {
  it("empty file", () => expect(message(() => parseTable("", { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv: the file is empty; expected a header and at least one row."`));
  it("blank lines only", () => expect(message(() => parseTable("\n\n", { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv: the file is empty; expected a header and at least one row."`));
  it("header without rows", () => expect(message(() => parseTable("a,b\n", { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv: there is a header but no rows; expected at least one."`));
  it("a row too short", () => expect(message(() => parseTable("a,b\n1,2\n3\n", { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 3: expected 2 fields, got 1; check the delimiter (",") and the quotes."`));
  it("a row too long", () => expect(message(() => parseTable("a,b\n1,2,3\n", { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 2: expected 2 fields, got 3; check the delimiter (",") and the quotes."`));
  it("open quote", () => expect(message(() => parseTable('a,b\n"1,2\n3,4\n', { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 2: a quoted field is not closed before the end of the file; add the missing quote."`));
  it("text after a quote", () => expect(message(() => parseTable('a,b\n"1"2,3\n', { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 2: expected "," or the end of the line after a quoted field, got "2"."`));
  it("binary garbage", () => expect(message(() => parseTable(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 1, 2), { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv: this is a ZIP archive or an Excel workbook, not a text table; export it as CSV in UTF-8."`));
  it("invalid UTF-8", () => expect(message(() => parseTable(Uint8Array.of(0x61, 0x2c, 0x62, 0x0a, 0x81, 0x2c, 0x01, 0x0a), { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 2: the text is neither UTF-8 nor Windows-1252; name its encoding, or save the file as CSV in UTF-8."`));
  it("a huge field", () => expect(message(() => parseTable(`a,b\n${"x".repeat(1_100_000)},2\n`, { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 2: a field of 1100000 characters; the most is 1000000. Is a quote missing?"`));
  it("open quote in the header", () => expect(message(() => parseTable('"a,b\n1,2', { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 1: a quoted field is not closed before the end of the file; add the missing quote."`));
  it("a NUL character in a string", () => expect(message(() => parseTable("a,b\n1,2\n3,\0\n"))).toMatchInlineSnapshot(`"row 3: a NUL character: this is not a text table; export it as CSV in UTF-8."`));
  it("NUL bytes", () => expect(message(() => parseTable(Uint8Array.of(0x61, 0x0a, 0, 1, 2)))).toMatchInlineSnapshot(`"row 2: a NUL character: this is not a text table; export it as CSV in UTF-8."`));
  it("invalid UTF-8 far down names the line", () => expect(message(() => parseTable(Uint8Array.of(0x61, 0x0a, 0x31, 0x0d, 0x0a, 0xe4, 0x0a), { encoding: "utf-8" }))).toMatchInlineSnapshot(`"row 3: the text is not valid UTF-8; name its encoding, such as windows-1252."`));
  it("rows that follow a quoted line break keep their line numbers", () => expect(message(() => parseTable('a,b\n"x\ny\r\nz",2\n3\n'))).toMatchInlineSnapshot(`"row 5: expected 2 fields, got 1; check the delimiter (",") and the quotes."`));
  it("several kinds of problems together", () => expect(message(() => parseTable('a,a,\n1,2\n"1"x,2,3\n1,2,3,4\n"5', { source: "t.csv" }))).toMatchInlineSnapshot(`
    "t.csv, row 2: expected 3 fields, got 2; check the delimiter (",") and the quotes.
    t.csv, row 3: expected "," or the end of the line after a quoted field, got "x".
    t.csv, row 4: expected 3 fields, got 4; check the delimiter (",") and the quotes.
    t.csv, row 5: a quoted field is not closed before the end of the file; add the missing quote."
  `));
  it("all problems at once, named with the file; many of a kind are one line with three of them, and at most twenty lines are written out", () => {
    expect(message(() => parseTable(`a,b\n${"1\n".repeat(30)}`, { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv: 30 rows do not have 2 fields: 1 in row 2, 1 in row 3, 1 in row 4, ...; check the delimiter (",") and the quotes."`);
    const lines = message(() => parseTable(`a,b\n${'"1"x,2\n'.repeat(30)}`, { source: "t.csv" })).split("\n");
    expect(lines[0]).toBe('t.csv, row 2: expected "," or the end of the line after a quoted field, got "x".');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("and 10 more.");
  });


  it("a delimiter of two characters", () => expect(message(() => parseTable(good, { delimiter: "::" }))).toMatchInlineSnapshot(`"the delimiter must be one character such as "," or ";", or a blank for runs of blanks, got "::"."`));
  it("a quote as the delimiter", () => expect(message(() => parseTable(good, { delimiter: '"' }))).toMatchInlineSnapshot(`"the delimiter must be one character such as "," or ";", or a blank for runs of blanks, got "\\""."`));
  it("gzip data that is cut off", async () => {
    await expect(gunzip(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), "t.csv.gz")).rejects.toThrow("the gzip data is damaged or cut off");
  });
});

describe("columns that cannot be described", () => {
  const infer = (text: string, options: Partial<Parameters<typeof inferSchema>[1]> = {}): string => message(() => inferSchema(parseTable(text), { targets: [], source: "t.csv", ...options }));
  const numbers = Array.from({ length: 60 }, (_, i) => `${i}.5`);
  it("unknown target", () => expect(infer(good, { targets: ["z"] })).toMatchInlineSnapshot(`"t.csv, column "z": there is no such column; there are "a", "b", "c"."`));
  it("unknown column in --type", () => expect(infer(good, { types: { z: "real" } })).toMatchInlineSnapshot(`"t.csv, column "z": there is no such column; there are "a", "b", "c"."`));
  it("all cells missing", () => expect(infer("a,b\n,1\nNA,2\n?,3\n", { targets: ["a"] })).toMatchInlineSnapshot(`"t.csv, column "a": every cell is missing; leave the column out (type "ignore")."`));
  it("a text among numbers, with row and what to do", () => {
    expect(infer(`a\n${numbers.join("\n")}\nnope\n`)).toBe('t.csv, row 62, column "a": expected a number, got "nope"; add "nope" to the missing tokens, or set the column\'s type to "categorical".');
  });
  it("infinities among numbers", () => expect(infer(`a\n${numbers.join("\n")}\nInfinity\n-inf\n1e999\n1e39\n0x1F\n`)).toMatchInlineSnapshot(`"t.csv, column "a": 5 cells are no numbers: "Infinity" in row 62, "-inf" in row 63, "1e999" in row 64, ...; add them to the missing tokens, or set the column's type to "categorical"."`));
  it("infinities that are more than one cell in twenty", () => expect(infer("a\n1.5\n2.5\ninf\n-Infinity\n")).toMatchInlineSnapshot(`
    "t.csv, row 4, column "a": expected a number, got "inf" (2 of 4 cells are numbers); add "inf" to the missing tokens, or set the column's type to "categorical".
    t.csv, row 5, column "a": expected a number, got "-Infinity" (2 of 4 cells are numbers); add "-Infinity" to the missing tokens, or set the column's type to "categorical"."
  `));
  it("a target that is ignored", () => expect(infer(good, { targets: ["c"], types: { c: "ignore" } })).toMatchInlineSnapshot(`"t.csv, column "c": the column is both a target and ignored; choose one."`));
  it("an unknown type", () => expect(infer(good, { types: { a: "float" as never } })).toMatchInlineSnapshot(`"t.csv, column "a": unknown type "float"; use real, positive, bounded, count, binary, ordinal, categorical or ignore."`));
  it("no training rows", () => expect(infer(good, { rows: [] })).toMatchInlineSnapshot(`"t.csv: there are no training rows; expected at least two to learn from, and better some hundred."`));
  it("one training row", () => expect(infer("a,b\n1,2\n")).toMatchInlineSnapshot(`"t.csv: there is one training row; expected at least two to learn from, and better some hundred."`));
  it("a target of one value", () => {
    expect(infer("a,y\n1,yes\n2,yes\n3,\n4,yes\n", { targets: ["y"] })).toMatchInlineSnapshot(`"t.csv, column "y": every cell that has a value holds "yes": a target of one value leaves nothing to learn; choose another, or none."`);
    expect(infer("a,y\n1,5\n2,5.0\n3,5\n", { targets: ["y"], types: { y: "real" } })).toMatchInlineSnapshot(`"t.csv, column "y": every cell that has a value holds "5": a target of one value leaves nothing to learn; choose another, or none."`);
  });
  it("a target that is missing in the training rows alone", () => expect(infer("a,b\n,1\n,2\n3,3\n", { rows: [0, 1], targets: ["a"] })).toMatchInlineSnapshot(`"t.csv, column "a": every cell is missing in the 2 training rows; leave the column out (type "ignore")."`));
  it("200,000 problems", () => expect(infer(`a,b\n${"x,1\n".repeat(200_000)}`, { types: { a: "real" } })).toMatchInlineSnapshot(`"t.csv, column "a": 200000 cells are no numbers: "x" in row 2, "x" in row 3, "x" in row 4, ...; add them to the missing tokens."`));
  it("a long cell is cut in the message", () => expect(infer(`a\n${numbers.join("\n")}\n${"long ".repeat(100)}\n`)).toMatchInlineSnapshot(`"t.csv, row 62, column "a": expected a number, got "long long long long long long long long ..."; add "long long long long long long long long ..." to the missing tokens, or set the column's type to "categorical"."`));
  it("text in a column that the user calls real", () => expect(infer(good, { types: { b: "real" } })).toMatchInlineSnapshot(`"t.csv, column "b": 4 cells are no numbers: "x" in row 2, "y" in row 3, "x" in row 4, ...; add them to the missing tokens."`));
  it("negative values in a column that the user calls positive", () => expect(infer(good, { types: { a: "positive" } })).toMatchInlineSnapshot(`"t.csv, column "a": a positive column holds -1.25; set its type to "real"."`));
  it("negative values and fractions in a count", () => {
    expect(infer(good, { types: { a: "count" } })).toMatchInlineSnapshot(`"t.csv, column "a": a count column holds -1.25; set its type to "real"."`);
    expect(infer("a\n1\n2.5\n", { types: { a: "count" } })).toMatchInlineSnapshot(`"t.csv, column "a": a count column holds 2.5, which is no whole number; set its type to "positive"."`);
  });
  it("an ordinal column of texts, or of one level", () => {
    expect(infer(good, { types: { b: "ordinal" } })).toMatchInlineSnapshot(`"t.csv, column "b": levels of an ordinal column that are texts ("x", "y") have no order of their own; give a schema in which the column has the type "ordinal" and its categories stand in order, lowest first."`);
    expect(infer("a,b\n1,2\n1,3\n", { types: { a: "ordinal" } })).toMatchInlineSnapshot(`"t.csv, column "a": an ordinal column has at least 2 levels, this one has 1 in the training rows; leave it out (type "ignore")."`);
  });
  it("a binary column with three levels", () => expect(infer("a\nx\ny\nz\n", { types: { a: "binary" } })).toMatchInlineSnapshot(`"t.csv, column "a": a binary column has 2 levels, this one has 3 in the training rows; set its type to "categorical"."`));
  it("a million categories", () => expect(infer(`id,b\n${Array.from({ length: 1_000_000 }, (_, i) => `k${i},${i % 7}`).join("\n")}`, { targets: ["id"] })).toMatchInlineSnapshot(`"t.csv, column "id": more than 1000 different texts, too many for a categorical column; leave it out (type "ignore")."`));
  it("only a target", () => expect(infer("y\n1\n2\n", { targets: ["y"] })).toMatchInlineSnapshot(`"t.csv: every column is a target; at least one column must be left to predict from."`));
  it("everything ignored", () => expect(infer(good, { types: { a: "ignore", b: "ignore", c: "ignore" } })).toMatchInlineSnapshot(`"t.csv: no column is left as a feature, and at least one is needed; left out: "a", "b", "c". Give one of them a type."`));
  it("nothing but what is left out by itself", () => expect(infer(`id,kind,y\n${Array.from({ length: 12 }, (_, i) => `${i + 1},k,${(i * 7) % 5}\n`).join("")}`, { targets: ["y"] })).toMatchInlineSnapshot(`"t.csv: no column is left as a feature, and at least one is needed; left out: "id" (an identifier: whole numbers that never repeat), "kind" (every cell has the same value). Give one of them a type."`));
});

describe("odd tables that are right", () => {
  const coded = (text: string, options: Parameters<typeof parseTable>[1] = {}) => {
    const table = parseTable(text, options);
    return codeTable(table, inferSchema(table, { targets: [] }));
  };
  it("two rows", () => expect(coded("a,b\n1.5,x\n2.5,y\n")).toMatchObject({ rows: 2, features: 2 }));
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
  it("not JSON", () => expect(message(() => parseSchema("{"))).toMatch(/^schema\.json: not valid JSON: .*; make a new one with `hhvaem schema`\.$/));
  it("null", () => expect(message(() => parseSchema("null"))).toMatchInlineSnapshot(`"schema.json: expected {"version": 1, "columns": [...]}, got version nothing; make a new one with \`hhvaem schema\`."`));
  it("another version", () => expect(schema((s) => void ((s as { version: number }).version = 2))).toMatchInlineSnapshot(`"schema.json: expected {"version": 1, "columns": [...]}, got version 2; make a new one with \`hhvaem schema\`."`));
  it("unknown type", () => expect(schema((s) => void (s.columns[0].type = "complex" as never))).toMatchInlineSnapshot(`"schema.json, column "a": expected type "real", "positive", "bounded", "count", "binary", "ordinal", "categorical", got "complex"."`));
  it("unknown role", () => expect(schema((s) => void (s.columns[0].role = "boss" as never))).toMatchInlineSnapshot(`"schema.json, column "a": expected role "feature", "target" or "ignore", got "boss"."`));
  it("no deviation", () => expect(schema((s) => void ((s.columns[0].type = "real"), (s.columns[0].mean = 0), (s.columns[0].std = 0)))).toMatchInlineSnapshot(`"schema.json, column "a": expected std to be a number above 0, got 0."`));
  it("binary with one category", () => expect(schema((s) => void (s.columns[2].categories = ["0"]))).toMatchInlineSnapshot(`"schema.json, column "c": a binary column has 2 categories, got 1."`));
  it("ordinal with one category", () => expect(schema((s) => void Object.assign(s.columns[1], { type: "ordinal", categories: ["x"] }))).toMatchInlineSnapshot(`"schema.json, column "b": an ordinal column has at least 2 categories, lowest first, got 1."`));
  it("a count without deviation", () => expect(schema((s) => void Object.assign(s.columns[0], { type: "count", mean: 1, std: 0 }))).toMatchInlineSnapshot(`"schema.json, column "a": expected std to be a number above 0, got 0."`));
  it("a category twice", () => expect(schema((s) => void (s.columns[1].categories = ["x", "x"]))).toMatchInlineSnapshot(`"schema.json, column "b": a category stands twice."`));
  it("impossible decimals", () => expect(schema((s) => void (Object.assign(s.columns[0], { type: "real", mean: 0, std: 1, decimals: -1 })))).toMatchInlineSnapshot(`"schema.json, column "a": expected decimals to be a whole number from 0 to 100, got -1."`));
  it("a weight of 0", () => expect(schema((s) => void (s.columns[1].positiveWeight = 0))).toMatchInlineSnapshot(`"schema.json, column "b": expected positiveWeight to be above 0, got 0."`));
  it("categories that are no list", () => expect(schema((s) => void (s.columns[1].categories = "x" as never))).toMatchInlineSnapshot(`"schema.json, column "b": expected categories to be a list of texts."`));
  it("100,000 categories", () => expect(schema((s) => void ((s.columns[1].type = "categorical"), (s.columns[1].categories = Array.from({ length: 100_000 }, (_, i) => `k${i}`))))).toMatchInlineSnapshot(`"schema.json, column "b": 100000 categories; the most is 1000."`));
  it("a column that is null", () => expect(message(() => parseSchema('{"version":1,"columns":[null]}'))).toMatchInlineSnapshot(`"schema.json: columns[0] must be an object, got null."`));
  it("no columns", () => expect(message(() => parseSchema('{"version":1,"columns":[]}'))).toMatchInlineSnapshot(`"schema.json: no column has the role "feature"; at least one is needed."`));
  it("no feature", () => expect(schema((s) => s.columns.forEach((column) => (column.role = "target")))).toMatchInlineSnapshot(`"schema.json: no column has the role "feature"; at least one is needed."`));
  it("formats, missing texts and a reading that are none", () => {
    expect(schema((s) => void Object.assign(s.columns[0], { format: { decimal: ";" }, missing: "x", keep: [1] }))).toMatchInlineSnapshot(`
      "schema.json, column "a": expected format.decimal to be ",", or nothing for a point, got ";".
      schema.json, column "a": expected missing to be a list of texts, got "x".
      schema.json, column "a": expected keep to be a list of texts, got [1]."
    `);
    expect(schema((s) => void Object.assign(s.columns[0], { format: { date: "dd/yyyy" } }))).toMatchInlineSnapshot(`"schema.json, column "a": expected format.date to be a pattern such as "yyyy-MM-dd", got "dd/yyyy"."`);
    expect(schema((s) => void Object.assign(s, { reading: { delimiter: "::", decimal: "'", missing: "x", header: 1, dates: { a: "x" } } }))).toMatchInlineSnapshot(`
      "schema.json: expected reading.delimiter to be one character, got "::".
      schema.json: expected reading.decimal to be "." or ",", got "'".
      schema.json: expected reading.header to be true or false, got 1.
      schema.json: expected reading.missing to be a list of texts, got "x".
      schema.json: expected reading.dates to be patterns such as MM/dd/yyyy by column, got {"a":"x"}."
    `);
    expect(schema((s) => void Object.assign(s, { reading: null }))).toMatchInlineSnapshot(`"schema.json: expected reading to be an object, got null."`);
  });
  it("a column twice", () => expect(schema((s) => void s.columns.push(s.columns[0]))).toMatchInlineSnapshot(`"schema.json, column "a": the column stands twice."`));
  it("all problems in one SchemaError", () => {
    expect(() => parseSchema('{"version":1,"columns":[{"name":"a"},{"name":"","role":"feature","type":"real"}]}')).toThrow(SchemaError);
    expect(message(() => parseSchema('{"version":1,"columns":[{"name":"a"},{"name":"","role":"feature","type":"real"}]}')).split("\n").length).toBeGreaterThanOrEqual(4);
  });
});

describe("tables that do not fit the schema", () => {
  const schema = inferSchema(parseTable(`a,b,c\n${Array.from({ length: 30 }, (_, i) => `${i}.5,${i % 2 ? "x" : "y"},${i}`).join("\n")}`), { targets: ["c"] });
  it("all features are missing", () => expect(message(() => codeTable(parseTable("c,d\n1,2\n"), schema))).toMatchInlineSnapshot(`"the table has none of the model's features ("a", "b"); it has the columns "c", "d"."`));
  it("text in a number column", () => expect(message(() => codeTable(parseTable("a,b\nfoo,x\n2,y\n"), schema))).toMatchInlineSnapshot(`"row 2, column "a": expected a number, got "foo"; add "foo" to the missing tokens."`));
  it("200,000 texts in a number column", () => expect(message(() => codeTable(parseTable(`a,b\n${"foo,x\n".repeat(200_000)}`), schema))).toMatchInlineSnapshot(`"column "a": 200000 cells are no numbers: "foo" in row 2, "foo" in row 3, "foo" in row 4, ...; add them to the missing tokens."`));
  it("a value that float32 cannot hold once coded", () => {
    const narrow = parseSchema('{"version":1,"columns":[{"name":"a","role":"feature","type":"real","mean":0,"std":1e-30}]}');
    expect(message(() => codeTable(parseTable("a\n1e20\n"), narrow, { source: "t.csv" }))).toMatchInlineSnapshot(`"t.csv, row 2, column "a": 1e20 lies too far from the training rows' mean 0 (deviation 1e-30); correct it or the schema."`);
  });
  it("negative values and fractions in a count are missing, with a warning", () => {
    const counts = inferSchema(parseTable(`k,b\n${Array.from({ length: 9 }, (_, i) => `${i},${i}.5`).join("\n")}`), { targets: [], types: { k: "count" } });
    const table = codeTable(parseTable("k,b\n-1,1\n2.5,1\n3,1\n4.0,1\n"), counts);
    expect(Array.from(table.observedX).filter((_, i) => i % 2 === 0)).toEqual([0, 0, 1, 1]);
    expect(table.warnings).toMatchInlineSnapshot(`
      [
        "column "k": 1 negative values in a count column count as missing.",
        "column "k": 1 fractions in a count column count as missing.",
      ]
    `);
  });
  it("a missing target is unobserved, unknown columns and unseen levels are warned of", () => {
    const table = codeTable(parseTable("a,b,zz\n1.5,q,1\n-2.5,x,2\n"), schema);
    expect(Array.from(table.observedY)).toEqual([0, 0]);
    expect(Array.from(table.observedX)).toEqual([1, 0, 0, 1]);
    expect(table.warnings).toMatchInlineSnapshot(`
      [
        "columns that the model does not know are left alone: "zz".",
        "column "a": 1 negative values in a positive column count as missing.",
        "column "b": 1 cells hold levels that the training rows did not have ("q"); they count as missing.",
      ]
    `);
  });
});

describe("splits files that do not fit", () => {
  it("wrong number of rows", () => expect(message(() => parseSplits("fold,a\n0,1\n", ["a"], 2))).toMatchInlineSnapshot(`"splits: the splits file has 1 rows, the table 2; they must belong together."`));
  it("a feature is missing", () => expect(message(() => parseSplits("fold,a\n0,1\n", ["a", "b"], 1))).toMatchInlineSnapshot(`"splits, column "b": the splits file lacks this column; it has fold, a."`));
  it("neither 0 nor 1", () => expect(message(() => parseSplits("fold,a\n0,2\n", ["a"], 1))).toMatchInlineSnapshot(`"splits, row 2, column "a": expected 0 or 1, got "2"."`));
  it("folds that are no numbers", () => expect(message(() => parseSplits("fold,a\n-1,1\n1.5,0\n", ["a"], 2))).toMatchInlineSnapshot(`
    "splits, row 2, column "fold": expected a fold number, got "-1".
    splits, row 3, column "fold": expected a fold number, got "1.5"."
  `));
  it("no fold column", () => expect(message(() => parseSplits("a,b\n1,1\n", ["a"], 1, "splits.csv"))).toMatchInlineSnapshot(`"splits.csv, column "fold": the splits file lacks this column; it has a, b."`));
  it("a fold that holds every row", () => expect(message(() => trainingRows(parseSplits("fold,a\n0,1\n0,1\n", ["a"], 2), 0))).toMatchInlineSnapshot(`"every row is in fold 0 of the splits file; none is left for training."`));
  it("a fold that is not there", () => expect(message(() => testRows(parseSplits("fold,a\n0,1\n3,1\n", ["a"], 2), 1))).toMatchInlineSnapshot(`"there is no fold 1 in the splits file; it has 0, 3."`));
});
