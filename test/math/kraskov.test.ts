import { expect, it } from "vitest";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { kraskovInformation } from "../../src/math/kraskov.ts";

it.each([0, 0.5, 0.9])("I(x; y) of a correlated Gaussian is -log(1 - rho^2) / 2, rho %f", (rho) => {
  // 10 repetitions of 800 points; the mean's standard error is estimated from them
  const estimates = Array.from({ length: 10 }, (_, t) => {
    const z = normal(keyFromSeed(t + 1), 1600);
    const x = z.subarray(0, 800);
    return kraskovInformation(x, x.map((value, i) => rho * value + Math.sqrt(1 - rho * rho) * z[800 + i]));
  });
  const mean = estimates.reduce((a, b) => a + b, 0) / 10;
  const error = Math.sqrt(estimates.reduce((total, value) => total + (value - mean) ** 2, 0) / 90);
  expect(Math.abs(mean - -0.5 * Math.log(1 - rho * rho))).toBeLessThanOrEqual(4 * error);
  expect(error).toBeLessThan(0.02);
});

it("does not change when a variable is stretched monotonically, up to its own noise, and is the same both ways round", () => {
  const z = normal(keyFromSeed(3), 1000);
  const x = z.subarray(0, 500);
  const y = x.map((value, i) => 0.8 * value + 0.6 * z[500 + i]);
  expect(Math.abs(kraskovInformation(x, y) - kraskovInformation(x.map((v) => Math.exp(v)), y))).toBeLessThan(0.1);
  expect(kraskovInformation(x, y)).toBe(kraskovInformation(y, x));
});

it("refuses lengths that differ and a k that leaves no neighbour", () => {
  expect(() => kraskovInformation([1, 2], [1])).toThrowErrorMatchingInlineSnapshot(`[RangeError: [kraskov] expected as many y as x, got 1 and 2.]`);
  expect(() => kraskovInformation([1, 2], [1, 2], 2)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [kraskov] expected k from 1 to 1, one less than the 2 points, got 2.]`);
});
