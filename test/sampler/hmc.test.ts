import { describe, expect, it } from "vitest";
import { deviceTensor, log, mul, square, sub, sum, type Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, split } from "../../src/math/key.ts";
import { hmcKernel } from "../../src/sampler/hmc-kernel.ts";
import { hmc, type HmcOptions } from "../../src/sampler/hmc.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { gaussian } from "./densities.ts";

/** Independent normals with means 3 and -1 and standard deviations 0.01 and 20. */
const scaled = (x: Tensor): Tensor => {
  const { gpu } = x.source!;
  const mean = x.tape.read(deviceTensor(gpu, [2], [3, -1]));
  const precision = x.tape.read(deviceTensor(gpu, [2], [1e4, 1 / 400]));
  return mul(sum(mul(square(sub(x, mean)), precision), 1), -0.5);
};

const run = async (options: Partial<HmcOptions> = {}) =>
  hmc(await testDevice(), { logDensity: scaled, dim: 2, chains: 32, warmup: 150, draws: 40, leapfrogSteps: 4, seed: 5, ...options });

describe("hmc", () => {
  it("learns scales that differ 2,000-fold, and keeps to the wanted acceptance", async () => {
    const { draws, info, diagnostics } = await run({ names: ["narrow", "wide"], draws: 100, leapfrogSteps: 6 });
    expectClose(info.variances, [1e-4, 400], { rtol: 0.25 });
    expectClose([info.acceptance], [0.8], { atol: 0.06 });
    expect(info.divergences).toBe(0);
    expect(Object.keys(draws)).toEqual(["narrow", "wide"]);
    expect(draws.wide.map((chain) => chain.length)).toEqual(new Array(32).fill(100));
    for (const [name, mean, sd] of [["narrow", 3, 0.01], ["wide", -1, 20]] as const) {
      const summary = diagnostics.parameters[name];
      expectClose([summary.mean], [mean], { atol: 4 * summary.mcseMean });
      expectClose([summary.standardDeviation], [sd], { rtol: 0.1 });
      // 32 chains of 100 draws, three to four of them worth one
      expect(summary.rHat).toBeLessThan(1.04);
    }
    expect(diagnostics.bfmi.length).toBe(32);
  });

  it("reports energies, acceptance and log densities of the draws it keeps: with thinning, every third", async () => {
    const all = await run({ draws: 30 });
    const thinned = await run({ draws: 10, thin: 3 });
    // the warm-up is the same, and 30 transitions are one batch either way
    const third = <T>(chain: ArrayLike<T>): T[] => Array.from(chain).filter((_, i) => i % 3 === 2);
    expect(third(all.draws["x[2]"][7])).toEqual([...thinned.draws["x[2]"][7]]);
    expect(third(all.info.energies[7])).toEqual([...thinned.info.energies[7]]);
    expect(third(all.info.acceptanceRates[7])).toEqual([...thinned.info.acceptanceRates[7]]);
    const [x, y] = [all.draws["x[1]"][3], all.draws["x[2]"][3]];
    expectClose(all.info.logDensities[3], x.map((v, i) => -0.5 * (((v - 3) / 0.01) ** 2 + ((y[i] + 1) / 20) ** 2)), { rtol: 1e-4, atol: 1e-3 });
    expect(all.info.acceptance).toBe(thinned.info.acceptance);
  });

  it("gives the same bytes for the same seed, others for another", async () => {
    const options = { warmup: 30, draws: 70 };
    const [a, b, c] = [await run(options), await run(options), await run({ ...options, seed: 6 })];
    expect(a.toArviz()).toBe(b.toArviz());
    expect(a.draws["x[1]"][0]).not.toEqual(c.draws["x[1]"][0]);
    const arviz = JSON.parse(a.toArviz()) as { posterior: Record<string, number[][]>; sample_stats: Record<string, number[][]> };
    expect(arviz.posterior["x[1]"].map((chain) => chain.length)).toEqual(new Array(32).fill(70));
    expect(Object.keys(arviz.sample_stats).sort()).toEqual(["acceptance_rate", "diverging", "energy", "lp", "step_size"]);
  });

  it("draws starting points again until the density is finite there", async () => {
    // uniform on (-2, 2): half of the starts are outside of x > 0
    const { draws } = await run({ logDensity: (x) => sum(sub(log(x), x), 1), dim: 1, warmup: 200, draws: 50, targetAcceptance: 0.95 });
    const all = draws["x[1]"].flatMap((chain) => [...chain]);
    expect(Math.min(...all)).toBeGreaterThan(0);
    // Gamma(2, 1): mean 2, sd sqrt 2; 1,600 draws, at least 400 of them effective
    expectClose([all.reduce((total, x) => total + x, 0) / all.length], [2], { atol: (4 * Math.SQRT2) / 20 });
  });

  it("warns of divergences and of chains that disagree", async () => {
    // two wells too far apart to cross: chains stay where they start
    const wells = (x: Tensor): Tensor => mul(square(sub(square(sum(x, 1)), 9)), -1);
    const { diagnostics } = await run({ logDensity: wells, dim: 1, initial: Float32Array.from({ length: 32 }, (_, n) => (n % 2 === 0 ? 3 : -3)) });
    expect(diagnostics.warnings.join("\n")).toContain("R-hat is not below 1.01 for x[1]: the chains disagree");
  });

  it("says what is wrong with its options", async () => {
    await expect(run({ draws: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [hmc] expected draws to be a whole number of at least 1, got 0.]`);
    await expect(run({ initial: [1, 2, 3] })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [hmc] expected initial positions of 32 x 2 = 64 numbers, got 3.]`);
    await expect(run({ names: ["one"] })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [hmc] expected 2 names, one per unknown, got 1.]`);
    await expect(run({ logDensity: (x) => sum(log(x), 1), initial: new Array<number>(64).fill(-1) })).rejects.toThrowErrorMatchingInlineSnapshot(`[NonFiniteError: [hmc] 32 of 32 chains start where the log density or its gradient is not finite; the first is chain 0: log density NaN, gradient -1, -1; give initial positions where both are finite.]`);
  });
});

describe("one transition as a function", () => {
  it("samples when iterated from outside, and does not change the state it is given", async () => {
    const kernel = await hmcKernel(await testDevice(), { logDensity: gaussian, chains: 256, dim: 2, leapfrogSteps: 4 });
    let state = await kernel.init(new Float32Array(512).fill(3));
    expectClose(state.logDensity, new Array(256).fill(-9), { rtol: 1e-6 });
    const first = state;
    for (const key of split(keyFromSeed(9), 6)) {
      const [next, info] = await kernel.step(key, state, [0.4, 0.35]);
      expect(info.divergent).not.toContain(true);
      expectClose(next.logDensity, Array.from({ length: 256 }, (_, n) => -0.5 * (next.position[2 * n] ** 2 + next.position[2 * n + 1] ** 2)), { atol: 1e-5 });
      state = next;
    }
    expect(first.position).toEqual(new Float32Array(512).fill(3));
    const key = keyFromSeed(10);
    expect(await kernel.step(key, state, 0.4)).toEqual(await kernel.step(key, state, 0.4));
    // 512 normals: the standard error of their mean square is sqrt(2 / 512)
    expectClose([state.position.reduce((total, x) => total + x * x, 0) / 512], [1], { atol: 4 * Math.sqrt(2 / 512) });
    kernel.destroy();
  });
});
