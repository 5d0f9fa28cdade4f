import { describe, expect, it } from "vitest";
import { foldIn, keyFromSeed, normal, permutation, permutedIndex, split, threefry2x32, uniform } from "../../src/math/key.ts";

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

/** Pearson's statistic against equal expected counts; has mean cells - 1 and variance 2 (cells - 1). */
function chiSquare(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const expected = total / counts.length;
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Fails where a statistic is more than five standard deviations above its mean. */
function expectUniformCounts(counts: ArrayLike<number>): void {
  const degrees = counts.length - 1;
  expect(chiSquare(counts)).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees) + 10);
}

describe("threefry2x32", () => {
  it("gives Random123's known answers for 20 rounds", () => {
    expect(hex(threefry2x32([0, 0], [0, 0]))).toBe("6b200159 99ba4efe");
    expect(hex(threefry2x32([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff]))).toBe("1cb996fc bb002be7");
    expect(hex(threefry2x32([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]))).toBe("c4923a9c 483df7a0");
  });
});

describe("keys", () => {
  it("are the seed's two words", () => {
    expect(keyFromSeed(7)).toEqual([0, 7]);
    expect(keyFromSeed(2 ** 53 - 1)).toEqual([0x1fffff, 0xffffffff]);
    expect(keyFromSeed(2 ** 32 + 2 ** 31)).toEqual([1, 0x80000000]);
  });

  it("refuse a seed that is no integer", () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) expect(() => keyFromSeed(seed)).toThrow(/expected an integer from 0 to 2\^53 - 1/);
  });

  it("derived by split and foldIn differ from each other and from draws", () => {
    const key = keyFromSeed(1);
    const derived = [...split(key, 500), ...Array.from({ length: 500 }, (_, i) => foldIn(key, i))];
    const draws = Array.from({ length: 500 }, (_, i) => threefry2x32(key, [i, 0]));
    expect(new Set([...derived, ...draws].map(hex)).size).toBe(1500);
  });
});

describe("uniform", () => {
  it("has the moments and the spread of U(0, 1)", () => {
    const n = 100_000;
    const values = uniform(keyFromSeed(11), n);
    const mean = values.reduce((a, b) => a + b) / n;
    const variance = values.reduce((a, b) => a + (b - 0.5) ** 2, 0) / n;
    // Standard errors: sqrt(1/12 / n) = 9.1e-4 and sqrt(1/180 / n) = 2.4e-4; five of each.
    expect(Math.abs(mean - 0.5)).toBeLessThan(4.6e-3);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(1.2e-3);
    const counts = new Float64Array(100);
    for (const value of values) counts[Math.floor(value * 100)]++;
    expectUniformCounts(counts);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
  });

  it("gives other numbers in another stream, and the same again for the same arguments", () => {
    const key = keyFromSeed(3);
    expect(uniform(key, 8)).toEqual(uniform(key, 8));
    expect(uniform(key, 8, 1)).not.toEqual(uniform(key, 8));
    expect(uniform(key, 8)).toEqual(uniform(key, 20).slice(0, 8));
  });
});

describe("normal", () => {
  it("has the first four moments of N(0, 1) and no serial correlation", () => {
    const n = 200_000;
    const values = normal(keyFromSeed(5), n);
    const moment = (p: number): number => values.reduce((sum, v) => sum + v ** p, 0) / n;
    // Variances of x, x^2, x^3, x^4: 1, 2, 15, 96; five standard errors.
    const bound = (variance: number): number => 5 * Math.sqrt(variance / n);
    expect(Math.abs(moment(1))).toBeLessThan(bound(1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(bound(2));
    expect(Math.abs(moment(3))).toBeLessThan(bound(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(bound(96));
    let lagged = 0;
    for (let i = 1; i < n; i++) lagged += values[i] * values[i - 1];
    expect(Math.abs(lagged / n)).toBeLessThan(bound(1));
  });
});

describe("permutation", () => {
  it("visits every index once, for any size", () => {
    for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 100, 255, 257, 1000, 4097]) {
      const seen = new Set(permutation(keyFromSeed(n), n));
      expect(seen.size).toBe(n);
      expect(Math.max(...seen)).toBe(n - 1);
    }
  });

  it("stays in range at the largest sizes", () => {
    const key = keyFromSeed(9);
    for (const n of [2 ** 31 - 1, 2 ** 31 + 1, 2 ** 32 - 1]) {
      const images = [0, 1, 2, n - 1].map((i) => permutedIndex(key, i, n));
      expect(new Set(images).size).toBe(4);
      expect(images.every((x) => Number.isInteger(x) && x >= 0 && x < n)).toBe(true);
    }
  });

  it("takes all orders of four equally often", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 12_000; seed++) {
      const order = permutation(keyFromSeed(seed), 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expectUniformCounts([...counts.values()]);
  });

  it("puts each pair of elements at each pair of places equally often", () => {
    for (const n of [6, 13]) {
      const counts = new Float64Array(n * (n - 1));
      for (let seed = 0; seed < 10_000; seed++) {
        const first = permutedIndex(keyFromSeed(seed), 0, n);
        const second = permutedIndex(keyFromSeed(seed), 1, n);
        counts[first * (n - 1) + (second > first ? second - 1 : second)]++;
      }
      expectUniformCounts(counts);
    }
  });
});
