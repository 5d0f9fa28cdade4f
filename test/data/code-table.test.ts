import { describe, expect, it } from "vitest";
import { codeTable, decodeValue, formatValue, inferSchema, parseTable, selectRows, withQuantiles, writeTable, type Column } from "../../src/data/index.ts";
import { expectClose } from "../expect-close.ts";

const text = `real,positive,flag,kind,note,y
-1.5,0,no,b,n1,10
2.25,1000,yes,a,n2,
,3.5,no,c,n3,30
0.75,,,,n4,40
`;
const table = parseTable(text);
const schema = inferSchema(table, { targets: ["y"], types: { real: "real", positive: "positive", note: "ignore", y: "real" } });
const column = (name: string): Column => schema.columns.find((one) => one.name === name)!;

describe("coding", () => {
  const coded = codeTable(table, schema);
  it("is standardised for continuous columns, the level's index for discrete ones, 0 where missing", () => {
    const logs = [0, Math.log(1001), Math.log(4.5)];
    const mean = (logs[0] + logs[1] + logs[2]) / 3;
    const std = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    const real = [-2, 1.75, 0.25].map((value) => value / Math.sqrt((4 + 1.75 ** 2 + 0.25 ** 2) / 3));
    const [p0, p1, p2] = logs.map((value) => (value - mean) / std);
    expectClose(coded.x, [real[0], p0, 0, 1, real[1], p1, 1, 0, 0, p2, 0, 2, real[2], 0, 0, 0], { atol: 1e-6 });
    expect(Array.from(coded.observedX)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0]);
    expect(Array.from(coded.observedY)).toEqual([1, 0, 1, 1]);
    expect(coded).toMatchObject({ rows: 4, features: 4, targets: 1, warnings: [] });
  });
  it("observed training entries have mean 0 and deviation 1", () => {
    const values = Array.from({ length: 4 }, (_, row) => coded.x[4 * row]).filter((_, row) => coded.observedX[4 * row] === 1);
    expectClose([values.reduce((a, b) => a + b) / 3, values.reduce((a, b) => a + b * b, 0) / 3], [0, 1], { atol: 1e-6 });
  });
  it("of some rows is the same as some rows of the coding, in their order", () => {
    expect(codeTable(table, schema, { rows: [3, 0] })).toEqual(selectRows(coded, [3, 0]));
  });
  it("follows the schema's columns, in whatever order the file has them", () => {
    const other = parseTable("kind,extra,positive,flag,real\na,9,1000,yes,2.25\n");
    const row = codeTable(other, schema);
    expect(row.x).toEqual(selectRows(coded, [1]).x);
    expect(row.observedY[0]).toBe(0);
    expect(row.warnings).toEqual(['columns that the model does not know are left alone: "extra".']);
  });
  it("takes other spellings of a numeric level, and counts unseen levels by column", () => {
    const digits = inferSchema(parseTable(`n,t\n${"1,a\n2,b\n3,a\n".repeat(3)}`), { targets: [] });
    const odd = codeTable(parseTable("n,t\n1.0,a\n02,A\n4,c\n 3 ,b\n4,A\n"), digits);
    expect(Array.from(odd.observedX)).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 0, 1]);
    expect([odd.x[0], odd.x[2], odd.x[6]]).toEqual([0, 1, 2]);
    expect(odd.warnings).toEqual([
      'column "n": 2 cells hold levels that the training rows did not have ("4"); they count as missing.',
      'column "t": 1 cells hold levels that the training rows did not have ("c"); they count as missing.',
    ]);
  });
});

describe("decoding", () => {
  it("brings every observed cell back to its text", () => {
    const coded = codeTable(table, schema);
    ["real", "positive", "flag", "kind"].forEach((name, j) => {
      for (let row = 0; row < table.rows; row++) {
        const cell = table.cell(row, table.columns.indexOf(name));
        if (cell === "") continue;
        const value = formatValue(column(name), decodeValue(column(name), coded.x[4 * row + j]));
        expect(column(name).categories === undefined ? Number(value) : value).toBe(column(name).categories === undefined ? Number(cell) : cell);
      }
    });
  });
  it("positive values are never below 0", () => {
    expect(decodeValue(column("positive"), -100)).toBe(0);
    expect(decodeValue(column("real"), -100)).toBeLessThan(0);
  });
  it("keeps the small values of a positive column", () => expectClose([decodeValue({ name: "v", role: "feature", type: "positive", mean: 0, std: 1 }, 1e-12)], [1e-12], { rtol: 1e-9 }));
});

describe("writing values", () => {
  const real = (decimals?: number): Column => ({ name: "v", role: "feature", type: "real", mean: 0, std: 1, decimals });
  it("with the column's decimals", () => {
    expect(formatValue(real(2), 3.14159)).toBe("3.14");
    expect(formatValue(real(0), 2.7)).toBe("3");
    expect(formatValue(real(3), 2)).toBe("2.000");
  });
  it("without zeros at the end of decimals where cells have none", () => {
    const short: Column = { ...real(2), dropsZeros: true };
    expect([100, 86.2, 86.25, 86.199999, 0.001, -0.001, -10.5, 20].map((value) => formatValue(short, value))).toEqual(["100", "86.2", "86.25", "86.2", "0", "0", "-10.5", "20"]);
  });
  it("no minus before 0", () => expect([formatValue(real(1), -0.04), formatValue(real(0), -0.4), formatValue(real(1), -0.06)]).toEqual(["0.0", "0", "-0.1"]));
  it("with seven significant digits where the column has exponents", () => expect([formatValue(real(), 1.23456789e-20), formatValue(real(), 1234.56789)]).toEqual(["1.234568e-20", "1234.568"]));
  it("labels, quoted in the table where they have to be", () => {
    const source = 'a,b\n"x, ""1""",1\nplain,2\n" led",3\n,4\n,5\n,6\n';
    const odd = parseTable(source);
    const labels = inferSchema(odd, { targets: [] }).columns[0];
    expect(labels.categories).toEqual([" led", "plain", 'x, "1"']);
    const filled = writeTable(odd, (row, at) => (odd.isMissing(row, at) ? formatValue(labels, row - 3) : undefined));
    expect(filled).toBe('a,b\n"x, ""1""",1\nplain,2\n" led",3\n" led",4\nplain,5\n"x, ""1""",6\n');
  });
});

describe("numbers that differ in their last digits alone", () => {
  const values = Array.from({ length: 60 }, (_, i) => 9007199254740000 + ((i * 7) % 31));
  const fits = (texts: readonly string[]): Column => inferSchema(parseTable(`v,w\n${texts.map((text, i) => `${text},${i % 2}\n`).join("")}`), { targets: [] }).columns[0];
  it.each([
    ["whole numbers", values.map(String)],
    ["with exponents", values.map((value) => `${String(value)[0]}.${String(value).slice(1)}e15`)],
    ["fractions", values.map((value) => `1000000.0${String(value).slice(-2)}`)],
  ])("%s come back as they are from codes of 32 bits", (_, texts) => {
    const column = fits(texts);
    expect(column.type).toBe("real");
    const raw = parseTable(`v,w\n${texts.map((text) => `${text},1\n`).join("")}`);
    const narrow = { version: 1 as const, columns: [column] };
    const coded = codeTable(raw, narrow);
    expect(coded.warnings).toEqual(['columns that the model does not know are left alone: "w".']);
    expect(Math.max(...coded.x.map(Math.abs))).toBeLessThan(3);
    expect(Array.from(coded.x, (code) => Number(formatValue(column, decodeValue(column, code))))).toEqual(texts.map(Number));
    const { bins } = withQuantiles(narrow, coded).columns[0];
    for (const units of bins!.units) expect(Number(formatValue(column, units))).toBeGreaterThanOrEqual(Math.min(...texts.map(Number)));
  });
  it("of which there are few are atoms, exactly", () => {
    const few = values.map((value) => value - (value % 4));
    const column = fits(few.map(String));
    const schemaOf = { version: 1 as const, columns: [{ ...column, type: "real" as const, mean: few[0], std: 8, categories: undefined }] };
    const { bins } = withQuantiles(schemaOf, codeTable(parseTable(`v\n${few.join("\n")}\n`), schemaOf)).columns[0];
    expect(bins!.units).toEqual([...new Set(few)].sort((a, b) => a - b));
  });
});
