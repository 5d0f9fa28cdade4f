import { describe, expect, it } from "vitest";
import { codeTable, inferSchema, parseTable, quantileEdges, withQuantiles } from "../../src/data/index.ts";

describe("quantile edges", () => {
  it("are the values themselves where there are few, else different quantiles from the least to the largest", () => {
    expect(quantileEdges(Float64Array.from([1, 1, 2, 5]), 4)).toEqual([1, 2, 5]);
    expect(quantileEdges(Float64Array.from({ length: 101 }, (_, i) => i), 4)).toEqual([0, 25, 50, 75, 100]);
    // half of the values are 0: the borders that fall there are one
    const edges = quantileEdges(Float64Array.from({ length: 200 }, (_, i) => Math.max(0, i - 100)), 10);
    expect(edges[0]).toBe(0);
    expect(edges).toHaveLength(6);
    expect(edges.every((value, i) => i === 0 || value > edges[i - 1])).toBe(true);
  });
});

describe("bins of a table", () => {
  const csv = `a,b,c\n${Array.from({ length: 300 }, (_, i) => `${(i * 37) % 300},${i % 3},${i % 2 ? "x" : "y"}`).join("\n")}\n`;
  const table = parseTable(csv);
  const schema = inferSchema(table, { targets: [], types: { a: "real", b: "positive" } });
  const { columns } = withQuantiles(schema, codeTable(table, schema));

  it("hold the training values side by side, each with its mean, coded and in units", () => {
    const { low, high, mean, units, atoms } = columns[0].bins!;
    expect(atoms).toBe(false);
    expect(low).toHaveLength(24);
    low.forEach((from, b) => {
      if (b > 0) expect(from).toBe(high[b - 1]);
      expect(mean[b]).toBeGreaterThanOrEqual(from);
      expect(mean[b]).toBeLessThanOrEqual(high[b]);
    });
    // every bin has as many values, so that the mean of the means is the column's
    expect(units.reduce((a, b) => a + b) / 24).toBeCloseTo(149.5, 0);
    expect(columns[0].knots).toHaveLength(65);
  });

  it("of few different values are the values, with borders half-way", () => {
    const { low, high, mean, units, atoms } = columns[1].bins!;
    expect(atoms).toBe(true);
    units.forEach((value, b) => expect(value).toBeCloseTo(b, 5));
    expect(high[0]).toBeCloseTo((mean[0] + mean[1]) / 2, 6);
    expect(low[0]).toBeCloseTo(2 * mean[0] - high[0], 6);
    expect(columns[2].bins).toBeUndefined();
  });

  it("of values that repeat much more often than others are these values, each by itself, and quantiles between them", () => {
    // a third 0, a third 100, between them different numbers
    const values = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 0 : i % 3 === 1 ? 100 : 10 + (i % 80)));
    const own = parseTable(`p\n${values.join("\n")}\n`);
    const found = inferSchema(own, { targets: [], types: { p: "positive" } });
    expect(found.columns[0].atoms!.map(({ value, low, share }) => [value, low, Number(share.toFixed(3))])).toEqual([[0, -5, 0.333], [100, expect.closeTo(94.5, 5), 0.333]]);
    const { low, high, mean, units, atoms } = withQuantiles(found, codeTable(own, found)).columns[0].bins!;
    expect((atoms as boolean[]).flatMap((yes, b) => (yes ? [units[b]] : []))).toEqual([0, 100]);
    low.forEach((from, b) => {
      expect(from).toBeLessThan(high[b]);
      if (b > 0) expect(from).toBe(high[b - 1]);
      expect(mean[b]).toBeGreaterThanOrEqual(from);
      expect(mean[b]).toBeLessThanOrEqual(high[b]);
    });
    // a third of 24 bins lies between
    expect(low).toHaveLength(10);
  });
});
