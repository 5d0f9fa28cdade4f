import { expect, test } from "vitest";
import { csvTable, markdownTable, meanAndError, meanCurve, meanHeight, seriesStyle, withError } from "../../src/report/index.ts";

test("the area under a curve is that of trapezoids, over its length", () => {
  // a straight line's mean height is its middle; a spike inside counts fully, one at the end by half
  expect(meanHeight([3, 2, 1, 0])).toBe(1.5);
  expect(meanHeight([0, 4, 0])).toBe(2);
  expect(meanHeight([0, 0, 4])).toBe(1);
  expect(meanHeight([7])).toBe(7);
  expect(meanHeight([])).toBeNaN();
});

test("the standard error is sd / sqrt(n), unknown for one value", () => {
  expect(meanAndError([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, standardError: Math.sqrt(32 / 7 / 8) });
  expect(meanAndError([3])).toEqual({ mean: 3, standardError: Number.NaN });
  expect(meanCurve([[1, 2], [3, 6]])).toEqual({ mean: [2, 4], standardError: [1, 2] });
});

test("values are written with four digits and their error to the same decimals", () => {
  expect([withError(5.6564, 0.1234), withError(-0.98765, 0.05), withError(123.456), withError(0.0123456, 0.001), withError(0)]).toEqual(["5.656 ± 0.123", "-0.9877 ± 0.0500", "123.5", "0.01235 ± 0.00100", "0.00"]);
});

test("tables align numbers to the right and quote what has to be quoted", () => {
  expect(markdownTable(["name", "value"], [["a|b", "1.5"], ["c", "-2 ± 1"]])).toBe("| name | value |\n| --- | ---: |\n| a\\|b | 1.5 |\n| c | -2 ± 1 |\n");
  expect(csvTable(["name", "value"], [["a,b", 1.5], ["c", Number.NaN]])).toBe('name,value\n"a,b",1.5\nc,\n');
});

test("28 curves have 28 styles, and neighbours differ in colour, dash and symbol", () => {
  const styles = Array.from({ length: 28 }, (_, i) => seriesStyle(i));
  expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(28);
  for (let i = 1; i < 28; i++) for (const name of ["colour", "dash", "symbol"] as const) expect(styles[i][name]).not.toBe(styles[i - 1][name]);
});
