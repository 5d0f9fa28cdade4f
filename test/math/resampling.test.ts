import { expect, it } from "vitest";
import { keyFromSeed, uniform } from "../../src/math/key.ts";
import { effectiveShare, systematicResampling } from "../../src/math/resampling.ts";
import { expectClose } from "../expect-close.ts";

it("the effective share is 1 for equal weights, 1/n for a single one, 0 where none is finite", () => {
  expectClose([effectiveShare([5, 5, 5]), effectiveShare([0, -Infinity, -Infinity, -1e9])], [1, 0.25], { atol: 1e-12 });
  // weights 1 and 3: 16 / (2 * 10)
  expectClose([effectiveShare([0, Math.log(3)])], [0.8], { atol: 1e-12 });
  expect(effectiveShare([-Infinity, -Infinity])).toBe(0);
});

it("every draw serves its share, give or take one, whatever the scale of the weights", () => {
  const weights = Array.from(uniform(keyFromSeed(1), 200), (u) => Math.log(u) * 3);
  const total = weights.reduce((sum, w) => sum + Math.exp(w), 0);
  for (const shift of [0, 0.3, 0.999]) {
    const chosen = systematicResampling(weights.map((w) => w - 700), shift);
    const counts = new Array<number>(200).fill(0);
    for (const s of chosen) counts[s]++;
    counts.forEach((count, s) => expect(Math.abs(count - (200 * Math.exp(weights[s])) / total)).toBeLessThan(1));
  }
});

it("a single weight takes all", () => {
  expect([...systematicResampling([-Infinity, 0, -Infinity], 0.5)]).toEqual([1, 1, 1]);
});
