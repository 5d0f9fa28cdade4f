import { expect, it } from "vitest";
import { foldIn, keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { logSumExp } from "../../../src/math/special.ts";
import { stackedShares } from "../../../src/model/completion/choose.ts";
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

it("completed rows have shares of their own; models from before have those of features", () => {
  const has = { proper: true, conditional: true, gaussians: true };
  const chosen = { weight: 0.5, targetWeight: 0.2, gaussians: { parts: 2, shared: true, weight: 0.3, targetWeight: 0.1 } };
  expect(sharesOfCompletions(has, { ...chosen, joint: { completion: 0.25, gaussians: 0.7 } })).toEqual({
    proper: { features: 0.05, targets: 0.05 }, conditional: { features: 0.25, targets: 0.25 }, gaussians: { features: 0.7, targets: 0.7 },
  });
  expect(sharesOfCompletions(has, chosen).conditional).toEqual({ features: 0.5, targets: 0.2 });
});
