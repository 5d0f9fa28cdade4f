import { describe, expect, it } from "vitest";
import { codeTable, featureColumns, filledCells, inferSchema, parseTable, targetColumns, writeTable } from "../../src/data/index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const csv = `a,note,c,y\n1.50,first,yes,10\n,"with, comma",no,?\n3.25,third,,30\n${Array.from({ length: 12 }, (_, i) => `${i}.75,row,${i % 2 ? "yes" : "no"},${i}`).join("\n")}\n`;
const raw = parseTable(encode(csv));
const schema = inferSchema(raw, { targets: ["y"], types: { note: "ignore" } });
const columns = [...featureColumns(schema), ...targetColumns(schema)];

describe("what fills the holes", () => {
  it("stands at its cells, in the text of its column, and nowhere else", () => {
    const at = (name: string): number => columns.findIndex((column) => column.name === name);
    const cells = [{ row: 1, column: at("a") }, { row: 2, column: at("c") }, { row: 1, column: at("y") }];
    const fill = filledCells(raw, columns, cells, [2.126, columns[at("c")].categories!.indexOf("yes"), 20]);
    expect([fill(1, 0), fill(2, 2), fill(1, 3)]).toEqual(["2.13", "yes", "20"]);
    expect([fill(0, 0), fill(1, 1), fill(2, 3)]).toEqual([undefined, undefined, undefined]);
    expect(writeTable(raw, fill)).toBe(csv.replace('\n,"with, comma",no,?', '\n2.13,"with, comma",no,20').replace("3.25,third,,30", "3.25,third,yes,30"));
  });

  it("leaves cells that have a text alone: a level that training did not have counts as missing, but stands in the table", () => {
    const known = Array.from({ length: 15 }, (_, row) => row);
    const other = parseTable(encode(csv.replace("1.50,first,yes", "1.50,first,perhaps")));
    const coded = codeTable(other, schema, { rows: known });
    const column = columns.findIndex(({ name }) => name === "c");
    expect(coded.observedX[column]).toBe(0);
    expect(filledCells(other, columns, [{ row: 0, column }], [0])(0, 2)).toBeUndefined();
  });

  it("passes over columns that the table does not have", () => {
    const without = parseTable(encode("a,note,c\n,x,yes\n"));
    const fill = filledCells(without, columns, [{ row: 0, column: columns.findIndex(({ name }) => name === "y") }], [1]);
    expect([0, 1, 2].map((column) => fill(0, column))).toEqual([undefined, undefined, undefined]);
  });
});
