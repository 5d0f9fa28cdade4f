import { describe, expect, it } from "vitest";
import { parseTable, writeTable } from "../../src/data/index.ts";

const cells = (text: string, options: Parameters<typeof parseTable>[1] = {}): string[][] => {
  const table = parseTable(text, options);
  return Array.from({ length: table.rows }, (_, row) => table.columns.map((_, column) => table.cell(row, column)));
};

/** Numbers in [0, 1) from a linear congruential generator, so that a failure can be repeated. */
const generator = (seed: number): (() => number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

describe("dialects", () => {
  const expected = [["1.5", "x, y"], ["", "z"]];
  it("comma", () => expect(cells('a,b\n1.5,"x, y"\n,z\n')).toEqual(expected));
  it("semicolon", () => expect(cells("a;b\n1.5;x, y\n;z\n")).toEqual(expected));
  it("tab", () => expect(cells("a\tb\n1.5\tx, y\n\tz\n")).toEqual(expected));
  it("another delimiter, given", () => expect(cells("a|b\n1.5|x, y\n|z\n", { delimiter: "|" })).toEqual(expected));
  it("CRLF", () => expect(cells('a,b\r\n1.5,"x, y"\r\n,z\r\n')).toEqual(expected));
  it("CR alone", () => expect(cells('a,b\r1.5,"x, y"\r,z\r')).toEqual(expected));
  it("no line break at the end", () => expect(cells('a,b\n1.5,"x, y"\n,z')).toEqual(expected));
  it("BOM in front of a quoted name", () => expect(parseTable(new TextEncoder().encode('\ufeff"a",b\n1,2\n')).columns).toEqual(["a", "b"]));
  it("spaces around unquoted fields go, those in quotes stay", () => expect(cells('a , b\n 1.5 ," x "\n')).toEqual([["1.5", " x "]]));
  it("blank lines before, between and after rows", () => expect(cells('\n\r\na;b\n\n1.5;x, y\n \n;z\n\n\n')).toEqual(expected));
  it("a blank line of a single column is a missing cell", () => expect(cells("a\n1\n\n2\n")).toEqual([["1"], [""], ["2"]]));
  it("commas in a header of semicolons", () => expect(parseTable("time;size, mm;weight, g\n1;2;3\n").columns).toEqual(["time", "size, mm", "weight, g"]));
  it("decimal commas between semicolons", () => expect(cells("a;b\n1,5;2,5\n3,5;4,5\n")).toEqual([["1,5", "2,5"], ["3,5", "4,5"]]));
  it("a line break in a quoted name", () => expect(parseTable('"a\nb";c\n1;2\n').columns).toEqual(["a\nb", "c"]));
  it("characters outside the basic plane", () => expect(cells("név,😀\nő,\"𝒙\"\"\"\n")).toEqual([["ő", '𝒙"']]));
});

describe("header", () => {
  it("is found by a first line that is not all numbers", () => expect(parseTable("a,1\n2,3\n").columns).toEqual(["a", "1"]));
  it("is absent where the first line is all numbers", () => expect(cells("1,-2.5e3\n3,4\n")).toEqual([["1", "-2.5e3"], ["3", "4"]]));
  it("may be numbers, if the caller says so", () => expect(parseTable("2019,2020\n3,4\n", { header: true }).columns).toEqual(["2019", "2020"]));
  it("may be absent from texts, if the caller says so", () => expect(cells("x,y\nz,w\n", { header: false })).toEqual([["x", "y"], ["z", "w"]]));
  it("without a header, a blank first line is a row", () => expect(cells("\n1\n", { header: false })).toEqual([[""], ["1"]]));
});

describe("missing cells", () => {
  const missing = (cell: string, tokens: string[] = []): boolean => parseTable(`a,b\n${cell},1\n`, { missing: tokens }).isMissing(0, 0);
  it.each(["", " ", '""', "NA", "na", "NaN", "nan", "?", "null", "NULL", '"NA"', " NA ", "N/A", "n/a", "#N/A", "<NA>", "-nan", "1.#QNAN"])("%j is missing", (cell) => expect(missing(cell)).toBe(true));
  it.each(["0", "nada", "nope", "NAN1", "-1", "??", "unknown", ".", "-", "None"])("%j is not", (cell) => expect(missing(cell)).toBe(false));
  it("tokens of the user's: texts in any case, numbers as numbers", () => {
    expect(missing("Lost", ["lost", "-999"])).toBe(true);
    for (const cell of ['"-999"', "-999.0", "-999.00", " -999"]) expect(missing(cell, ["lost", " -999 "])).toBe(true);
    expect(missing("-99", ["-999"])).toBe(false);
    expect(missing("NA", ["-999"])).toBe(true);
  });
  it("tokens of one column", () => {
    const table = parseTable("a,b\n-9,-9\n1,2\n", { missing: ["a=-9"] });
    expect([table.isMissing(0, 0), table.isMissing(0, 1)]).toEqual([true, false]);
  });
  it("a usual word is a value where the user says so", () => {
    const table = parseTable("country\nNA\nDE\n", { keep: ["NA"] });
    expect(table.observedCell(0, 0)).toBe("NA");
  });
});

it("a line is counted from 1, header, blank lines and quoted line breaks included", () => {
  const table = parseTable('\n"a\r\nb",c\n\n"x\ny\rz",1\n2,3\n');
  expect([table.line(0), table.line(1)]).toEqual([5, 8]);
});

it("200 random tables in random dialects: every cell comes back, and the text byte for byte", () => {
  const pieces = ["a", "1", ".", "-", " ", ",", ";", "\t", '"', "\n", "\r\n", "\r", "é", "😀", "NA", "?"];
  for (let seed = 1; seed <= 200; seed++) {
    const next = generator(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)];
    const [delimiter, lineBreak] = [pick([",", ";", "\t"]), pick(["\n", "\r\n", "\r"])];
    const width = 2 + Math.floor(next() * 4);
    const grid = Array.from({ length: 1 + Math.floor(next() * 8) }, () => Array.from({ length: width }, () => Array.from({ length: Math.floor(next() * 5) }, () => pick(pieces)).join("")));
    const quoted = (cell: string): string => (/[",;\t\r\n]|^\s|\s$/.test(cell) || next() < 0.2 ? `"${cell.split('"').join('""')}"` : cell);
    const lines = [grid[0].map((_, i) => `name ${i}`), ...grid].map((row) => row.map(quoted).join(delimiter));
    const text = `${pick(["", "\ufeff"])}${lines.join(lineBreak)}${pick(["", lineBreak])}`;
    const table = parseTable(new TextEncoder().encode(text));
    expect(grid.map((row, i) => row.map((_, j) => table.cell(i, j))), `seed ${seed}: ${JSON.stringify(text)}`).toEqual(grid);
    expect(writeTable(table, () => undefined)).toBe(text);
    // filling the missing cells changes these cells alone
    const filled = parseTable(writeTable(table, (row, column) => (table.isMissing(row, column) ? ' f"i' : undefined)), { delimiter, header: true });
    const missing = (cell: string): boolean => ["", "na", "?"].includes(cell.trim().toLowerCase());
    expect(grid.map((row, i) => row.map((_, j) => filled.cell(i, j))), `seed ${seed}: ${JSON.stringify(text)}`).toEqual(grid.map((row) => row.map((cell) => (missing(cell) ? ' f"i' : cell))));
  }
});

it("300,000 rows of 10 columns are read to the last", () => {
  const line = "1.25,-3,abc,,\"q,r\",1e5,x,0,NA,7\n";
  const table = parseTable(`${Array.from({ length: 10 }, (_, i) => `c${i}`).join(",")}\n${line.repeat(300_000)}`);
  expect([table.rows, table.cell(299_999, 4), table.isMissing(299_999, 8), table.line(299_999)]).toEqual([300_000, "q,r", true, 300_001]);
});
