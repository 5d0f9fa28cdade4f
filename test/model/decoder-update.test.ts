import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import type { RowData } from "../../src/model/latent/posterior/conditional-chain.ts";
import type { HmcConfig } from "../../src/model/config/config.ts";
import { presets } from "../../src/model/config/presets.ts";
import { heldNoise } from "../../src/model/latent/held-noise.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { decoderUpdate } from "../../src/model/training/stages/decoder-update.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { hostLogDensity, type HostMlp, type HostModel } from "../sampler/fused/host-density.ts";
import { hostEntropy } from "../sampler/host-entropy.ts";
import { hostTransition } from "../sampler/reference-hmc.ts";

const real = { kind: "gaussian", levels: 1, positiveWeight: 1 } as const;
const [rows, d, transitions, leapfrogSteps, dim, hidden, marginalHidden] = [3, 2, 2, 3, 3, 4, 3];
const latents = [2, 1];
const key = keyFromSeed(21);
const host = {
  z: Array.from(normal(keyFromSeed(1), rows * d).map(Math.fround)),
  x: Array.from(normal(keyFromSeed(2), rows * d).map(Math.fround)),
  y: Array.from(normal(keyFromSeed(3), rows).map(Math.fround)),
  // row 1 has nothing observed
  observed: [1, 0, 0, 0, 0, 1],
  observedY: [1, 0, 1],
  counted: [1, 0, 1],
};

type Values = Map<string, number[]>;

function hostModel(values: Values): HostModel {
  const matrix = (flat: number[], columns: number): number[][] => Array.from({ length: flat.length / columns }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
  const mlp = (name: string, width: number): HostMlp => {
    const bias1 = values.get(`${name}/1/bias`)!;
    return { kernel0: matrix(values.get(`${name}/0/kernel`)!, width), bias0: values.get(`${name}/0/bias`)!, kernel1: matrix(values.get(`${name}/1/kernel`)!, bias1.length), bias1 };
  };
  const group = (name: string, g: number): number[] => {
    const flat = values.get(`marginal/decoder/${name}`)!;
    return flat.slice((g * flat.length) / d, ((g + 1) * flat.length) / d);
  };
  const mlps = Array.from({ length: d }, (_, g): HostMlp => ({ kernel0: [group("0/kernel", g)], bias0: group("0/bias", g), kernel1: matrix(group("1/kernel", g), 1), bias1: group("1/bias", g) }));
  return {
    latents, hidden, features: d, variance: 0.1, generative: [mlp("generative/0", hidden)], decoder: mlp("decoder", hidden),
    predictor: { mlp: mlp("predictor", hidden), targets: [real], completion: { mlps, columns: [real, real], hidden: marginalHidden } },
  };
}

/** Central differences of a density that is smooth but for kinks: good to about 1e-10. */
function withGradient(density: (eps: number[]) => number) {
  return (eps: number[]) => ({
    logDensity: density(eps),
    gradient: eps.map((_, i) => {
      const at = (by: number): number => density(eps.map((e, j) => (j === i ? e + by : e)));
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    }),
  });
}

async function run(settings: Partial<HmcConfig>) {
  const gpu = await testDevice();
  const hmc = { ...presets.HHVAEM.hmc, transitions, leapfrogSteps, entropyChains: 6, ...settings };
  const networks = new LatentNetworks(gpu, { config: { ...presets.HHVAEM, latents, hidden, marginalHidden, hmc }, features: [real, real], targets: [real] });
  const { parameters } = networks;
  parameters.initialise(keyFromSeed(5));
  const chainsPerRow = settings.entropy ? 6 : 1;
  const chains = rows * chainsPerRow;
  const start = Array.from(normal(keyFromSeed(8), chains * dim).map(Math.fround));
  parameters.value("hmc/log_step_size").write(Array.from({ length: transitions * dim }, (_, i) => Math.log(0.1 + 0.02 * (i % 4))));

  const upload = (data: ArrayLike<number>, width: number) => deviceTensor(gpu, [rows, width], data);
  const data: RowData = { x: upload(host.x, d), z: upload(host.z, d), observed: upload(host.observed, d), y: upload(host.y, 1), observedY: upload(host.observedY, 1) };
  const keyTensor = deviceTensor(gpu, [2], key, { dtype: "u32" });
  const seenRows = Math.max(1, host.counted.reduce((total, seen) => total + seen, 0));
  const update = await decoderUpdate(networks, data, { rows, key: keyTensor, start: deviceTensor(gpu, [chains, dim], start), counted: deviceTensor(gpu, [rows], host.counted), share: deviceTensor(gpu, [rows], host.counted.map((seen) => seen / seenRows)) });
  submit(gpu, update.work);
  // gradients are set anew, not added to those of the step before
  submit(gpu, update.work);
  const noise = heldNoise(gpu, keyTensor, { chains, width: d, transitions });
  submit(gpu, [await noise.draw()]);
  const noises = await Promise.all(Array.from({ length: transitions }, (_, t) => noise.of(t).read()));

  const values: Values = new Map([...(await parameters.read())].map(([name, value]) => [name, Array.from(value)]));
  const density = (model: HostModel, chain: number, t: number) => {
    const row = Math.floor(chain / chainsPerRow);
    const of = (list: number[], width: number) => list.slice(row * width, (row + 1) * width);
    const given = { z: of(host.z, d), x: of(host.x, d), observed: of(host.observed, d), y: of(host.y, 1), observedY: of(host.observedY, 1) };
    return (eps: number[]): number => hostLogDensity(model, given, eps, Array.from(noises[t].subarray(chain * d, (chain + 1) * d)));
  };
  /** All transitions of a chain. */
  const runChain = (at: Values, n: number) => {
    const model = hostModel(at);
    const steps = at.get("hmc/log_step_size")!.map(Math.exp);
    let position = start.slice(n * dim, (n + 1) * dim);
    return Array.from({ length: transitions }, (_, t) => {
      const before = position;
      const result = hostTransition(withGradient(density(model, n, t)), position, key, n, t, steps.slice(t * dim, (t + 1) * dim), leapfrogSteps);
      position = result.position;
      return { ...result, before };
    });
  };
  /** Mean over counted rows of E log p(z_O, y_O, eps^(T)) + H. */
  const objectiveOf = (at: Values, finals: number[][]) => {
    const model = hostModel(at);
    const perRow = host.counted.map((seen, r) => {
      if (!seen) return { logDensity: 0, entropy: 0 };
      const own = finals.slice(r * chainsPerRow, (r + 1) * chainsPerRow);
      const logDensity = own.reduce((total, eps, s) => total + density(model, r * chainsPerRow + s, transitions - 1)(eps), 0) / chainsPerRow;
      return { logDensity, entropy: settings.entropy ? hostEntropy(own.flat(), chainsPerRow, dim) : 0 };
    });
    const mean = (name: "logDensity" | "entropy") => perRow.reduce((total, row) => total + row[name], 0) / 2;
    return { objective: mean("logDensity"), entropy: mean("entropy") };
  };
  const all = (at: Values) => Array.from({ length: chains }, (_, n) => runChain(at, n));
  const gradient = async (name: string) => Array.from(await parameters.gradient(name).read(), (g) => -g);
  return { update, parameters, values, all, objectiveOf, gradient };
}

const trained = ["generative/", "decoder/", "predictor/"];
const total = ({ objective, entropy }: { objective: number; entropy: number }) => objective + entropy;

describe("the gradient of the HMC objective", () => {
  it.each([false, true])("through the leapfrog is the central difference of the float64 chains with the same random numbers, entropy: %s", async (entropy) => {
    const { update, parameters, values, all, objectiveOf, gradient } = await run({ gradient: "exact", entropy });
    const value = (at: Values) => objectiveOf(at, all(at).map((chain) => chain.at(-1)!.position));
    const expected = value(values);
    expectClose(await update.measured.objective.read(), [expected.objective], { rtol: 1e-5 });
    if (entropy) expectClose(await update.measured.entropy.read(), [expected.entropy], { rtol: 1e-4 });
    const along = (name: string, direction: number[]) => {
      const moved = (by: number) => total(value(new Map([...values, [name, values.get(name)!.map((v, i) => v + by * direction[i])]])));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    };
    // the differences of differences are good to about 1e-4
    const tolerance = { rtol: 1e-3, atol: 2e-3 };
    const stepSizes = "hmc/log_step_size";
    const axes = values.get(stepSizes)!.map((_, i, all) => all.map((__, j) => Number(i === j)));
    expectClose(await gradient(stepSizes), axes.map((axis) => along(stepSizes, axis)), tolerance);
    // all weights of an array at once, in a random direction
    for (const [at, name] of parameters.names(...trained).entries()) {
      const direction = Array.from(normal(keyFromSeed(30 + at), values.get(name)!.length));
      const got = (await gradient(name)).reduce((sum, g, i) => sum + g * direction[i], 0);
      expectClose([got], [along(name, direction)], tolerance);
    }
    update.destroy();
  });

  it("with gradients inside the leapfrog constant: the step sizes' has the closed form, the entropy's part included", async () => {
    const { update, values, all, objectiveOf, gradient } = await run({ gradient: "frozen", entropy: true });
    const chains = all(values);
    const finals = chains.map((chain) => chain.at(-1)!.position);
    const steps = values.get("hmc/log_step_size")!.map(Math.exp);
    const expected = new Array<number>(transitions * dim).fill(0);
    chains.forEach((chain, n) => {
      for (let i = 0; i < dim; i++) {
        const moved = (by: number) => total(objectiveOf(values, finals.map((eps, m) => (m === n ? eps.map((e, j) => (j === i ? e + by : e)) : eps))));
        const cotangent = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        // d eps / d log phi = 2 (q - q0) - L phi r0
        chain.forEach(({ position, before, accepted, initialMomentum }, t) => {
          if (accepted) expected[t * dim + i] += cotangent * (2 * (position[i] - before[i]) - leapfrogSteps * steps[t * dim + i] * initialMomentum[i]);
        });
      }
    });
    expect(chains.flat().filter((one) => one.accepted).length).toBeGreaterThan(20);
    expectClose(await gradient("hmc/log_step_size"), expected, { rtol: 1e-3, atol: 1e-3 });
    update.destroy();
  });
});
