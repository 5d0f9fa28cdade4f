import { describe, expect, it } from "vitest";
import { add, compile, deviceTensor, exp, log, mul, square, sub, sum, Tape, type Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal, type Key } from "../../src/math/key.ts";
import { compileHmc, type HmcChainOptions } from "../../src/sampler/hmc-chain.ts";
import { hardwareDevice, testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { gaussian, hostQuartic, quartic } from "./densities.ts";
import { hostMomenta, hostTransition } from "./reference-hmc.ts";

const key: Key = keyFromSeed(11);
async function build(options: Omit<HmcChainOptions, "logStepSizes">, stepSizes: number[], device = testDevice()) {
  const gpu = await device;
  const chain = await compileHmc(gpu, options);
  chain.logStepSizes.write(stepSizes.map(Math.log));
  chain.key.write(key);
  return { gpu, chain };
}

const start = (chains: number, dim: number): Float32Array => Float32Array.from(normal(keyFromSeed(5), chains * dim));

describe("chains on the device", () => {
  it("are those of textbook HMC in float64 with the same random numbers: odd dimension, own step size per transition and unknown", async () => {
    const [chains, dim, transitions, leapfrogSteps] = [67, 5, 4, 3];
    // large enough that some proposals are rejected
    const stepSizes = Array.from({ length: transitions * dim }, (_, i) => 0.3 + 0.04 * (i % 7));
    const { chain } = await build({ logDensity: quartic, chains, dim, transitions, leapfrogSteps, derivatives: true }, stepSizes);
    const initial = start(chains, dim);
    chain.position.write(initial);
    chain.run();

    const expected = { position: [] as number[], logDensity: [] as number[], gradient: [] as number[], dH: new Float64Array(transitions * chains), derivatives: new Float64Array(transitions * chains * dim), acceptance: new Float64Array(transitions) };
    let rejected = 0;
    for (let n = 0; n < chains; n++) {
      let position = Array.from(initial.subarray(n * dim, (n + 1) * dim));
      for (let t = 0; t < transitions; t++) {
        const phi = stepSizes.slice(t * dim, (t + 1) * dim);
        const before = position;
        const result = hostTransition(hostQuartic, position, key, n, t, phi, leapfrogSteps);
        position = result.position;
        expected.dH[t * chains + n] = result.energyChange;
        expected.acceptance[t] += Math.min(1, Math.exp(-result.energyChange));
        rejected += result.accepted ? 0 : 1;
        for (let i = 0; i < dim; i++) {
          const d = 2 * (position[i] - before[i]) - leapfrogSteps * phi[i] * result.initialMomentum[i];
          expected.derivatives[(t * chains + n) * dim + i] = result.accepted ? d : 0;
        }
      }
      const { logDensity, gradient } = hostQuartic(position);
      expected.position.push(...position);
      expected.logDensity.push(logDensity);
      expected.gradient.push(...gradient);
    }
    expect(rejected).toBeGreaterThan(5);
    // float32 over 12 steps; trajectories of this density spread errors by less than a factor of 100
    const tolerance = { rtol: 2e-5, atol: 5e-5 };
    expectClose(await chain.position.read(), expected.position, tolerance);
    expectClose(await chain.logDensity.read(), expected.logDensity, tolerance);
    expectClose(await chain.gradient.read(), expected.gradient, tolerance);
    expectClose(await chain.energyChange.read(), expected.dH, tolerance);
    expectClose(await chain.derivatives!.read(), expected.derivatives, tolerance);
    const statistics = await chain.statistics.read();
    expectClose(statistics.filter((_, i) => i % 2 === 0), expected.acceptance, { rtol: 2e-5 });
    expect([...statistics.filter((_, i) => i % 2 === 1)]).toEqual(new Array(transitions).fill(0));
  });

  it.each([1, 63, 257, 700])("have their statistics summed by the lanes of hardware: %i chains", async (chains) => {
    const [dim, transitions] = [2, 2];
    const { chain } = await build({ logDensity: quartic, chains, dim, transitions, leapfrogSteps: 3 }, new Array<number>(transitions * dim).fill(0.5), hardwareDevice());
    chain.position.write(start(chains, dim));
    chain.run();
    const changes = await chain.energyChange.read();
    const expected = [0, 1].flatMap((t) => {
      const own = Array.from(changes.subarray(t * chains, (t + 1) * chains));
      return [own.reduce((total, change) => total + Math.min(1, Math.exp(-change)), 0), own.filter((change) => !(Math.abs(change) <= 1000)).length];
    });
    expectClose(await chain.statistics.read(), expected, { rtol: 1e-5 });
  });

  it("follow the harmonic oscillator: after steps of angle a with cos a = 1 - phi^2 / 2, q = q0 cos(L a) + r0 sin(L a) / sqrt(1 - phi^2 / 4)", async () => {
    const [chains, dim, leapfrogSteps, phi] = [64, 2, 20, 0.2];
    const { chain } = await build({ logDensity: gaussian, chains, dim, transitions: 1, leapfrogSteps }, [phi, phi]);
    const initial = start(chains, dim);
    chain.position.write(initial);
    chain.run();
    const angle = leapfrogSteps * Math.acos(1 - phi ** 2 / 2);
    const dH = await chain.energyChange.read();
    const energy = await chain.energy.read();
    const got = await chain.position.read();
    let accepted = 0;
    for (let n = 0; n < chains; n++) {
      const momenta = hostMomenta(key, n, 0, dim);
      const q0 = initial.subarray(n * dim, (n + 1) * dim);
      const end = momenta.map((r0, i) => q0[i] * Math.cos(angle) + (r0 * Math.sin(angle)) / Math.sqrt(1 - phi ** 2 / 4));
      const moved = got[n * dim] !== q0[0];
      accepted += moved ? 1 : 0;
      expectClose(got.subarray(n * dim, (n + 1) * dim), moved ? end : q0, { atol: 5e-6 });
      const h0 = momenta.reduce((h, r, i) => h + 0.5 * (r * r + q0[i] ** 2), 0);
      expectClose([energy[n]], [h0 + (moved ? dH[n] : 0)], { rtol: 1e-6, atol: 5e-6 });
    }
    expect(accepted).toBeGreaterThan(55);
  });

  it("keep their whole state where the trajectory meets a value that is not finite, and count as divergent", async () => {
    // log(x) of a negative number is NaN: the density ends at 0, and large steps cross it
    const [chains, dim, transitions] = [130, 3, 1];
    const logNormal = (x: Tensor): Tensor => sum(add(mul(square(log(x)), -0.5), mul(log(x), -1)), 1);
    const { chain } = await build({ logDensity: logNormal, chains, dim, transitions, leapfrogSteps: 4 }, [0.5, 0.5, 0.5]);
    const initial = start(chains, dim).map(Math.exp);
    chain.position.write(initial);
    chain.run();
    const [position, dH, [, divergent], gradient] = await Promise.all([chain.position.read(), chain.energyChange.read(), chain.statistics.read(), chain.gradient.read()]);
    const broken = [...dH].map((v) => v === Infinity);
    expect(broken.filter(Boolean).length).toBeGreaterThan(10);
    expect(broken.filter(Boolean).length).toBeLessThan(chains);
    expect(divergent).toBe([...dH].filter((v) => !(Math.abs(v) <= 1000)).length);
    for (let n = 0; n < chains; n++) if (broken[n]) expect(position.subarray(n * dim, (n + 1) * dim)).toEqual(initial.subarray(n * dim, (n + 1) * dim));
    // the gradient carried along is that of the position, moved or not
    expectClose(gradient, position.map((x) => -(Math.log(x) + 1) / x), { rtol: 1e-4, atol: 1e-4 });
    expect(position.every((v) => v > 0)).toBe(true);
  });

  it("count as divergent where the energy changes by more than 1000", async () => {
    const { chain } = await build({ logDensity: gaussian, chains: 8, dim: 2, transitions: 1, leapfrogSteps: 6 }, [8, 8]);
    chain.position.write(new Float32Array(16).fill(1));
    chain.run();
    const [acceptance, divergent] = await chain.statistics.read();
    expect(divergent).toBe(8);
    expect(acceptance).toBe(0);
  });

  it("give the same bytes when replayed, and make no buffer and no bind group for it", async () => {
    const { gpu, chain } = await build({ logDensity: quartic, chains: 100, dim: 4, transitions: 3, leapfrogSteps: 2 }, new Array<number>(12).fill(0.4));
    const initial = start(100, 4);
    const run = async (): Promise<Float32Array> => {
      chain.position.write(initial);
      chain.run();
      return chain.position.read();
    };
    const first = await run();
    const { buffers, bindGroups, pipelines } = gpu.made;
    chain.position.write(initial);
    chain.run();
    expect({ ...gpu.made, submits: 0 }).toEqual({ buffers, bindGroups, pipelines, submits: 0 });
    expect(await chain.position.read()).toEqual(first);
    chain.key.write([1, 2]);
    expect(await run()).not.toEqual(first);
  });

  it("evaluate the density again when the work before a transition changes it", async () => {
    const gpu = await testDevice();
    const scale = deviceTensor(gpu, [1], [1]);
    const other = new Tape().read(deviceTensor(gpu, [1], [2]));
    const change = await compile(gpu, { scale: mul(other, 2) }, { into: { scale } });
    const held = (x: Tensor): Tensor => mul(sum(square(x), 1), mul(x.tape.read(scale), -0.5));
    const { chain } = await build({ logDensity: held, chains: 16, dim: 2, transitions: 3, leapfrogSteps: 4, beforeTransition: (t) => (t === 1 ? change : undefined) }, new Array<number>(6).fill(0.3));
    chain.position.write(start(16, 2));
    chain.run();
    const position = await chain.position.read();
    const expected = Array.from({ length: 16 }, (_, n) => -0.5 * 4 * (position[2 * n] ** 2 + position[2 * n + 1] ** 2));
    expectClose(await chain.logDensity.read(), expected, { rtol: 1e-6, atol: 1e-6 });
  });

  it("refuse a density that does not give one number per chain", async () => {
    await expect(build({ logDensity: (x) => sum(square(x)), chains: 4, dim: 3, transitions: 1, leapfrogSteps: 1 }, [1, 1, 1])).rejects.toThrowErrorMatchingInlineSnapshot(`[ShapeError: [hmc] the log density of positions [4, 3] must be one number per chain, [4], got []; sum over the other axes.]`);
    await expect(build({ logDensity: gaussian, chains: 0, dim: 3, transitions: 1, leapfrogSteps: 1 }, [1, 1, 1])).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [hmc] expected chains to be a whole number of at least 1, got 0.]`);
  });
});

it("chains that start at one point sample a log-transformed exponential: E[e^x] = 1 under log p = x - e^x", async () => {
  const [chains, transitions] = [512, 20];
  const { chain } = await build({ logDensity: (x) => sum(sub(x, exp(x)), 1), chains, dim: 1, transitions, leapfrogSteps: 4 }, new Array<number>(transitions).fill(0.45));
  chain.position.write(new Float32Array(chains));
  chain.run();
  const draws = await chain.position.read();
  // 512 independent draws of sd 1: standard error 0.044
  expectClose([draws.reduce((total, x) => total + Math.exp(x), 0) / chains], [1], { atol: 4 * 0.044 });
});
