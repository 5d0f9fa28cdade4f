import { readFileSync } from "node:fs";
import { parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { describe, expect, it } from "vitest";
import { parseTable, readParquet, TableError, writeColumns, writeParquet, writeParquetColumns, writeTable, type RawTable, type Replace } from "../../../src/data/index.ts";
import { parquetFile, schemaOf } from "./files.ts";

const fixture = new Uint8Array(readFileSync(new URL("every-type.parquet", import.meta.url)));
const none: Replace = () => undefined;
const fill = (texts: Record<string, string>): Replace => {
  const entries = new Map(Object.entries(texts));
  return (row, column) => entries.get(`${row},${column}`);
};

/** What hyparquet itself makes of a file: its rows, and its schema as far as it says what values mean. */
async function readBack(bytes: Uint8Array): Promise<{ rows: Record<string, unknown>[]; schema: Partial<SchemaElement>[] }> {
  const file = bytes.slice().buffer;
  const schema = parquetMetadata(file).schema.slice(1).map(({ name, type, type_length, repetition_type, converted_type, logical_type, scale, precision }) => ({
    // the same is said by the converted type; see write.ts
    name, type, type_length, repetition_type, converted_type, logical_type: logical_type?.type === "INTEGER" ? undefined : logical_type, scale, precision,
  }));
  return { rows: await parquetReadObjects({ file, compressors }), schema };
}

describe("a table from Parquet, written as Parquet", () => {
  it("keeps every type and every value", async () => {
    const bytes = await writeParquet(await readParquet(fixture), [none]);
    expect(await readBack(bytes)).toEqual(await readBack(fixture));
    expect(await writeParquet(await readParquet(bytes), [none])).toEqual(bytes);
  });

  it("keeps what other programs noted in the footer", async () => {
    const notes = (bytes: Uint8Array) => parquetMetadata(bytes).key_value_metadata;
    expect(notes(fixture)?.map(({ key }) => key)).toEqual(["ARROW:schema"]);
    expect(notes(await writeParquet(await readParquet(fixture), [none]))).toEqual(notes(fixture));
  });

  it("fills nulls in every type with the nearest value there is", async () => {
    const table = await readParquet(fixture);
    const at = (name: string): string => `2,${table.columns.indexOf(name)}`;
    const texts: Record<string, string> = {
      bool: "false", i8: "1000", u8: "-3.2", u16: "12.5", i32: "-7.6", u32: "4000000000", i64: "9007199254740993", u64: "18446744073709551615",
      f16: "0.1", f32: "0.1", f64: "1e-7", dec9: "1.005", dec38: "-2.5", text: 'a "b"', colour: "green",
      date: "2000-02-29", ms: "2020-01-31T12:34:56.7", us: "1969-12-31T23:59:59.999999", ns: "2020-01-31 12:34:56", utc: "2020-01-31T12:34:56.789123Z",
      time32: "00:00:01", time64: "23:59:59.000001", nothing: "0.25",
    };
    const filled = await readParquet(await writeParquet(table, [fill(Object.fromEntries(Object.entries(texts).map(([name, text]) => [at(name), text])))]));
    expect(Object.fromEntries(filled.columns.map((name, column) => [name, filled.cell(2, column)]))).toMatchInlineSnapshot(`
      {
        "bool": "false",
        "colour": "green",
        "date": "2000-02-29",
        "dec38": "-2.50000000",
        "dec9": "1.00",
        "f16": "0.1",
        "f32": "0.1",
        "f64": "1e-7",
        "i32": "-8",
        "i64": "9007199254740993",
        "i8": "127",
        "ms": "2020-01-31T12:34:56.7",
        "nothing": "0.25",
        "ns": "2020-01-31T12:34:56",
        "same": "5",
        "text": "a "b"",
        "time32": "00:00:01",
        "time64": "23:59:59.000001",
        "u16": "13",
        "u32": "4000000000",
        "u64": "18446744073709551615",
        "u8": "0",
        "us": "1969-12-31T23:59:59.999999",
        "utc": "2020-01-31T12:34:56.789123Z",
      }
    `);
    for (const row of [0, 1, 3, 4]) for (const [column, name] of table.columns.entries()) expect(filled.cell(row, column), name).toBe(table.cell(row, column));
  });

  it("keeps NaN, infinities, -0 and the bits of floats; a filled NaN is filled", async () => {
    const values = [Number.NaN, -0, Number.POSITIVE_INFINITY, 0.1 + 0.2, 5e-324, Number.NaN];
    const table = await readParquet(parquetFile([{ name: "x", data: values, type: "DOUBLE", nullable: false }, { name: "f", data: values, type: "FLOAT" }]));
    const { rows, schema } = await readBack(await writeParquet(table, [fill({ "5,0": "1.5", "0,1": "0.3" })]));
    expect(rows.map(({ x }) => x)).toEqual([Number.NaN, -0, Number.POSITIVE_INFINITY, 0.1 + 0.2, 5e-324, 1.5]);
    expect(rows.map(({ f }) => f)).toEqual([Math.fround(0.3), -0, Number.POSITIVE_INFINITY, Math.fround(0.1 + 0.2), 0, Number.NaN]);
    expect(schema.map(({ type, repetition_type }) => `${type} ${repetition_type}`)).toEqual(["DOUBLE REQUIRED", "FLOAT OPTIONAL"]);
  });

  it("texts stay byte for byte: BOM, line breaks, quotes, JSON", async () => {
    const texts = ["\ufeffa", "b\r\nc", '{"a":  1}', "\u0000", " "];
    const table = await readParquet(parquetFile([{ name: "t", data: texts, type: "STRING" }, { name: "j", data: [1, 2, 3, 4, 5], type: "INT32" }]));
    const copy = await readParquet(await writeParquet(table, [none]));
    expect(texts.map((_, row) => copy.cell(row, 0))).toEqual(texts);
    const json: SchemaElement = { name: "j", type: "BYTE_ARRAY", converted_type: "JSON", repetition_type: "OPTIONAL" };
    const documents = await readParquet(parquetFile([{ name: "j", data: [{ a: 1 }, null, [1, "x"]] }], { schema: schemaOf(1, json) }));
    const back = await readBack(await writeParquet(documents, [none]));
    expect(back.rows).toEqual([{ j: { a: 1 } }, { j: null }, { j: [1, "x"] }]);
    expect(back.schema[0].converted_type).toBe("JSON");
  });

  it("other types: UUIDs, decimals in whole numbers and of any length, times of older files", async () => {
    const optional = { repetition_type: "OPTIONAL" } as const;
    const schema = schemaOf(5,
      { name: "id", type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, logical_type: { type: "UUID" }, ...optional },
      { name: "price", type: "INT32", converted_type: "DECIMAL", scale: 2, precision: 5, ...optional },
      { name: "long", type: "BYTE_ARRAY", converted_type: "DECIMAL", scale: 3, precision: 30, ...optional },
      { name: "day", type: "INT32", converted_type: "DATE", ...optional },
      { name: "then", type: "INT64", converted_type: "TIMESTAMP_MICROS", ...optional },
    );
    const file = parquetFile([
      { name: "id", data: ["123e4567-e89b-12d3-a456-426614174000", null] },
      { name: "price", data: [-12345n, null] },
      { name: "long", data: [-(10n ** 25n), null] },
      { name: "day", data: [-1, null] },
      { name: "then", data: [-1n, null] },
    ], { schema });
    const table = await readParquet(file);
    expect(table.columns.map((_, column) => table.cell(0, column))).toEqual(["123e4567-e89b-12d3-a456-426614174000", "-123.45", "-10000000000000000000000.000", "1969-12-31", "1969-12-31T23:59:59.999999Z"]);
    expect(await readBack(await writeParquet(table, [none]))).toEqual(await readBack(file));
    const full = await readParquet(await writeParquet(table, [fill({ "1,0": "00000000-0000-0000-0000-00000000000A", "1,1": "99999", "1,2": "0.0005", "1,3": "0001-01-01", "1,4": "2000-01-01" })]));
    expect(full.columns.map((_, column) => full.cell(1, column))).toEqual(["00000000-0000-0000-0000-00000000000a", "999.99", "0.001", "0001-01-01", "2000-01-01T00:00:00Z"]);
  });

  it("dates and times beyond the calendar stay as they are", async () => {
    const days: SchemaElement = { name: "d", type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" };
    const moments: SchemaElement = { name: "t", type: "INT64", converted_type: "TIMESTAMP_MICROS", repetition_type: "REQUIRED" };
    const table = await readParquet(parquetFile([{ name: "d", data: [2 ** 31 - 1, -(2 ** 31)] }, { name: "t", data: [2n ** 63n - 1n, -(2n ** 63n)] }], { schema: schemaOf(2, days, moments) }));
    expect([0, 1].map((row) => [table.cell(row, 0), table.cell(row, 1)])).toEqual([["2147483647", "9223372036854775807"], ["-2147483648", "-9223372036854775808"]]);
    const back = await readParquet(await writeParquet(table, [none]));
    expect(writeTable(back, none)).toBe(writeTable(table, none));
  });

  it("more rows than a row group holds", async () => {
    const rows = 250_001;
    const data = Array.from({ length: rows }, (_, i) => (i % 10 === 3 ? null : i));
    const bytes = await writeParquet(await readParquet(parquetFile([{ name: "i", data, type: "INT32" }])), [(row) => (row % 10 === 3 ? "7" : undefined)]);
    expect(parquetMetadata(bytes).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([100_000, 100_000, 50_001]);
    const back = await readParquet(bytes);
    expect([back.rows, back.cell(3, 0), back.cell(250_000, 0)]).toEqual([rows, "7", "250000"]);
  });

  it("what a column cannot hold is said once for each column", async () => {
    const table = await readParquet(parquetFile([{ name: "yes", data: [true, null, null], type: "BOOLEAN" }, { name: "n", data: [1, null, 3], type: "INT32" }]));
    const writing = writeParquet(table, [fill({ "1,0": "perhaps", "2,0": "maybe", "1,1": "red" })]);
    await expect(writing).rejects.toBeInstanceOf(TableError);
    await expect(writing).rejects.toThrowErrorMatchingInlineSnapshot(`
      [TableError: column "yes": the file's column holds true and false and cannot hold "perhaps"; write the result as CSV, or convert the column.
      column "n": the file's column holds whole numbers of 32 bits and cannot hold "red"; write the result as CSV, or convert the column.]
    `);
  });
});

describe("a table from CSV, written as Parquet", () => {
  const kinds = async (table: RawTable, replace = none) => {
    const { rows, schema } = await readBack(await writeParquet(table, [replace]));
    return { rows, types: Object.fromEntries(schema.map(({ name, type }) => [name, type])) };
  };

  it("whole numbers, numbers and texts; missing cells are null, filled ones are filled", async () => {
    const csv = 'n;x;t;key;big;none;m\n1;1.50;a;007;12345678901234567890;;NA\n-2;;"b ""c""";12;1;NA;3\n;1e-3; d;;2;?;-0\n';
    const { rows, types } = await kinds(parseTable(csv), fill({ "2,0": "5", "1,1": "0.25" }));
    expect(types).toEqual({ n: "INT64", x: "DOUBLE", t: "BYTE_ARRAY", key: "BYTE_ARRAY", big: "BYTE_ARRAY", none: "BYTE_ARRAY", m: "DOUBLE" });
    expect(rows).toEqual([
      { n: 1n, x: 1.5, t: "a", key: "007", big: "12345678901234567890", none: null, m: null },
      { n: -2n, x: 0.25, t: 'b "c"', key: "12", big: "1", none: null, m: 3 },
      { n: 5n, x: 0.001, t: "d", key: null, big: "2", none: null, m: -0 },
    ]);
  });

  it("numbers that the device cannot hold, hexadecimal and infinite ones", async () => {
    const { rows, types } = await kinds(parseTable("a,b,c\n1e300,0x10,inf\n2.5,1,1\n"));
    expect(types).toEqual({ a: "DOUBLE", b: "BYTE_ARRAY", c: "BYTE_ARRAY" });
    expect(rows[0]).toEqual({ a: 1e300, b: "0x10", c: "inf" });
  });

  it("several completions one below the other, with a column that counts them", async () => {
    const table = parseTable("a,b\n1,\n2,x\n");
    const { rows } = await readBack(await writeParquet(table, [fill({ "0,1": "y" }), fill({ "0,1": "z" })], "imputation"));
    expect(rows.map((row) => Object.values(row))).toEqual([[1n, 1n, "y"], [1n, 2n, "x"], [2n, 1n, "z"], [2n, 2n, "x"]]);
    expect(Object.keys(rows[0])).toEqual(["imputation", "a", "b"]);
    await expect(writeParquet(table, [none], "a")).rejects.toThrowErrorMatchingInlineSnapshot(`[TableError: column "a": the table has a column of this name, which is to count the completions; rename it.]`);
  });
});

describe("columns of results", () => {
  const columns = [
    { name: "row", cells: ["2", "3"] },
    { name: "sd", kind: "number" as const, cells: [undefined, undefined] },
    { name: "p", kind: "text" as const, cells: ['x="1"; y=0', undefined] },
    { name: "target, first", kind: "text" as const, cells: ["1", "2"] },
  ];

  it("as CSV and as Parquet", async () => {
    expect(writeColumns(columns)).toBe('row,sd,p,"target, first"\n2,,"x=""1""; y=0",1\n3,,,2\n');
    const { rows, schema } = await readBack(await writeParquetColumns(columns));
    expect(schema.map(({ type }) => type)).toEqual(["INT64", "DOUBLE", "BYTE_ARRAY", "BYTE_ARRAY"]);
    expect(rows).toEqual([{ row: 2n, sd: null, p: 'x="1"; y=0', "target, first": "1" }, { row: 3n, sd: null, p: null, "target, first": "2" }]);
  });

  it("without any row", async () => {
    const empty = columns.map((column) => ({ ...column, cells: [] }));
    expect(writeColumns(empty)).toBe('row,sd,p,"target, first"\n');
    expect((await readBack(await writeParquetColumns(empty))).rows).toEqual([]);
  });
});
