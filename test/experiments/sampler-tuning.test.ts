import { describe, expect, it } from "vitest";
import { mul, square, sum } from "../../src/autodiff/index.ts";
import { SamplerTuning, type TuningReport } from "../../src/experiments/index.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { mean, standardDeviation } from "../../src/math/statistics.ts";
import { planarTargets, type PlanarTarget } from "../../src/sampler/index.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

/** How far the draws' means and deviations are from the target's, in the target's deviations. */
function distance(draws: Float32Array, target: PlanarTarget): number {
  const errors = [0, 1].map((i) => {
    const values = draws.filter((_, at) => at % 2 === i);
    return Math.hypot(mean(values) - target.mean[i], standardDeviation(values) - target.standardDeviation[i]) / target.standardDeviation[i];
  });
  return Math.hypot(...errors);
}

const negativeKl = ({ logDensity, entropy }: TuningReport): number => logDensity + entropy;

describe("tuning step sizes and inflation", () => {
  it.each(Object.entries(planarTargets))("brings draws of the %s nearer: the objective rises towards 0, moments come closer", async (_, target) => {
    const tuning = await SamplerTuning.create(await testDevice(), { ...target, chains: 256, stepSize: [0.01, 0.03], key: keyFromSeed(1) });
    const before = await tuning.look();
    await tuning.run(350);
    const after = await tuning.look();
    tuning.destroy();
    expect(negativeKl(before)).toBeLessThan(-1.2);
    // the estimate from 256 draws has a standard error of about 0.07; 0 is the best there is
    expect(negativeKl(after)).toBeGreaterThan(-0.35);
    expect(negativeKl(after)).toBeLessThan(0.3);
    expect(distance(after.draws, target)).toBeLessThan(0.5 * distance(before.draws, target));
    expect(after.sksd).toBeLessThan(0.5 * before.sksd);
    expect(after.acceptance).toBeGreaterThan(0.9);
    expect(after.step).toBe(350);
  });

  it("is the same for the same key, looking changes nothing, and the entropy can be part of the objective", async () => {
    const gpu = await testDevice();
    const tune = async (entropy: boolean, looks: boolean) => {
      const tuning = await SamplerTuning.create(gpu, { ...planarTargets.wave, chains: 64, transitions: 3, leapfrogSteps: 2, entropy, key: keyFromSeed(2) });
      await tuning.run(6);
      if (looks) await tuning.look();
      await tuning.run(6);
      const { stepSizes, inflation } = await tuning.tuned();
      tuning.destroy();
      return { stepSizes, inflation };
    };
    const once = await tune(true, false);
    expect(await tune(true, true)).toEqual(once);
    expect((await tune(false, false)).stepSizes).not.toEqual(once.stepSizes);
  });

  it("leaves a start alone that is the target: no force to inflate a Gaussian that fits", async () => {
    const standard = { ...planarTargets.banana, start: { mean: [0, 0], standardDeviation: [1, 1] } };
    const tuning = await SamplerTuning.create(await testDevice(), { ...standard, logDensity: (x) => mul(-0.5, sum(square(x), 1)), chains: 512, key: keyFromSeed(3) });
    await tuning.run(60);
    expectClose((await tuning.tuned()).inflation, [1, 1], { atol: 0.25 });
    tuning.destroy();
  });

  it("refuses step sizes that are none", async () => {
    await expect(SamplerTuning.create(await testDevice(), { ...planarTargets.banana, stepSize: [0, 0.1], key: keyFromSeed(1) })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [tuning] expected step sizes above 0, the smaller first, got 0 and 0.1.]`);
  });
});
