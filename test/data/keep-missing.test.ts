import { describe, expect, it, vi } from "vitest";
import { absentFeatures, codeTable, decideSchema, formatSchema, hasHole, parseKeepMissing, parseSchema, parseTable, selectRows, withKeepMissing, type InferOptions, type RawTable } from "../../src/data/index.ts";
import { holesTogether } from "../../src/data/schema/holes-together.ts";

/** Houses: every fifth has a pool with an area and a quality, the others an area of 0 and no quality. */
const houses = (rows = 60, quality = (i: number): string => (i % 5 === 0 ? ["Gd", "Ex"][i % 2] : "")): string =>
  `Price,PoolArea,PoolQC,Street\n${Array.from({ length: rows }, (_, i) => `${100 + ((i * 37) % 60)},${i % 5 === 0 ? 400 + i : "0"},${quality(i)},${i % 7 === 3 ? "" : i % 3 === 0 ? "Pave" : "Grvl"}\n`).join("")}`;

const decide = (table: RawTable, options: Partial<InferOptions> = {}) => decideSchema(table, { targets: [], ...options });
const notesOf = (table: RawTable, name: string, options: Partial<InferOptions> = {}): string[] => decide(table, options).columns.find(({ column }) => column.name === name)!.notes.map(({ text, change }) => `${text} -> ${change?.option} ${change?.value}`);

describe("holes that go together with a value of another column", () => {
  it("are noted with the option that leaves them", () => {
    expect(notesOf(parseTable(houses()), "PoolQC")).toEqual(['the 48 holes are exactly where "PoolArea" is 0; if they mean "there is none", leave them -> keep-missing PoolQC where PoolArea=0']);
    expect(notesOf(parseTable(houses()), "Street")).toEqual([]);
  });
  it("may be at a level, and nearly all of them", () => {
    const table = parseTable(`kind,fuel,n\n${Array.from({ length: 400 }, (_, i) => `${i % 4 === 0 ? "Electric" : "Motor"},${i % 4 === 0 && i > 0 ? "" : ["petrol", "diesel"][i % 2]},${(i * 7) % 50}\n`).join("")}`);
    expect(notesOf(table, "fuel")).toEqual(['99 of the 99 holes are where "kind" is Electric, which 100 rows have; if they mean "there is none", leave them -> keep-missing fuel where kind=Electric']);
  });
  it("are not noted where few rows could be so by accident, where some rows with the value have none, and for what is said to stay already", () => {
    expect(notesOf(parseTable(houses(12)), "PoolQC")).toEqual([]);
    expect(notesOf(parseTable(houses(60, (i) => (i % 5 === 0 || i % 11 === 2 ? ["Gd", "Ex"][i % 2] : ""))), "PoolQC")).toEqual([]);
    expect(notesOf(parseTable(houses()), "PoolQC", { keepMissing: { PoolQC: [{ column: "PoolArea", value: "0" }] } })).toEqual([]);
  });
  it("cost a look at each cell and a few for each pair of columns", () => {
    const [width, rows] = [20, 3000];
    const table = parseTable(`${Array.from({ length: width }, (_, j) => `c${j}`).join(",")}\n${Array.from({ length: rows }, (_, i) => `${Array.from({ length: width }, (__, j) => ((i * 31 + j * 17) % 7 === 0 ? "" : String((i * (j + 3)) % 97))).join(",")}\n`).join("")}`);
    const { columns } = decide(table).schema;
    const reads = vi.spyOn(table, "cell");
    const notes = holesTogether(table, columns, Array.from({ length: rows }, (_, row) => row));
    expect(columns.flatMap((_, index) => notes(index))).toEqual([]);
    expect(reads.mock.calls.length).toBeLessThanOrEqual(width * rows + 50 * width ** 2);
  });
});

describe("which holes stay", () => {
  it("is said by a column, or a value of another one; names may hold the words between", () => {
    const columns = ["PoolQC", "PoolArea", "a where b=c", "x=y"];
    expect(parseKeepMissing(["PoolQC where PoolArea=0", "PoolQC where x=y=1=2", "a where b=c"], columns)).toEqual({
      kept: { PoolQC: [{ column: "PoolArea", value: "0" }, { column: "x=y", value: "1=2" }], "a where b=c": true },
      problems: [],
    });
    expect(parseKeepMissing(["Pool", "PoolQC where Pool=0", "PoolQC where PoolArea="], columns).problems).toHaveLength(3);
    expect(parseKeepMissing(["Pool"], ["a"]).problems).toEqual(['"Pool": expected a column, or COLUMN where OTHER=VALUE, such as "PoolQC where PoolArea=0"; there are the columns "a".']);
  });

  const table = parseTable(houses());
  const kept = { PoolQC: [{ column: "PoolArea", value: "0" }] };
  const { schema } = decide(table, { keepMissing: kept });
  it("is a field of the schema, and marks holes of later tables: the number may be spelled otherwise", () => {
    expect(parseSchema(formatSchema(schema)).columns[2].keepMissing).toEqual(kept.PoolQC);
    const coded = codeTable(parseTable("Street,PoolQC,PoolArea,Price\n,,0.0,100\nPave,,500,120\nPave,,,120\nPave,Gd,0,\n"), schema);
    expect([...coded.keptX!]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([0, 1, 2, 3].map((row) => hasHole(coded, row))).toEqual([true, true, true, true]);
    expect([...selectRows(coded, [1, 0]).keptX!.slice(4)]).toEqual([0, 0, 1, 0]);
    expect(hasHole(codeTable(parseTable("Street,PoolQC,PoolArea,Price\nPave,,0,100\n"), schema), 0)).toBe(false);
  });
  it("follows from what becomes known of a coded row", () => {
    const absent = absentFeatures(withKeepMissing(schema, { Street: true }))!;
    const { x, observedX } = codeTable(parseTable("Price,PoolArea,PoolQC,Street\n,0,,\n,500,,Pave\n,,,\n"), schema);
    expect([0, 1, 2].map((row) => absent(x.subarray(4 * row, 4 * row + 4), observedX.subarray(4 * row, 4 * row + 4)))).toEqual([[2, 3], [], [3]]);
    expect(absentFeatures(decide(table).schema)).toBeUndefined();
  });
  it("may be all of a column, by a model that did not know of it, and by a column that is left out", () => {
    const whole = withKeepMissing(decide(table).schema, { Street: true });
    const coded = codeTable(parseTable("Street,PoolQC,PoolArea,Price\n,,0,100\n"), whole);
    expect([...coded.keptX!]).toEqual([0, 0, 0, 1]);
    expect(() => withKeepMissing(schema, { Alley: true })).toThrow('the model has no column "Alley"');
    const named = parseTable("name,size\nnone,\nnone,\nx,3\ny,5\nz,4\n");
    const { schema: left } = decide(named, { types: { name: "ignore" }, keepMissing: { size: [{ column: "name", value: "NONE" }] } });
    expect([...codeTable(named, left).keptX!]).toEqual([1, 1, 0, 0, 0]);
  });
  it("is nothing where the other column is lacking, with a warning", () => {
    const coded = codeTable(parseTable("Street,PoolQC,Price\n,,100\n"), schema);
    expect(coded.keptX).toBeUndefined();
    expect(coded.warnings).toEqual([
      'the table lacks a feature of the model: "PoolArea". It counts as missing in every row, and no column is added for it.',
      'column "PoolQC": which of its holes are not to be filled depends on the column "PoolArea", which the table lacks; they are filled.',
    ]);
  });
  it("names columns that are there", () => {
    expect(() => decide(table, { keepMissing: { Alley: true } })).toThrow('column "Alley": there is no such column');
    const wrong = formatSchema({ ...schema, columns: schema.columns.map((column) => ({ ...column, keepMissing: ["PoolArea=0"] as never })) });
    expect(() => parseSchema(wrong)).toThrow('expected keepMissing to be true or a list of {"column": ..., "value": ...} with texts, got ["PoolArea=0"].');
  });
});

describe("texts that are levels in one column", () => {
  it("NA there, and missing elsewhere", () => {
    const table = parseTable("pool,street\nNA,NA\nGd,Pave\nNA,Grvl\n", { keep: ["pool=NA"] });
    const { schema } = decide(table);
    expect(schema.columns.map(({ categories, keep }) => ({ categories, keep }))).toEqual([{ categories: ["Gd", "NA"], keep: ["NA"] }, { categories: ["Grvl", "Pave"], keep: undefined }]);
    expect([...codeTable(parseTable("street,pool\nNA,NA\n"), schema).observedX]).toEqual([1, 0]);
  });
  it("an empty cell too, also in later tables", () => {
    const table = parseTable("pool,street\n,Pave\nGd,\n  ,Grvl\n", { keep: ["pool="] });
    const { schema } = decide(table);
    expect(schema.columns[0].categories).toEqual(["", "Gd"]);
    const coded = codeTable(parseTable("pool,street\n,Pave\nGd,\nNA,Pave\n"), parseSchema(formatSchema(schema)));
    expect([...coded.observedX]).toEqual([1, 1, 1, 0, 0, 1]);
    expect(coded.warnings).toEqual([]);
  });
});

describe("a table that lacks features", () => {
  const { schema } = decide(parseTable(houses()));
  it("is coded with a warning", () => {
    const coded = codeTable(parseTable("PoolQC,PoolArea\nGd,300\n"), schema);
    expect([...coded.observedX]).toEqual([0, 1, 1, 0]);
    expect(coded.warnings).toEqual(['the table lacks features of the model: "Price", "Street". They count as missing in every row, and no column is added for them.']);
  });
  it("is refused where it has none of them", () => {
    expect(() => codeTable(parseTable("price,pool\n1,2\n"), schema)).toThrow('the table has none of the model\'s features ("Price", "PoolArea", "PoolQC", "Street"); it has the columns "price", "pool".');
  });
});
