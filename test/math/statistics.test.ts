import { describe, expect, it } from "vitest";
import { keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import {
  areaUnderRoc,
  averageRanks,
  kolmogorovSmirnov,
  mean,
  quantile,
  rootMeanSquaredError,
  standardDeviation,
  standardError,
  variance,
  weightedQuantile,
} from "../../src/math/statistics.ts";
import { expectClose } from "../expect-close.ts";

describe("moments", () => {
  it("divide by n - 1, and do not cancel far from zero", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([1, 2, 6])).toBe(7);
    expectClose([variance([1e9 + 1, 1e9 + 2, 1e9 + 6]), standardDeviation([1, 2, 6]), standardError([1, 2, 6])], [7, Math.sqrt(7), Math.sqrt(7 / 3)], {
      rtol: 1e-14,
    });
    expect([mean([]), variance([1]), standardError([])]).toEqual([NaN, NaN, NaN]);
  });

  it("rootMeanSquaredError is 0 for equal vectors and the distance over sqrt n otherwise", () => {
    expect(rootMeanSquaredError([1, 2], [1, 2])).toBe(0);
    expectClose([rootMeanSquaredError([3, 0, 4, 0], [0, 0, 0, 0])], [2.5], { rtol: 1e-15 });
  });
});

describe("quantiles", () => {
  it("interpolate between order statistics", () => {
    const values = [4, 1, 3, 2];
    expect([0, 0.5, 1, 1 / 3].map((p) => quantile(values, p))).toEqual([1, 2.5, 4, 2]);
    expectClose([quantile(values, 0.1)], [1.3], { rtol: 1e-15 });
    expect(values).toEqual([4, 1, 3, 2]);
    expect([quantile([], 0.5), quantile([1, NaN], 0.1), quantile([-Infinity, -Infinity, 1], 0.2)]).toEqual([NaN, NaN, -Infinity]);
  });

  it("weightedQuantile reaches p of the weight, whatever the order", () => {
    expect([0.1, 0.2, 0.21, 0.7, 0.71, 1].map((p) => weightedQuantile([30, 10, 20], [3, 2, 5], p))).toEqual([10, 10, 20, 20, 30, 30]);
    expect(weightedQuantile([1, 2, 3], [0, 1, 0], 0)).toBe(2);
    expect(weightedQuantile([1, 2, 3], [0, 1, 0], 1)).toBe(2);
    expect(weightedQuantile([1, 2], [0, 0], 0.5)).toBeNaN();
    // Ten weights of 0.1 sum to less than 1.
    expect(weightedQuantile([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], new Array(10).fill(0.1), 0.3)).toBe(2);
  });
});

describe("ranks", () => {
  it("share the mean among ties", () => {
    expect(Array.from(averageRanks([3, 1, 3, 2, 3]))).toEqual([4, 1, 4, 2, 4]);
  });

  it("areaUnderRoc counts the pairs in the right order", () => {
    const scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.4];
    const labels = [0, 0, 1, 1, 1, 0];
    let area = 0;
    let pairs = 0;
    scores.forEach((positive, i) =>
      scores.forEach((negative, j) => {
        if (!labels[i] || labels[j]) return;
        pairs++;
        area += positive > negative ? 1 : positive === negative ? 0.5 : 0;
      }),
    );
    expectClose([areaUnderRoc(scores, labels)], [area / pairs], { rtol: 1e-15 });
    expect([areaUnderRoc([1, 2], [false, true]), areaUnderRoc([2, 1], [0, 1]), areaUnderRoc([1, 1], [0, 1]), areaUnderRoc([1], [1])]).toEqual([1, 0, 0.5, NaN]);
  });
});

describe("kolmogorovSmirnov", () => {
  it("gives the largest gap, with ties and unequal sizes", () => {
    expect(kolmogorovSmirnov([1, 2, 3], [4, 5]).statistic).toBe(1);
    expect(kolmogorovSmirnov([1, 2, 2, 3], [1, 2, 2, 3]).statistic).toBe(0);
    expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).statistic).toBe(0.5);
  });

  it("has p-values that are uniform under equality and vanish under a shift", () => {
    const trials = 400;
    const pValues = Array.from({ length: trials }, (_, i) => kolmogorovSmirnov(normal(keyFromSeed(i), 200), normal(keyFromSeed(i), 300, 1)).pValue);
    // The share below p has standard error sqrt(p (1 - p) / 400) <= 0.025; four of them.
    for (const p of [0.05, 0.25, 0.5, 0.75]) {
      const share = pValues.filter((value) => value <= p).length / trials;
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / trials) + 0.01);
    }
    const x = uniform(keyFromSeed(1), 500);
    expect(kolmogorovSmirnov(x, x.map((v) => v + 0.2)).pValue).toBeLessThan(1e-6);
    expect(kolmogorovSmirnov(x, x).pValue).toBe(1);
  });

  it("agrees with Kolmogorov's distribution: the 5% point is 1.3581", () => {
    const n = 1e6;
    const grid = Float64Array.from({ length: n }, (_, i) => i);
    // Shifting a uniform grid by d n makes the distance exactly d.
    const distance = 1.3581 / Math.sqrt(n / 2);
    expectClose([kolmogorovSmirnov(grid, grid.map((v) => v + Math.round(distance * n))).pValue], [0.05], { atol: 2e-4 });
  });
});
