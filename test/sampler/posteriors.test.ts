import { readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import { add, deviceTensor, exp, log1p, matmul, mul, reciprocal, slice, square, sub, sum, type Tensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { mcseMean, rHat } from "../../src/math/diagnostics.ts";
import { hmc, type HmcOptions } from "../../src/sampler/hmc.ts";
import type { HmcResult } from "../../src/sampler/hmc-result.ts";
import { testDevice } from "../device.ts";
import { itShared as it } from "../shared.ts";

interface Posterior {
  data: Record<string, number[]>;
  reference: Record<string, { mean: number; sd: number }>;
}

function posterior(name: string): Posterior {
  return JSON.parse(readFileSync(new URL(`../../../shared/posteriors/${name}.json`, import.meta.url), "utf8")) as Posterior;
}

type Chains = readonly ArrayLike<number>[];

/** Every mean within 4 Monte Carlo standard errors (ours and those of the 10,000 reference draws), every sd within 10 %. */
function check(result: HmcResult, reference: Posterior["reference"], parameters: Record<string, Chains>): void {
  expect(result.info.divergences).toBe(0);
  const problems: string[] = [];
  for (const [name, { mean, sd }] of Object.entries(reference)) {
    const chains = parameters[name];
    const all = chains.flatMap((chain) => Array.from(chain));
    const ours = all.reduce((total, x) => total + x, 0) / all.length;
    const ourSd = Math.sqrt(all.reduce((total, x) => total + (x - ours) ** 2, 0) / (all.length - 1));
    const error = Math.hypot(mcseMean(chains), sd / Math.sqrt(10_000));
    const line = `${name}: mean ${ours} (${mean}, ${Math.abs(ours - mean) / error} errors), sd ${ourSd} (${sd}), R-hat ${rHat(chains)}`;
    if (!(Math.abs(ours - mean) <= 4 * error && Math.abs(ourSd / sd - 1) <= 0.1 && rHat(chains) < 1.01)) problems.push(line);
  }
  expect(problems).toEqual([]);
}

const column = (x: Tensor, i: number): Tensor => slice(x, 1, i, i + 1);
const transformed = (chains: Chains, f: (x: number) => number): Float64Array[] => chains.map((chain) => Float64Array.from(chain, f));

/** log N(y; m, sigma) summed over the data, up to a constant: mean [N, rows], log sigma [N, 1]. */
function gaussian(y: Tensor, mean: Tensor, logSigma: Tensor): Tensor {
  const chi2 = sum(square(sub(y, mean)), 1);
  const s = sum(logSigma, 1);
  return sub(mul(-0.5, mul(chi2, exp(mul(s, -2)))), mul(s, y.shape[0]));
}

/** log half-Cauchy(exp(t); scale) with the Jacobian of the logarithm, up to a constant: t - log(1 + (e^t / scale)^2). */
function logHalfCauchy(t: Tensor, scale: number): Tensor {
  return sub(t, log1p(square(mul(exp(t), 1 / scale))));
}

const matrix = (gpu: Gpu, x: Tensor, rows: number[][]): Tensor => x.tape.read(deviceTensor(gpu, [rows.length, rows[0].length], rows.flat()));
const values = (gpu: Gpu, x: Tensor, data: number[]): Tensor => x.tape.read(deviceTensor(gpu, [data.length], data));

async function run(options: Omit<HmcOptions, "logDensity"> & { logDensity: (gpu: Gpu, x: Tensor) => Tensor }): Promise<HmcResult> {
  const gpu = await testDevice();
  return hmc(gpu, { ...options, logDensity: (x) => options.logDensity(gpu, x) });
}

describe("posteriors with known answers", () => {
  it("eight schools, non-centred: unknowns t_1..t_8, mu, log tau", async () => {
    const { data, reference } = posterior("eight_schools_noncentered");
    const result = await run({
      dim: 10, chains: 128, warmup: 300, draws: 150, leapfrogSteps: 8, seed: 1, targetAcceptance: 0.95,
      names: [...data.y.map((_, j) => `t[${j + 1}]`), "mu", "log tau"],
      logDensity: (gpu, x) => {
        const t = slice(x, 1, 0, 8);
        const [mu, logTau] = [column(x, 8), column(x, 9)];
        const theta = add(mu, mul(exp(logTau), t));
        const residual = mul(sub(values(gpu, x, data.y), theta), reciprocal(values(gpu, x, data.sigma)));
        const prior = sum(add(mul(square(mu), -0.5 / 25), logHalfCauchy(logTau, 5)), 1);
        return add(mul(-0.5, sum(add(square(residual), square(t)), 1)), prior);
      },
    });
    const { draws } = result;
    const tau = transformed(draws["log tau"], Math.exp);
    const theta = data.y.map((_, j) => [`theta[${j + 1}]`, draws.mu.map((chain, c) => chain.map((mu, i) => mu + tau[c][i] * draws[`t[${j + 1}]`][c][i]))] as const);
    check(result, reference, { ...Object.fromEntries(theta), mu: draws.mu, tau });
  });

  it("kidscore: badly scaled and correlated, sampled as it stands", async () => {
    const { data, reference } = posterior("kidscore_momiq");
    const result = await run({
      dim: 3, chains: 32, warmup: 300, draws: 150, leapfrogSteps: 20, thin: 3, seed: 2, names: ["beta[1]", "beta[2]", "log sigma"],
      logDensity: (gpu, x) => {
        const logSigma = column(x, 2);
        const mean = matmul(slice(x, 1, 0, 2), matrix(gpu, x, [data.mom_iq.map(() => 1), data.mom_iq]));
        return add(gaussian(values(gpu, x, data.kid_score), mean, logSigma), sum(logHalfCauchy(logSigma, 2.5), 1));
      },
    });
    check(result, reference, { ...result.draws, sigma: transformed(result.draws["log sigma"], Math.exp) });
  });

  it("earnings with an interaction: 1,192 rows, five unknowns", async () => {
    const { data, reference } = posterior("logearn_interaction_z");
    const mean = data.height.reduce((total, h) => total + h, 0) / data.height.length;
    const sd = Math.sqrt(data.height.reduce((total, h) => total + (h - mean) ** 2, 0) / (data.height.length - 1));
    const z = data.height.map((h) => (h - mean) / sd);
    const result = await run({
      dim: 5, chains: 32, warmup: 200, draws: 150, leapfrogSteps: 6, thin: 2, seed: 3, names: ["beta[1]", "beta[2]", "beta[3]", "beta[4]", "log sigma"],
      logDensity: (gpu, x) => {
        const design = matrix(gpu, x, [z.map(() => 1), z, data.male, z.map((v, i) => v * data.male[i])]);
        const expected = matmul(slice(x, 1, 0, 4), design);
        // flat on sigma > 0: the Jacobian of the logarithm is log sigma
        return add(gaussian(values(gpu, x, data.earn.map(Math.log)), expected, column(x, 4)), sum(column(x, 4), 1));
      },
    });
    check(result, reference, { ...result.draws, sigma: transformed(result.draws["log sigma"], Math.exp) });
  });
});
