import { describe, expect, it } from "vitest";
import { codeTable, featureColumns, filledCells, inferSchema, parseTable, writeTableBytes } from "../../src/data/index.ts";
import { encodeText } from "../../src/data/text/encoding.ts";
import { message } from "./table-error-of.ts";

const grid = (text: string | Uint8Array, options: Parameters<typeof parseTable>[1] = {}): string[][] => {
  const table = parseTable(text, options);
  return [[...table.columns], ...Array.from({ length: table.rows }, (_, row) => table.columns.map((_, column) => table.cell(row, column)))];
};

describe("encodings are told by the bytes", () => {
  const text = "größe;name\n1,5;Zoë\n2,5;José\n";
  const read = [["größe", "name"], ["1,5", "Zoë"], ["2,5", "José"]];
  it.each([["utf-8", text], ["utf-8", `\ufeff${text}`], ["utf-16le", `\ufeff${text}`], ["utf-16be", `\ufeff${text}`], ["utf-16le", text], ["utf-16be", text], ["windows-1252", text]])("%s %j", (encoding, content) => {
    const bytes = encodeText(content, encoding);
    const table = parseTable(bytes);
    expect(grid(bytes)).toEqual(read);
    expect(table.reading.encoding).toBe(encoding);
    expect(writeTableBytes(table, () => undefined)).toEqual(bytes);
  });
  it("another one is named, and kept for later tables", () => {
    const bytes = encodeText("имя;x\nда;1\nнет;2\n", "windows-1251");
    const table = parseTable(bytes, { encoding: "windows-1251" });
    expect(table.columns[0]).toBe("имя");
    expect(parseTable(bytes, { before: table.reading }).columns[0]).toBe("имя");
    expect(parseTable(encodeText("имя;x\nда;1\n"), { before: table.reading }).columns[0]).toBe("имя");
    expect(message(() => parseTable(bytes, { encoding: "klingon" }))).toMatchInlineSnapshot(`"there is no encoding "klingon"; use utf-8, utf-16le, windows-1252 or another name."`);
  });
  it("of two bytes a character comes back as it was", () => {
    const bytes = Uint8Array.of(...[0x6e, 0x2c, 0x78, 0x0a], ...[0x93, 0xfa, 0x96, 0x7b], ...[0x2c, 0x31, 0x0a, 0xb1, 0x2c, 0x32, 0x0a]); // "n,x", "日本,1", "ｱ,2" in Shift_JIS
    const table = parseTable(bytes, { encoding: "shift_jis" });
    expect(grid(bytes, { encoding: "shift_jis" })).toEqual([["n", "x"], ["日本", "1"], ["ｱ", "2"]]);
    expect(writeTableBytes(table, () => undefined)).toEqual(bytes);
    expect(writeTableBytes(table, (row, column) => (row === 1 && column === 0 ? "日" : undefined)).subarray(-5)).toEqual(Uint8Array.of(0x93, 0xfa, 0x2c, 0x32, 0x0a));
  });
  it("of one byte a character comes back whatever the byte", () => {
    const bytes = Uint8Array.from([..."a,b\n"].map((letter) => letter.charCodeAt(0)).concat([255, 44, 49, 10, 255, 255, 44, 50, 10]));
    expect(writeTableBytes(parseTable(bytes), () => undefined)).toEqual(bytes);
  });
  it("a letter that the encoding lacks is told when it is written", () => {
    const table = parseTable(encodeText("a;b\né;1\n;2\n", "windows-1252"));
    expect(message(() => writeTableBytes(table, (row, column) => (row === 1 && column === 0 ? "Ж" : undefined)))).toMatchInlineSnapshot(`""Ж" cannot be written in windows-1252, the encoding of the table; save the table as UTF-8 first."`);
  });
});

describe("where the table begins", () => {
  const read = [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]];
  const rows = "a,b\n1,2\n3,4\n5,6\n";
  it.each([
    ["comments", `# made by hand\n#\n${rows}`], ["a comment with commas", `# a, b, c\n${rows}`], ["a title", `Report of May\n\n${rows}`], ["Excel's sep=", `sep=,\n${rows}`], ["blank lines", `\n \n${rows}`], ["pipes", rows.replaceAll(",", "|")], ["runs of blanks", " a   b\n1  2\n 3 4 \n5    6\n"],
  ])("after %s", (_, text) => expect(grid(text)).toEqual(read));
  it("a title that is as wide as the table", () => expect(grid("Report;;\nx;y;z\n1;2;3\n4;5;6\n")[0]).toEqual(["x", "y", "z"]));
  it("a header that begins with # is none the less one", () => expect(grid("#chrom\tpos\nchr1\t5\nchr2\t6\n")[0]).toEqual(["#chrom", "pos"]));
  it("sentences are no columns", () => expect(grid("name\nAnn Lee\nBo Ray\n")).toEqual([["name"], ["Ann Lee"], ["Bo Ray"]]));
  it("row names without a name, as R writes them", () => expect(grid('"a" "b"\n"1" 2.5 3\n"2" 3.5 4\n')).toEqual([["column 1", "a", "b"], ["1", "2.5", "3"], ["2", "3.5", "4"]]));
  it("decimal commas between semicolons without a header", () => expect(grid("1,5;2,5\n3,5;4,5\n")).toEqual([["column 1", "column 2"], ["1,5", "2,5"], ["3,5", "4,5"]]));
});

describe("names", () => {
  it("that stand twice are made distinct, with a note", () => {
    const table = parseTable("a,a,a (2),a\n1,2,3,4\n");
    expect(table.columns).toEqual(["a", "a (3)", "a (2)", "a (4)"]);
    expect(table.notes.map(({ text }) => text)).toEqual(['two columns are called "a"; the later one, column 2, is called "a (3)" here', 'two columns are called "a"; the later one, column 4, is called "a (4)" here']);
  });
  it("that are missing are made up", () => expect(parseTable("a,,column 2\n1,2,3\n").columns).toEqual(["a", "column 2 (2)", "column 2"]));
});

it("numbers and dates in every dialect come back as they were filled in", () => {
  for (const delimiter of [",", ";", "\t", "|", " "])
    for (const decimal of [".", ","])
      for (const thousands of ["", "'", decimal === "," ? "." : ","])
        for (const lineBreak of ["\n", "\r\n"])
          for (const encoding of ["utf-8", "utf-16le", "utf-16be", "windows-1252"]) {
            const number = (value: number): string => {
              const [whole, fraction] = value.toFixed(2).split(".");
              const text = `${whole.replace(/\B(?=(\d{3})+$)/g, thousands)}${decimal}${fraction}`;
              return text.includes(delimiter) ? `"${text}"` : text;
            };
            const values = Array.from({ length: 30 }, (_, i) => 17.25 * i * i + 1.5);
            const lines = values.map((value, i) => [i % 5 === 2 ? "NA" : number(value), i % 7 === 3 ? "NA" : `${String(1 + (i % 28)).padStart(2, "0")}/05/2024`, `"é${i % 3}"`].join(delimiter));
            const bytes = encodeText([["x", "day", "kind"].join(delimiter), ...lines, ""].join(lineBreak), encoding);
            const where = JSON.stringify([delimiter, decimal, thousands, lineBreak, encoding]);
            const table = parseTable(bytes);
            const schema = inferSchema(table, { targets: [], source: where });
            expect(schema.columns.map(({ type, format }) => format?.date ?? type), where).toEqual(["positive", "dd/MM/yyyy", "categorical"]);
            const coded = codeTable(table, schema);
            expect(Array.from(coded.x.keys()).filter((i) => i % 3 === 0 && coded.observedX[i] === 1 && Math.abs(Math.expm1(coded.x[i] * schema.columns[0].std! + schema.columns[0].mean!) - values[i / 3]) > 1e-3 * values[i / 3]), where).toEqual([]);
            const holes = Array.from(coded.observedX.keys()).filter((i) => coded.observedX[i] === 0).map((i) => ({ row: Math.floor(i / 3), column: i % 3 }));
            const filled = writeTableBytes(table, filledCells(table, featureColumns(schema), holes, holes.map(({ column }) => (column === 0 ? 4321.5 : 19_860))));
            const again = parseTable(filled, { before: schema.reading });
            expect([again.columns, again.rows], where).toEqual([table.columns, table.rows]);
            expect([again.cell(2, 0), again.cell(3, 1)], where).toEqual([number(4321.5).replaceAll('"', ""), "17/05/2024"]);
          }
});
