import { describe, expect, it } from "vitest";
import { codedAtoms, codeTable, codeValue, decodeValue, drawDecoder, drawLimits, fromScale, inferSchema, parseSchema, parseTable, readValue, SchemaError, TableError, toScale, type Column } from "../../src/data/index.ts";

const percent: Column = { name: "p", role: "feature", type: "bounded", bounds: [0, 100], mean: 0.2, std: 1.3, range: [2, 100] };

describe("a bounded column", () => {
  it("is coded on the logit scale and back, the bounds themselves finite, and nothing decodes beyond them", () => {
    for (const value of [0, 1e-3, 2, 50, 99.9, 100]) expect(decodeValue(percent, codeValue(percent, value))).toBeCloseTo(value, 9);
    expect(toScale(percent, 50)).toBeCloseTo(0, 12);
    // logit(0.01)
    expect(toScale(percent, 0)).toBeCloseTo(Math.log(0.01 / 0.99), 12);
    expect(fromScale(percent, -100)).toBe(0);
    expect(fromScale(percent, 100)).toBe(100);
    expect(toScale(percent, 101)).toBeNaN();
  });

  it("takes its bounds from the user; cells beyond them are a problem in training rows, and missing with a warning later", () => {
    const table = parseTable("age,y\n10,1\n35,2\n119,3\n64,4\n");
    const schema = inferSchema(table, { targets: ["y"], bounds: { age: [0, 120] } });
    expect(schema.columns[0]).toMatchObject({ type: "bounded", bounds: [0, 120], range: [10, 119] });
    expect(() => inferSchema(table, { targets: ["y"], bounds: { age: [0, 100] } })).toThrow(/"?age"?.*1 cells lie beyond the bounds, the first is 119; expected numbers from 0 to 100/s);
    expect(() => inferSchema(table, { targets: ["y"], bounds: { age: [0, 120] }, types: { age: "real" } })).toThrow(TableError);
    const later = codeTable(parseTable("age,y\n130,1\n20,2\n"), schema);
    expect(Array.from(later.observedX)).toEqual([0, 1]);
    expect(later.warnings).toEqual(['column "age": 1 values beyond the bounds of a column of numbers from 0 to 120 count as missing.']);
    expect(readValue("121", schema.columns[0])).toMatchObject({ problem: expect.stringContaining("a number from 0 to 120") });
  });

  it("without stated bounds lies within what was observed; one value alone is none", () => {
    expect(inferSchema(parseTable("a,y\n1,1\n3,2\n9,5\n"), { targets: [], types: { a: "bounded", y: "real" } }).columns[0].bounds).toEqual([1, 9]);
    expect(() => inferSchema(parseTable("a,y\n1,1\n1,2\n"), { targets: [], types: { a: "bounded", y: "real" } })).toThrow(/between two different numbers/);
  });

  it("is checked in a schema file, and so are ranges and atoms", () => {
    const file = (change: Partial<Column>): string => JSON.stringify({ version: 1, columns: [{ ...percent, ...change }] });
    expect(parseSchema(file({})).columns[0].bounds).toEqual([0, 100]);
    for (const change of [{ bounds: [3, 3] }, { bounds: undefined }, { range: [5, 1] }, { atoms: [{ value: 0, low: 0, high: 1, share: 0.2 }] }] as Partial<Column>[]) expect(() => parseSchema(file(change))).toThrow(SchemaError);
  });
});

describe("draws", () => {
  const area: Column = { name: "area", role: "feature", type: "positive", mean: 5, std: 2, range: [10, 210], decimals: 0 };

  it("lie within the observed range and half of it on either side, as far as the column can hold such numbers", () => {
    expect(drawLimits(area)).toEqual([0, 310]);
    expect(drawLimits({ ...area, type: "real" })).toEqual([-90, 310]);
    expect(drawLimits(percent)).toEqual([0, 100]);
    expect(drawDecoder(area)(30)).toBe(310);
    // an older schema knows the ends of its encoding
    expect(drawLimits({ ...area, type: "real", range: undefined, mean: 0, std: 1, knots: [-1, 0, 3] })).toEqual([-3, 5]);
    expect(drawLimits({ ...area, range: undefined })).toEqual([-Infinity, Infinity]);
  });

  it("are whole where the training cells are", () => {
    expect(drawDecoder(area)(0.1)).toBe(Math.round(Math.expm1(5.2)));
    expect(drawDecoder({ ...area, decimals: 2 })(0.1)).toBeCloseTo(Math.expm1(5.2), 9);
  });
});

it("an atom at the end of what a column can hold reaches as far on either side", () => {
  const [zero] = codedAtoms({ name: "porch", role: "feature", type: "positive", mean: 1, std: 2, atoms: [{ value: 0, low: -10, high: 10, share: 0.8 }] });
  expect(zero.value).toBe(-0.5);
  expect(zero.high).toBeCloseTo((Math.log(11) - 1) / 2, 12);
  expect(zero.low).toBeCloseTo(2 * zero.value - zero.high, 12);
});
