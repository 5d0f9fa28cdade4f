import { expect, it } from "vitest";
import { orderRows, type Hole } from "../../../src/web/engine/filled/filled-order.ts";

const holes: Hole[] = [
  { row: 1, column: 2, uncertainty: 0.2 },
  { row: 3, column: 2, uncertainty: 0.1 },
  { row: 3, column: 0, uncertainty: 0.9 },
];
const keys = [3, 1, Number.NaN, 2, 1];
const order = (wishes: Partial<Parameters<typeof orderRows>[2]>) => orderRows(5, holes, { onlyHoles: false, by: "table", ...wishes }, (row, column) => (column === 0 ? keys[row] : ["b", "", "a", "c", "a"][row]));
const rows = (wishes: Parameters<typeof order>[0]): number[] => [...order(wishes).rows];

it("rows are shown as they stand, those with holes alone, or those with a hole in a column", () => {
  expect(rows({})).toEqual([0, 1, 2, 3, 4]);
  expect(rows({ onlyHoles: true })).toEqual([1, 3]);
  expect(rows({ holeIn: 0 })).toEqual([3]);
});

it("the least sure come first, by the column that is looked at", () => {
  expect(rows({ by: "unsure" })).toEqual([3, 1, 0, 2, 4]);
  expect(rows({ by: "unsure", holeIn: 2 })).toEqual([1, 3]);
});

it("columns order rows by numbers or texts, equal ones as they stand, and what is neither last", () => {
  expect(rows({ by: 0 })).toEqual([1, 4, 3, 0, 2]);
  expect(rows({ by: 0, descending: true })).toEqual([0, 3, 1, 4, 2]);
  expect(rows({ by: 1 })).toEqual([2, 4, 0, 3, 1]);
});

it("holes are told by their place in that order, from left to right", () => {
  const { holes: found } = order({ by: "unsure" });
  expect([...found.place].map((place, i) => [place, found.column[i]])).toEqual([[0, 0], [0, 2], [1, 2]]);
});
