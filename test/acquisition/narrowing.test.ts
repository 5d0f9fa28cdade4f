import { describe, expect, it } from "vitest";
import { Intervals } from "../../src/acquisition/narrowing.ts";
import { keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { quantile } from "../../src/math/statistics.ts";

const width = (values: ArrayLike<number>, mass: number): number => quantile(values, (1 + mass) / 2) - quantile(values, (1 - mass) / 2);

describe("the width of a target's interval", () => {
  const s = 999;
  const y = normal(keyFromSeed(1), s).map((value, i) => (i % 7 === 0 ? 0.25 : value));

  it("is the distance of two quantiles, and the expected one the mean over the bins of x, of each sorted by itself", () => {
    const intervals = new Intervals(y, 0.8);
    expect(intervals.width).toBe(width(y, 0.8));
    const level = uniform(keyFromSeed(2), s).map((u, i) => (i < 2 ? 2 * i : Math.floor(3 * u)));
    const expected = [0, 1, 2].reduce((total, b) => {
      const inside = y.filter((_, i) => level[i] === b);
      return total + (inside.length / s) * width(inside, 0.8);
    }, 0);
    // of four levels one never occurs
    expect(intervals.expectedWidth(level, { levels: 4, bins: 5 })).toBe(expected);
    // the same bins of a continuous variable between 0 and 3
    expect(intervals.expectedWidth(level.map((value, i) => (i < 2 ? 3 * i : value + 0.5)), { levels: 1, bins: 3 })).toBe(expected);
  });

  it("is what remains: nothing for a copy in fine bins, all for a variable that does not vary", () => {
    const intervals = new Intervals(y, 0.9);
    expect(intervals.expectedWidth(y, { levels: 1, bins: 60 }) / intervals.width).toBeLessThan(0.04);
    expect(intervals.expectedWidth(new Float32Array(s), { levels: 1, bins: 5 })).toBe(intervals.width);
  });

  it("is NaN where a draw is NaN, in its bin too, wherever it stands", () => {
    for (const at of [0, 500, s - 1]) {
      const intervals = new Intervals(y.with(at, Number.NaN), 0.9);
      expect(intervals.width).toBeNaN();
      expect(intervals.expectedWidth(y, { levels: 1, bins: 5 })).toBeNaN();
    }
  });
});
