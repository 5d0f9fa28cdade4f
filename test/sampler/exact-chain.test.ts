import { describe, expect, it } from "vitest";
import { add, broadcastTo, compile, deviceTensor, gradients, mul, reshape, slice, square, sub, sum, Tape, type DeviceTensor, type Program, type Tensor } from "../../src/autodiff/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { compileExactHmc, recordThroughChains, type ExactHmcOptions } from "../../src/sampler/research/exact-chain.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { gaussian } from "./densities.ts";
import { hostMomenta, hostTransition, type HostDensity } from "./reference-hmc.ts";

const key = keyFromSeed(11);

/** log p = -sum_i w_i (x_i^2 / 2 + x_i^4 / 8) - w_0 x_0 x_1 / 2: not quadratic, with parameters w [K]. */
function weighted(x: Tensor, weights: DeviceTensor): Tensor {
  const w = broadcastTo(reshape(x.tape.read(weights), [1, x.shape[1]]), x.shape);
  const cross = mul(mul(slice(x, 1, 0, 1), slice(x, 1, 1, 2)), slice(w, 1, 0, 1));
  return sub(sum(mul(w, add(mul(square(x), -0.5), mul(square(square(x)), -0.125))), 1), mul(sum(cross, 1), 0.5));
}

const hostWeighted = (w: readonly number[]): HostDensity => (x) => ({
  logDensity: -x.reduce((total, v, i) => total + w[i] * (v ** 2 / 2 + v ** 4 / 8), 0) - (w[0] * x[0] * x[1]) / 2,
  gradient: x.map((v, i) => w[i] * (-v - v ** 3 / 2) - (w[0] / 2) * (i === 0 ? x[1] : i === 1 ? x[0] : 0)),
});

async function build(options: Omit<ExactHmcOptions, "logStepSizes" | "key">, stepSizes: readonly number[], start: Float32Array) {
  const gpu = await testDevice();
  const exact = await compileExactHmc(gpu, options);
  exact.chain.logStepSizes.write(stepSizes.map(Math.log));
  exact.chain.key.write(key);
  exact.chain.position.write(start);
  return { gpu, exact };
}

describe("gradients through the chain", () => {
  it("are the central differences of the float64 chain with the same random numbers, rejections included", async () => {
    const [chains, dim, transitions, leapfrogSteps] = [67, 3, 3, 3];
    const weights = [0.7, 1.2, 0.9].map(Math.fround);
    const logSteps = Array.from({ length: transitions * dim }, (_, i) => Math.fround(Math.log(0.35 + 0.04 * (i % 4))));
    const start = Float32Array.from(normal(keyFromSeed(5), chains * dim));
    const final = Float32Array.from(normal(keyFromSeed(6), chains * dim));
    const gpu = await testDevice();
    const w = deviceTensor(gpu, [dim], weights);
    const density = (x: Tensor): Tensor => weighted(x, w);
    const gradientByWeight = deviceTensor(gpu, [dim]);
    let addUp: Program | undefined;
    const { exact } = await build({ logDensity: density, chains, dim, transitions, leapfrogSteps, afterSweep: () => addUp }, logSteps.map(Math.exp), start);
    const tape = new Tape();
    const [ofTransition] = gradients(recordThroughChains(tape, exact, density), [tape.read(w)]);
    addUp = await compile(gpu, { sum: add(tape.read(gradientByWeight), ofTransition) }, { into: { sum: gradientByWeight } });
    exact.finalCotangent.write(final);
    exact.run();
    const cotangents = await exact.stepSizeCotangents.read();
    const byStep = logSteps.map((_, at) => {
      const [t, i] = [Math.floor(at / dim), at % dim];
      return Array.from({ length: chains }, (_, n) => cotangents[(t * chains + n) * dim + i]).reduce((a, b) => a + b);
    });

    // F = sum of final cotangent . eps^(T), and which proposals were accepted
    const objective = (p: { start: ArrayLike<number>; logSteps: readonly number[]; weights: readonly number[] }) => {
      let value = 0;
      let accepted = "";
      for (let n = 0; n < chains; n++) {
        let position = Array.from({ length: dim }, (_, i) => p.start[n * dim + i]);
        for (let t = 0; t < transitions; t++) {
          const result = hostTransition(hostWeighted(p.weights), position, key, n, t, p.logSteps.slice(t * dim, (t + 1) * dim).map(Math.exp), leapfrogSteps);
          position = result.position;
          accepted += Number(result.accepted);
        }
        value += position.reduce((total, v, i) => total + v * final[n * dim + i], 0);
      }
      return { value, accepted };
    };
    const at = { start: Array.from(start), logSteps, weights };
    const { accepted } = objective(at);
    expect([...accepted].filter((one) => one === "0").length).toBeGreaterThan(5);
    const differences = (name: keyof typeof at): number[] =>
      at[name].map((value, i) => {
        const h = 1e-6;
        const moved = (by: number) => objective({ ...at, [name]: at[name].map((v, j) => (j === i ? value + by : v)) });
        const [up, down] = [moved(h), moved(-h)];
        // the branch is held, so that a difference across a change of branch would mean nothing
        expect([up.accepted, down.accepted]).toEqual([accepted, accepted]);
        return (up.value - down.value) / (2 * h);
      });
    // float32 over 9 steps forward and 9 back; sums over 67 chains
    expectClose(await exact.startCotangent.read(), differences("start"), { rtol: 1e-4, atol: 1e-4 });
    expectClose(byStep, differences("logSteps"), { rtol: 1e-4, atol: 1e-3 });
    expectClose(await gradientByWeight.read(), differences("weights"), { rtol: 1e-4, atol: 1e-3 });
    exact.destroy();
  });

  it("of the harmonic oscillator are those of q_L = q_0 cos(L a) + r_0 sin(L a) / sqrt(1 - phi^2 / 4), cos a = 1 - phi^2 / 2", async () => {
    const [chains, dim, leapfrogSteps, phi] = [64, 1, 7, Math.fround(0.2)];
    const start = Float32Array.from(normal(keyFromSeed(5), chains * dim));
    const { exact } = await build({ logDensity: gaussian, chains, dim, transitions: 1, leapfrogSteps }, [phi], start);
    exact.finalCotangent.write(new Float32Array(chains).fill(1));
    exact.run();
    const end = await exact.chain.position.read();
    const steps = await exact.stepSizeCotangents.read();
    const starts = await exact.startCotangent.read();
    const angle = leapfrogSteps * Math.acos(1 - phi ** 2 / 2);
    const frequency = Math.sqrt(1 - phi ** 2 / 4);
    // d a / d phi = 1 / sqrt(1 - phi^2 / 4)
    const angleByStep = leapfrogSteps / frequency;
    const moved = [...end].map((q, n) => q !== start[n]);
    expect(moved.filter(Boolean).length).toBeGreaterThan(55);
    const momenta = Array.from({ length: chains }, (_, n) => hostMomenta(key, n, 0, dim)[0]);
    const byStep = momenta.map((r, n) => -start[n] * Math.sin(angle) * angleByStep + (r * Math.cos(angle) * angleByStep) / frequency + (r * Math.sin(angle) * phi) / (4 * frequency ** 3));
    expectClose(starts, moved.map((yes) => (yes ? Math.cos(angle) : 1)), { atol: 1e-5 });
    expectClose(steps, byStep.map((d, n) => (moved[n] ? phi * d : 0)), { atol: 2e-5 });
    exact.destroy();
  });

  it("leave chains alone whose trajectories met values that are not finite", async () => {
    const [chains, dim] = [32, 2];
    const start = Float32Array.from(normal(keyFromSeed(5), chains * dim));
    const steep = (x: Tensor): Tensor => mul(sum(square(square(x)), 1), -1);
    const { gpu, exact } = await build({ logDensity: steep, chains, dim, transitions: 2, leapfrogSteps: 6 }, [1e9, 1e9, 1e9, 1e9], start);
    exact.finalCotangent.write(new Float32Array(chains * dim).fill(1.5));
    submit(gpu, [exact.chain, exact.sweep]);
    expect(await exact.chain.position.read()).toEqual(start);
    expect(await exact.startCotangent.read()).toEqual(new Float32Array(chains * dim).fill(1.5));
    expect((await exact.stepSizeCotangents.read()).every((v) => v === 0)).toBe(true);
    exact.destroy();
  });
});
