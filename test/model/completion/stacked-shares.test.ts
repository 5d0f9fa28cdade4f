import { expect, it } from "vitest";
import { foldIn, keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { logSumExp } from "../../../src/math/special.ts";
import { jointShares, stackedShares } from "../../../src/model/completion/joint-shares.ts";
import { sharesOfCompletions } from "../../../src/model/posterior/shares.ts";

const logNormal = (x: number, mean: number): number => -0.5 * (x - mean) ** 2 - 0.5 * Math.log(2 * Math.PI);

it("stacked shares are those of the truth, where the parts are the truth's own", () => {
  const key = keyFromSeed(3);
  const n = 4000;
  const [z, u] = [normal(foldIn(key, 1), n), uniform(foldIn(key, 2), n)];
  const x = Float64Array.from(z, (value, i) => value + (u[i] < 0.7 ? -2 : 2));
  const shares = stackedShares([x.map((value) => logNormal(value, -2)), undefined, x.map((value) => logNormal(value, 2))]);
  expect(shares[1]).toBe(0);
  expect(shares[0] + shares[2]).toBeCloseTo(1, 3);
  // standard error of a share of 4,000 rows: 0.007
  expect(Math.abs(shares[0] - 0.7)).toBeLessThan(0.03);
});

it("a part under which rows are far less likely gets nothing, and no other shares make the rows likelier", () => {
  const parts = [[-3, -5, -2, -9], [-4, -3, -6, -4], [-60, -70, -50, -80]];
  const shares = stackedShares(parts);
  expect(shares[2]).toBe(0);
  const score = (own: readonly number[]): number => parts[0].reduce((total, _, row) => total + logSumExp(own.map((w, m) => Math.log(w + 1e-12) + parts[m][row])), 0);
  for (let w = 0.05; w < 1; w += 0.05) expect(score([w, 1 - w, 0])).toBeLessThanOrEqual(score(shares) + 1e-6);
});

it("the simple part answers alone unless the others are clearly better, and copies of a row are no new evidence", () => {
  // 25 rows whose mean lies nearer to the simple part, a little towards the other
  const few = Float64Array.from({ length: 25 }, (_, i) => 0.3 + (1.6 * (i - 12)) / 12);
  const parts = (x: Float64Array): Float64Array[] => [1, 0].map((mean) => x.map((value) => logNormal(value, mean)));
  expect(stackedShares(parts(few))[0]).toBeGreaterThan(0.05);
  expect(jointShares(parts(few), 1, 25)).toEqual([0, 1]);
  const copied = Float64Array.from({ length: 25 * 40 }, (_, i) => few[i % 25]);
  expect(jointShares(parts(copied), 1, 25)).toEqual([0, 1]);
  // taken for a thousand rows, the same would be clear
  expect(jointShares(parts(copied), 1, 1000)).toEqual(stackedShares(parts(copied)));
  // half of a thousand rows are the other's
  const many = normal(keyFromSeed(6), 1000).map((value, i) => value + (i % 2));
  expect(jointShares(parts(many), 1, 1000)).toEqual(stackedShares(parts(many)));
  // without a simple part, and of one row
  expect(jointShares([parts(few)[0], undefined], 1, 25)).toEqual([1, 0]);
  expect(jointShares(parts(few.slice(0, 1)), 1, 1)).toEqual([0, 1]);
});

it("completed rows have shares of their own; models from before have those of features", () => {
  const has = { proper: true, conditional: true, gaussians: true };
  const chosen = { weight: 0.5, targetWeight: 0.2, gaussians: { parts: 2, shared: true, weight: 0.3, targetWeight: 0.1 } };
  expect(sharesOfCompletions(has, { ...chosen, joint: { completion: 0.25, gaussians: 0.7 } })).toEqual({
    proper: { features: 0.05, targets: 0.05 }, conditional: { features: 0.25, targets: 0.25 }, gaussians: { features: 0.7, targets: 0.7 },
  });
  expect(sharesOfCompletions(has, chosen).conditional).toEqual({ features: 0.5, targets: 0.2 });
});
