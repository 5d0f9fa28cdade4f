import { expect, it } from "vitest";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { compileHmc, compilePaths } from "../../src/sampler/index.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { hostQuartic, quartic } from "./densities.ts";
import { hostTransition } from "./reference-hmc.ts";

const [chains, dim, transitions, leapfrogSteps] = [67, 3, 4, 3];
const sizes = { logDensity: quartic, chains, dim, transitions, leapfrogSteps };
// large enough that some proposals are rejected
const stepSizes = Array.from({ length: transitions * dim }, (_, i) => 0.5 + 0.05 * (i % 7));
const key = keyFromSeed(11);
const start = Float32Array.from(normal(keyFromSeed(5), chains * dim));

it("recorded chains are the chains unrecorded; each path goes from where the chain was to its proposal, which is the draw where it was accepted", async () => {
  const gpu = await testDevice();
  const recorder = await compilePaths(gpu, sizes);
  const plain = await compileHmc(gpu, sizes);
  for (const chain of [recorder.chain, plain]) {
    chain.logStepSizes.write(stepSizes.map(Math.log));
    chain.key.write(key);
    chain.position.write(start);
  }
  plain.run();
  const { positions, draws, accepted, energyChange, energy } = await recorder.run();
  expect(draws.subarray((transitions - 1) * chains * dim)).toEqual(await plain.position.read());
  expect(energyChange).toEqual(await plain.energyChange.read());
  expect(energy).toEqual(await plain.energy.read());

  const place = (t: number, step: number, n: number) => positions.subarray(((t * (leapfrogSteps + 1) + step) * chains + n) * dim).slice(0, dim);
  const draw = (t: number, n: number) => (t < 0 ? start : draws).subarray((Math.max(t, 0) * chains + n) * dim).slice(0, dim);
  let rejected = 0;
  for (let t = 0; t < transitions; t++) {
    for (let n = 0; n < chains; n++) {
      const taken = accepted[t * chains + n] === 1;
      rejected += Number(!taken);
      expect(place(t, 0, n)).toEqual(draw(t - 1, n));
      expect(draw(t, n)).toEqual(place(t, taken ? leapfrogSteps : 0, n));
      // the same trajectory in float64: the proposal's place, energy and fate
      const expected = hostTransition(hostQuartic, Array.from(place(t, 0, n)), key, n, t, stepSizes.slice(t * dim, (t + 1) * dim), leapfrogSteps);
      expect(expected.accepted).toBe(taken);
      if (taken) expectClose(place(t, leapfrogSteps, n), expected.position, { rtol: 2e-5, atol: 5e-5 });
      expectClose([energyChange[t * chains + n]], [expected.energyChange], { rtol: 2e-5, atol: 5e-5 });
    }
  }
  expect(rejected).toBeGreaterThan(10);
  expect(rejected).toBeLessThan((transitions * chains) / 2);
  for (const chain of [recorder, plain]) chain.destroy();
});

it("a path is walked back, step by step, from its end with the momentum turned round", async () => {
  const gpu = await testDevice();
  const recorder = await compilePaths(gpu, { ...sizes, transitions: 1, givenMomentum: true });
  const { chain } = recorder;
  chain.logStepSizes.write([0.2, 0.25, 0.3].map(Math.log));
  const walk = async (position: Float32Array, momentum: Float32Array) => {
    chain.position.write(position);
    chain.initialMomentum.write(momentum);
    const { positions } = await recorder.run();
    const step = (s: number) => positions.slice(s * chains * dim, (s + 1) * chains * dim);
    return { steps: Array.from({ length: leapfrogSteps + 1 }, (_, s) => step(s)), momentum: await chain.proposal.momentum.read() };
  };
  const there = await walk(start, Float32Array.from(normal(keyFromSeed(6), chains * dim)));
  const back = await walk(there.steps[leapfrogSteps], there.momentum.map((r) => -r));
  expect(there.steps[leapfrogSteps]).not.toEqual(start);
  there.steps.forEach((step, s) => expectClose(back.steps[leapfrogSteps - s], step, { rtol: 1e-5, atol: 1e-5 }));
  recorder.destroy();
});
