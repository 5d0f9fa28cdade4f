import { describe, expect, it } from "vitest";
import { add, deviceTensor, exp, mul, neg, slice, softplus, square, sub, sum, type Tensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { hmc } from "../../src/sampler/hmc.ts";
import { testDevice } from "../device.ts";
import { deviation } from "./uniformity.ts";

const replications = 1000;
/** Draws of each replication, so far apart that they are nearly independent: ranks from 0 to 15. */
const [draws, thin] = [15, 6];

/** A model whose unknowns are drawn, whose data are drawn given them, and whose log density is recorded for all replications at once. */
interface Model {
  names: string[];
  /** The unknowns [N, K] and data [N, M] of N replications. */
  simulate(n: number): { truth: Float32Array; data: Float32Array };
  /** log p(unknowns, data): [N, K], [N, M] -> [N]. */
  logDensity(x: Tensor, data: Tensor): Tensor;
}

const column = (x: Tensor, i: number, j = i + 1): Tensor => slice(x, 1, i, j);
/** sum_j log N(x_j; mean, sd) up to a constant: [N, M], log sd [N, 1] -> [N]. */
const logNormal = (x: Tensor, mean: Tensor | number, logSd: Tensor | number): Tensor => sum(neg(add(mul(0.5, square(mul(sub(x, mean), exp(typeof logSd === "number" ? x.tape.fill(-logSd) : neg(logSd))))), logSd)), 1);
const drawsOf = (seed: number, n: number): Float64Array => Float64Array.from(normal(keyFromSeed(seed), n));

const eight = 8;
const models: Record<string, Model> = {
  // mu ~ N(0, 1), log sigma ~ N(0, 1/2), y_j ~ N(mu, sigma), j = 1..8
  "a Gaussian with unknown mean and deviation": {
    names: ["mu", "log sigma"],
    simulate: (n) => {
      const [mu, s, e] = [drawsOf(1, n), drawsOf(2, n), drawsOf(3, n * eight)];
      const truth = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? mu[i >> 1] : 0.5 * s[i >> 1]));
      return { truth, data: Float32Array.from(e, (value, i) => truth[2 * Math.floor(i / eight)] + Math.exp(truth[2 * Math.floor(i / eight) + 1]) * value) };
    },
    logDensity: (x, data) => {
      const [mu, logSigma] = [column(x, 0), column(x, 1)];
      const prior = add(logNormal(mu, 0, 0), logNormal(logSigma, 0, Math.log(0.5)));
      return add(prior, logNormal(data, mu, logSigma));
    },
  },
  // mu ~ N(0, 1), log tau ~ N(-1/2, 1/2), eta_j ~ N(0, 1), theta_j = mu + tau eta_j, y_j ~ N(theta_j, 1), j = 1..3
  "a hierarchy of three groups": {
    names: ["mu", "log tau", "eta[1]", "eta[2]", "eta[3]"],
    simulate: (n) => {
      const [z, e] = [drawsOf(4, 5 * n), drawsOf(5, 3 * n)];
      const truth = Float32Array.from(z, (value, i) => (i % 5 === 1 ? -0.5 + 0.5 * value : value));
      return { truth, data: Float32Array.from(e, (value, i) => { const at = 5 * Math.floor(i / 3); return truth[at] + Math.exp(truth[at + 1]) * truth[at + 2 + (i % 3)] + value; }) };
    },
    logDensity: (x, data) => {
      const [mu, logTau, eta] = [column(x, 0), column(x, 1), column(x, 2, 5)];
      const theta = add(mu, mul(exp(logTau), eta));
      return [logNormal(mu, 0, 0), logNormal(logTau, -0.5, Math.log(0.5)), logNormal(eta, 0, 0), logNormal(data, theta, 0)].reduce((a, b) => add(a, b));
    },
  },
  // z_1, z_2 ~ N(0, 1); a number N(z_1 + z_2 / 2, 1/2), and four yes or no with logits 2 z_1 - z_2
  "mixed data: a number, and yes or no": {
    names: ["z[1]", "z[2]"],
    simulate: (n) => {
      const [z, e, u] = [drawsOf(6, 2 * n), drawsOf(7, n), uniform(keyFromSeed(8), 4 * n)];
      const truth = Float32Array.from(z);
      const odds = (row: number): number => 2 * truth[2 * row] - truth[2 * row + 1];
      const data = Float32Array.from({ length: 5 * n }, (_, i) => {
        const [row, j] = [Math.floor(i / 5), i % 5];
        return j === 0 ? truth[2 * row] + 0.5 * truth[2 * row + 1] + 0.5 * e[row] : Number(u[4 * row + j - 1] < 1 / (1 + Math.exp(-odds(row))));
      });
      return { truth, data };
    },
    logDensity: (x, data) => {
      const [a, b] = [column(x, 0), column(x, 1)];
      const logit = sub(mul(2, a), b);
      const signs = sub(mul(2, column(data, 1, 5)), 1);
      return [logNormal(x, 0, 0), logNormal(column(data, 0), add(a, mul(0.5, b)), Math.log(0.5)), neg(sum(softplus(neg(mul(signs, logit))), 1))].reduce((one, other) => add(one, other));
    },
  },
};

/** Ranks of the truths among the draws, how often each, of every unknown. (Simulation-based calibration: Talts et al. 2018) */
async function ranksOf({ names, simulate, logDensity }: Model, gpu: Gpu, { told = (data) => data, leapfrogSteps = 8 }: { told?: (data: Float32Array) => Float32Array; leapfrogSteps?: number | "adapt" } = {}): Promise<number[][]> {
  const { truth, data } = simulate(replications);
  const own = deviceTensor(gpu, [replications, data.length / replications], told(data));
  const result = await hmc(gpu, { logDensity: (x) => logDensity(x, x.tape.read(own)), dim: names.length, names, chains: replications, warmup: 200, draws, thin, leapfrogSteps, mostLeapfrogSteps: 32, seed: 3 });
  return names.map((name, k) => {
    const counts = new Array<number>(draws + 1).fill(0);
    result.draws[name].forEach((chain, n) => counts[Array.from(chain).filter((draw) => draw < truth[n * names.length + k]).length]++);
    return counts;
  });
}

describe("simulation-based calibration of `hmc`: the truth has each rank among the draws equally often", () => {
  for (const [name, model] of Object.entries(models)) {
    it(`${name}, ${replications} replications`, async () => {
      const ranks = await ranksOf(model, await testDevice());
      model.names.forEach((unknown, k) => expect(deviation(ranks[k]), `${unknown}: ${ranks[k].join(" ")}`).toBeLessThan(4));
    });
  }

  it("the hierarchy with trajectories whose length is learned", async () => {
    const model = models["a hierarchy of three groups"];
    const ranks = await ranksOf(model, await testDevice(), { leapfrogSteps: "adapt" });
    model.names.forEach((unknown, k) => expect(deviation(ranks[k]), `${unknown}: ${ranks[k].join(" ")}`).toBeLessThan(4));
  });

  it("and has not where the data are other ones", async () => {
    const [name] = Object.keys(models);
    const ranks = await ranksOf(models[name], await testDevice(), { told: (data) => data.map((value) => 1.3 * value) });
    expect(Math.max(...ranks.map(deviation))).toBeGreaterThan(4);
  });
});
