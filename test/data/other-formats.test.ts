import { describe, expect, it } from "vitest";
import { formatOfName, readTableBytes, TableError, type RawTable, type Replace } from "../../src/data/index.ts";

const csv = "id,age,day,group,smoker\nP1,41,2024-01-05,a,true\nP2,,2024-02-06,b,false\nP3,38.5,,,true\nP4,29,2023-12-31,b,\n";
const endings = ["xlsx", "arrow", "arrows", "json", "jsonl", "parquet"];
const source = (): Promise<RawTable> => readTableBytes(new TextEncoder().encode(csv));
const written = async (table: RawTable, ending: string, replace: Replace = () => undefined): Promise<Uint8Array> => formatOfName(`t.${ending}`).write(table, [replace], undefined, `t.${ending}`);
const cells = (table: RawTable): string[][] => Array.from({ length: table.rows }, (_, row) => table.columns.map((__, column) => (table.observedCell(row, column) ?? "").toLowerCase()));
const message = (bytes: Uint8Array): Promise<string> => readTableBytes(bytes, { source: "t" }).then(() => "read", (cause: unknown) => (cause instanceof TableError ? cause.message : `no TableError: ${(cause as Error).stack}`));

describe("tables in other formats", () => {
  it.each(endings)("%s: what is written is found by its bytes and read back the same", async (ending) => {
    const table = await source();
    const again = await readTableBytes(await written(table, ending));
    expect(again.format).toBe(formatOfName(`t.${ending}`).name);
    expect(again.columns).toEqual(table.columns);
    expect(cells(again)).toEqual(cells(table));
  });

  it.each(endings)("%s: holes are filled, all other cells stay, and so do the kinds of the columns", async (ending) => {
    const table = await readTableBytes(await written(await source(), ending));
    const fills: Record<string, string> = { "1,1": "33.5", "2,2": "2024-03-01", "2,3": "c", "3,4": ending === "xlsx" ? "TRUE" : "true" };
    const again = await readTableBytes(await written(table, ending, (row, column) => fills[`${row},${column}`]));
    const expected = cells(table);
    for (const [place, text] of Object.entries(fills)) expected[Number(place[0])][Number(place[2])] = text.toLowerCase();
    expect(cells(again)).toEqual(expected);
    expect(again.columns.map((_, column) => again.readingOf(column).kind)).toEqual(["text", "number", "date", "text", "text"]);
  });

  it.each(endings)("%s: a file that is cut off or has a flipped bit is read or refused, without a stack", { timeout: 60_000 }, async (ending) => {
    const bytes = await written(await source(), ending);
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
      expect(await message(bytes.subarray(0, at))).not.toContain("no TableError");
      const flipped = bytes.slice();
      flipped[at] ^= 1 << (at % 8);
      expect(await message(flipped)).not.toContain("no TableError");
    }
  });

  it("JSON keeps its text but for the values that are filled in", async () => {
    const text = '[\n  {"a": 1.50, "b": null},\n  {"b": "x"},\n  {"a": NaN, "b": "y"}\n]\n';
    const table = await readTableBytes(new TextEncoder().encode(text));
    const filled = await written(table, "json", (row, column) => (table.isMissing(row, column) ? (column === 0 ? "2.5" : "z") : undefined));
    expect(new TextDecoder().decode(filled)).toBe('[\n  {"a": 1.50, "b": "z"},\n  {"b": "x", "a": 2.5},\n  {"a": 2.5, "b": "y"}\n]\n');
  });

  it("what is no table is named, with what to do", async () => {
    const text = (content: string): Promise<string> => message(new TextEncoder().encode(content));
    expect(await message(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2))).toMatchInlineSnapshot(`"t: this is a workbook of old Excel (.xls), or one with a password; save it as .xlsx without a password, or export it as CSV."`);
    expect(await text('{"a": {"0": 1}, "b": {"0": 2}}')).toMatchInlineSnapshot(`"t: expected records, [{"age": 41, ...}, ...] or one on each line, got an object of columns; write it so: in pandas, to_json(orient="records")."`);
    expect(await text('[{"a": 1},\n{"a": }]')).toMatchInlineSnapshot(`"t, row 2: the JSON is damaged or cut off at letter 7 of the line: "}" is not expected here."`);
    expect(await text(`[${"[".repeat(100_000)}`)).toContain("expected records");
  });
});
