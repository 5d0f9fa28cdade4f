import { expect, it } from "vitest";
import { nextHole } from "../../../src/web/views/filled/next-hole.ts";

// rows 0, 2 and 3 of the order have holes
const order = { rows: Int32Array.of(5, 6, 7, 8), holes: { place: Int32Array.of(0, 0, 2, 3, 3), column: Int32Array.of(1, 4, 3, 0, 2) } };

it("arrow keys go from hole to hole", () => {
  expect(nextHole(order, { place: 0, column: 1 }, "right")).toEqual({ place: 0, column: 4 });
  expect(nextHole(order, { place: 0, column: 4 }, "right")).toEqual({ place: 2, column: 3 });
  expect(nextHole(order, { place: 2, column: 3 }, "left")).toEqual({ place: 0, column: 4 });
  expect(nextHole(order, { place: 2, column: 3 }, "down")).toEqual({ place: 3, column: 2 });
  expect(nextHole(order, { place: 2, column: 3 }, "up")).toEqual({ place: 0, column: 4 });
  expect(nextHole(order, { place: 3, column: 0 }, "up")).toEqual({ place: 2, column: 3 });
});

it("at the ends there is none, and from a hole that is not shown they go to the first", () => {
  expect(nextHole(order, { place: 0, column: 1 }, "left")).toBeUndefined();
  expect(nextHole(order, { place: 0, column: 1 }, "up")).toBeUndefined();
  expect(nextHole(order, { place: 3, column: 2 }, "down")).toBeUndefined();
  expect(nextHole(order, { place: -1, column: 2 }, "down")).toEqual({ place: 0, column: 1 });
});
