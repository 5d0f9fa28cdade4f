import { readFileSync } from "node:fs";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { codeTable, gzip, inferSchema, parseTable, readParquet, readTableBytes, TableError, writeParquet, writeTable, type RawTable } from "../../../src/data/index.ts";
import { smallCsv } from "../../cli/run.ts";
import { parquetFile, schemaOf } from "./files.ts";

const fixture = new Uint8Array(readFileSync(new URL("every-type.parquet", import.meta.url)));
const asCsv = (table: RawTable): string => writeTable(table, () => undefined);

describe("a file of another implementation", () => {
  it("every type as text; nulls and NaN are missing", async () => {
    const table = await readParquet(fixture);
    expect(asCsv(table)).toMatchInlineSnapshot(`
      "bool,i8,u8,u16,i32,u32,i64,u64,f16,f32,f64,dec9,dec38,text,colour,date,ms,us,ns,utc,time32,time64,nothing,same
      true,-128,255,65535,-2147483648,4294967295,-9223372036854775808,18446744073709551615,0.1,0.1,0.1,1234567.89,123456789012345678901234567890.12345678,"a,b",red,2020-01-31,2020-01-31T12:34:56.789,2020-01-31T12:34:56.789123,2020-01-31T12:34:56.789123,2020-01-31T12:34:56.789123Z,12:34:56.789,23:59:59.999999,,5
      false,127,0,0,2147483647,0,9223372036854775807,0,0.3333,3.4e+38,1.7976931348623157e+308,-0.01,-0.00000001,,blue,1969-12-31,1969-12-31T23:59:59.999,1969-12-31T23:59:59.999999,1969-12-31T23:59:59.999999,2020-01-31T12:34:56.789123Z,12:34:56.789,23:59:59.999999,,5
      ,,,,,,,,,,,,,,,,,,,,,,,5
      false,1,1,1,1,1,1,1,6e-8,NaN,NaN,12.30,1.00000000,"""q""",red,0001-01-01,2020-01-31T12:34:56.789,2020-01-31T12:34:56.789123,2020-01-31T12:34:56.789123,2020-01-31T12:34:56.789123Z,12:34:56.789,23:59:59.999999,,5
      true,2,2,2,2,2,2,2,-2.5,0.33333334,0.3333333333333333,-9999999.99,-1.00000000,é中😀,red,9999-12-31,2020-01-31T12:34:56.789,2020-01-31T12:34:56.789123,2020-01-31T12:34:56.789123,2020-01-31T12:34:56.789123Z,12:34:56.789,23:59:59.999999,,5
      "
    `);
    expect(table.columns.filter((_, column) => table.isMissing(3, column))).toEqual(["f32", "f64", "nothing"]);
    // the texts "" of row 2 and null of row 3
    expect([1, 2].map((row) => table.isMissing(row, table.columns.indexOf("text")))).toEqual([true, true]);
  });
});

describe("files in all forms", () => {
  const words = ["a,b", "", null, '"q"', "\u00e9\u4e2d\ud83d\ude00", " x ", "7"];
  const numbers = [1.5, null, Number.NaN, -0, 5e-324, Number.POSITIVE_INFINITY, 0.1];
  const columns = [
    { name: "w", data: words, type: "STRING" },
    { name: "x", data: numbers, type: "DOUBLE" },
    { name: "n", data: [1n, null, -5n, 2n ** 63n - 1n, 0n, 0n, 3n], type: "INT64" },
    { name: "yes", data: [true, false, null, true, true, false, false], type: "BOOLEAN" },
  ] as const;
  const copy = (): Parameters<typeof parquetFile>[0] => columns.map((column) => ({ ...column, data: [...column.data] }));
  const expected = 'w,x,n,yes\n"a,b",1.5,1,true\n,,,false\n,NaN,-5,\n"""q""",0,9223372036854775807,true\n\u00e9\u4e2d\ud83d\ude00,5e-324,0,true\n" x ",Infinity,0,false\n7,0.1,3,false\n';

  for (const codec of ["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4_RAW"] as const) {
    it(`${codec}, in one row group and in groups of two`, async () => {
      expect(asCsv(await readParquet(parquetFile(copy(), { codec })))).toBe(expected);
      expect(asCsv(await readParquet(parquetFile(copy(), { codec, rowGroupSize: 2 })))).toBe(expected);
    });
  }

  it("dictionaries, delta and split encodings", async () => {
    const rows = 500;
    const data = {
      colour: Array.from({ length: rows }, (_, i) => ["red", "green", null][i % 3]),
      name: Array.from({ length: rows }, (_, i) => `name ${i}`),
      i: Array.from({ length: rows }, (_, i) => i * 3 - 100),
      f: Array.from({ length: rows }, (_, i) => Math.fround(i / 7)),
    };
    const table = await readParquet(parquetFile([
      { name: "colour", data: data.colour, type: "STRING", encoding: "RLE_DICTIONARY" },
      { name: "name", data: data.name, type: "STRING", encoding: "DELTA_BYTE_ARRAY" },
      { name: "i", data: data.i, type: "INT32", encoding: "DELTA_BINARY_PACKED" },
      { name: "f", data: data.f, type: "FLOAT", encoding: "BYTE_STREAM_SPLIT" },
    ], { rowGroupSize: 170 }));
    for (let row = 0; row < rows; row++) {
      expect(table.observedCell(row, 0)).toBe(data.colour[row] ?? undefined);
      expect(table.cell(row, 1)).toBe(data.name[row]);
      expect(Number(table.cell(row, 2))).toBe(data.i[row]);
      expect(Math.fround(Number(table.cell(row, 3)))).toBe(data.f[row]);
    }
  });

  it("names that are odd: dots, quotes, __proto__, spaces stay", async () => {
    const names = ["a.b", '"q", c', "__proto__", "constructor", " x "];
    const table = await readParquet(parquetFile(names.map((name, i) => ({ name, data: [i, i + 1], type: "INT32" }))));
    expect(table.columns).toEqual(names);
    expect(names.map((_, column) => table.cell(1, column))).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("columns of nulls alone, and of one value", async () => {
    const table = await readParquet(parquetFile([{ name: "none", data: [null, null, null], type: "DOUBLE" }, { name: "one", data: [2, 2, 2], type: "INT32" }]));
    expect(asCsv(table)).toBe("none,one\n,2\n,2\n,2\n");
  });

  it("texts that are missing tokens, and those that the caller names", async () => {
    const table = await readParquet(parquetFile([{ name: "a", data: ["NA", "?", "n/a", "x"], type: "STRING" }, { name: "b", data: [-999, 1, 2, 3], type: "INT32" }]), { missing: ["n/a", "-999"] });
    expect([0, 1, 2, 3].map((row) => table.observedCell(row, 0))).toEqual([undefined, undefined, undefined, "x"]);
    expect(table.isMissing(0, 1)).toBe(true);
  });

  it("rows are counted from 1, and messages say so", async () => {
    const table = await readParquet(parquetFile([{ name: "a", data: ["1", "2", "foo", "4"], type: "STRING" }, { name: "b", data: [1, 2, 3, 4], type: "DOUBLE" }]));
    expect([table.line(0), table.line(3), table.counts]).toEqual([1, 4, "row"]);
    const schema = { version: 1 as const, columns: [{ name: "a", role: "feature" as const, type: "real" as const, mean: 0, std: 1 }] };
    expect(() => codeTable(table, schema, { source: "t.parquet" })).toThrow('t.parquet, row 3, column "a": expected a number, got "foo"');
  });

  it("a table is described and coded alike from CSV and from Parquet", async () => {
    const csv = parseTable(smallCsv(90));
    const table = await readParquet(await writeParquet(csv, [() => undefined]));
    expect(table.columns).toEqual(csv.columns);
    const schema = inferSchema(csv, { targets: ["y"] });
    // a number by itself has no zeros at the end of its decimals
    const asNumbers = schema.columns.map((column) => (column.decimals ? { ...column, dropsZeros: true } : column));
    expect(inferSchema(table, { targets: ["y"] }).columns).toEqual(asNumbers);
    expect(codeTable(table, schema)).toEqual(codeTable(csv, schema));
  });
});

describe("readTableBytes", () => {
  it("sees by the bytes whether a file is Parquet or text, gzipped or not", async () => {
    const csv = new TextEncoder().encode("a,b\n1,x\n2,y\n");
    const parquet = parquetFile([{ name: "a", data: [1, 2], type: "INT32" }, { name: "b", data: ["x", "y"], type: "STRING" }]);
    for (const bytes of [csv, parquet, await gzip(csv), await gzip(parquet)]) expect(asCsv(await readTableBytes(bytes))).toBe("a,b\n1,x\n2,y\n");
    expect((await readTableBytes(csv, { header: false })).columns).toEqual(["column 1", "column 2"]);
  });
});

const element = (name: string, rest: Partial<SchemaElement> = {}): SchemaElement => ({ name, type: "INT32", repetition_type: "OPTIONAL", ...rest });

async function messageFor(bytes: Uint8Array): Promise<string> {
  try {
    await readTableBytes(bytes, { source: "t.parquet" });
  } catch (error) {
    expect(error).toBeInstanceOf(TableError);
    return (error as Error).message;
  }
  return expect.fail("the file was read");
}

describe("what is refused", () => {
  it("columns that are no cells, all at once and by name", async () => {
    const list = (name: string): SchemaElement[] => [
      { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" }, { name: "list", repetition_type: "REPEATED", num_children: 1 }, element("element"),
    ];
    const map: SchemaElement[] = [
      { name: "prices", repetition_type: "OPTIONAL", num_children: 1, converted_type: "MAP" }, { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
      element("key", { type: "BYTE_ARRAY", repetition_type: "REQUIRED" }), element("value"),
    ];
    const struct: SchemaElement[] = [{ name: "place", repetition_type: "OPTIONAL", num_children: 1 }, element("x")];
    const bytes = parquetFile([
      { name: "ok", data: [1] }, { name: "tags", data: [[1, 2]] }, { name: "prices", data: [[{ key: "a", value: 1 }]] }, { name: "place", data: [{ x: 1 }] },
      { name: "hash", data: [Uint8Array.of(1, 2, 3)] }, { name: "ok", data: [1] }, { name: "", data: [1] },
    ], { schema: schemaOf(7, element("ok"), ...list("tags"), ...map, ...struct, element("hash", { type: "FIXED_LEN_BYTE_ARRAY", type_length: 3 }), element("ok"), element("")) });
    expect(await messageFor(bytes)).toMatchInlineSnapshot(`
      "t.parquet, column "ok": the name stands twice, at columns 1 and 6; rename one.
      t.parquet: column 7 has no name; name it.
      t.parquet, column "tags": the column holds lists. A cell of a table is one number or text: leave the column out of the file, or write its parts as columns of their own.
      t.parquet, column "prices": the column holds maps. A cell of a table is one number or text: leave the column out of the file, or write its parts as columns of their own.
      t.parquet, column "place": the column holds structs. A cell of a table is one number or text: leave the column out of the file, or write its parts as columns of their own.
      t.parquet, column "hash": the column holds raw bytes. Leave it out of the file, or write it as text."
    `);
  });

  it("bytes that are no text", async () => {
    const bytes = parquetFile([{ name: "a", data: [1, 2], type: "INT32" }, { name: "b", data: [Uint8Array.of(0xff, 0xfe), Uint8Array.of(1)], type: "BYTE_ARRAY" }]);
    expect(await messageFor(bytes)).toMatchInlineSnapshot(`"t.parquet, column "b": the column holds raw bytes. Leave it out of the file, or write it as text."`);
  });

  it("tables without rows or columns", async () => {
    expect(await messageFor(parquetFile([{ name: "a", data: [], type: "INT32" }]))).toMatchInlineSnapshot(`"t.parquet: there are columns but no rows; expected at least one."`);
    expect(await messageFor(parquetFile([]))).toMatchInlineSnapshot(`"t.parquet: the table has no columns; expected at least one."`);
  });

  it("codecs and encryption that cannot be read", async () => {
    expect(await messageFor(parquetFile([{ name: "a", data: [1, 2, 3], type: "INT32" }], { codec: "LZO" }))).toMatchInlineSnapshot(`"t.parquet: the data are compressed with LZO; write the file with Snappy, Zstandard or gzip."`);
    expect(await messageFor(new TextEncoder().encode("PARE....PARE"))).toMatchInlineSnapshot(`"t.parquet: this is an encrypted Parquet file, not a text table; export it as CSV in UTF-8."`);
  });

  it("more cells than fit into memory", async () => {
    const withRows = (inFooter: bigint, inGroup: bigint): Uint8Array => {
      const writer = new ByteWriter();
      const file = new ParquetWriter({ writer, schema: schemaOf(1, element("a")) });
      void file.write({ columnData: [{ name: "a", data: [1] }] });
      file.num_rows = inFooter;
      file.row_groups[0].num_rows = inGroup;
      void file.finish();
      return new Uint8Array(writer.getBuffer());
    };
    expect(await messageFor(withRows(10n ** 12n, 10n ** 12n))).toMatchInlineSnapshot(`"t.parquet: the table has 1000000000000 rows of 1 cells; the most is 100000000 cells. Split it."`);
    expect(await messageFor(withRows(3n, 1n))).toMatchInlineSnapshot(`"t.parquet: the Parquet file is damaged or cut off; get it again, or write it anew. (its parts and its footer differ on the number of rows)"`);
    expect(await messageFor(withRows(3n, 3n))).toMatchInlineSnapshot(`"t.parquet, column "a": the Parquet file is damaged or cut off; get it again, or write it anew. (2 cells are missing)"`);
  });

  it("files that are cut off, wherever", async () => {
    expect(await messageFor(fixture.subarray(0, 4))).toMatchInlineSnapshot(`"t.parquet: the Parquet file is damaged or cut off; get it again, or write it anew. (parquet file is too short)"`);
    expect(await messageFor(fixture.subarray(0, fixture.length - 1))).toMatchInlineSnapshot(`"t.parquet: the Parquet file is damaged or cut off; get it again, or write it anew. (parquet file invalid (footer != PAR1))"`);
    for (let length = 4; length < fixture.length; length += 97) expect(await messageFor(fixture.subarray(0, length))).toContain("the Parquet file is damaged or cut off");
  });

  it("files with a wrong byte anywhere end in a table or a TableError", async () => {
    let refused = 0;
    for (let i = 0; i < 400; i++) {
      const bytes = fixture.slice();
      bytes[4 + ((i * 7919) % (bytes.length - 8))] ^= 1 << (i % 8);
      try {
        await readParquet(bytes);
      } catch (error) {
        expect(error, String((error as Error).stack)).toBeInstanceOf(TableError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(30);
  });
});
