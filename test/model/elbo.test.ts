import { describe, expect, it } from "vitest";
import { compile, deviceTensor, gradients, Tape, type Tensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { presets } from "../../src/model/config/presets.ts";
import { defaultSchedule } from "../../src/model/config/schedule.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { recordElbo } from "../../src/model/training/stages/elbo.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const gaussian = { kind: "gaussian", levels: 1, positiveWeight: 1 } as const;

/** The ELBO of rows with codes z [B, D]; `step` of the schedule's annealing. */
async function elboOf(gpu: Gpu, networks: LatentNetworks, rows: { z: number[]; observed: number[] }, { step = 0, annealSteps = 0, withGradient = false } = {}) {
  const d = networks.shape.features.length;
  const tape = new Tape();
  const read = (data: number[]) => tape.read(deviceTensor(gpu, [data.length / d, d], data));
  const key = tape.read(deviceTensor(gpu, [2], keyFromSeed(1), { dtype: "u32" }));
  const at = tape.read(deviceTensor(gpu, [1], [step], { dtype: "u32" }));
  const z = read(rows.z);
  const { loss, elbo, kl, posterior } = recordElbo(networks, { x: z, observed: read(rows.observed) }, { key, step: at, firstStep: 0, schedule: { ...defaultSchedule, annealSteps } });
  const wanted: Record<string, Tensor> = { loss, elbo, ...posterior, ...Object.fromEntries(kl.map((value, l) => [`kl${l}`, value])) };
  if (withGradient) wanted.dz = gradients(loss, [z])[0];
  const program = await compile(gpu, wanted);
  program.run();
  const result: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(program.outputs)) result[name] = await tensor.read();
  return result;
}

describe("the ELBO of a linear Gaussian model", () => {
  // z = W eps + sqrt(v) noise with orthogonal columns of W: the posterior is diagonal, as q is
  const units = [[2 / 3, 1 / 3, 2 / 3], [1 / 3, 2 / 3, -2 / 3], [2 / 3, -2 / 3, -1 / 3]];
  const scales = [0.9, 0.7, 0];
  const v = 0.1;
  const z = [0.8, 0.3, -0.4].map(Math.fround);
  const along = units.map((unit) => unit.reduce((total, u, d) => total + u * z[d], 0));
  const logP = along.reduce((total, a, k) => total - 0.5 * (Math.log(2 * Math.PI * (v + scales[k] ** 2)) + a ** 2 / (v + scales[k] ** 2)), 0);
  const exact = [0, 1].map((k) => ({ mean: (scales[k] * along[k]) / (v + scales[k] ** 2), variance: v / (v + scales[k] ** 2) }));
  const rows = 16_384;

  async function linearModel(q: readonly { mean: number; variance: number }[]): Promise<LatentNetworks> {
    const networks = new LatentNetworks(await testDevice(), { config: { ...presets.VAEM, latents: [2], hidden: 4, marginalHidden: 2, variance: v }, features: [gaussian, gaussian, gaussian], targets: [] });
    const { parameters } = networks;
    // relu(eps) - relu(-eps) = eps; kernels are [inputs, outputs]
    parameters.value("decoder/0/kernel").write([1, 0, -1, 0, 0, 1, 0, -1]);
    parameters.value("decoder/1/kernel").write([0, 1, 2, 3].flatMap((h) => units[h % 2].map((u) => (h < 2 ? 1 : -1) * scales[h % 2] * u)));
    parameters.value("encoder/head/0/0/bias").write([...q.map(({ mean }) => mean), ...q.map(({ variance }) => Math.log(variance))]);
    return networks;
  }

  const others = {
    "the exact posterior: log p(z)": exact,
    "the prior: log p(z) less the divergence": [{ mean: 0, variance: 1 }, { mean: 0, variance: 1 }],
    "a posterior too narrow and off": exact.map(({ mean, variance }) => ({ mean: mean + 0.2, variance: variance / 3 })),
  };
  it.each(Object.entries(others))("with %s", async (_, q) => {
    const gpu = await testDevice();
    const networks = await linearModel(q);
    const { elbo } = await elboOf(gpu, networks, { z: Array.from({ length: rows }, () => z).flat(), observed: new Array(3 * rows).fill(1) });
    // ELBO = log p(z) - KL(q || posterior)
    const divergence = q.reduce((total, { mean, variance }, k) => {
      const p = exact[k];
      return total + 0.5 * (variance / p.variance + (mean - p.mean) ** 2 / p.variance - 1 - Math.log(variance / p.variance));
    }, 0);
    // the draw's log-likelihood is -(r - s sd xi)^2 / 2 v along each column, r = u z - s mean
    const spread = q.reduce((total, { mean, variance }, k) => {
      const r = along[k] - scales[k] * mean;
      return total + 0.5 * ((scales[k] ** 2 * variance) / v) ** 2 + (r ** 2 * scales[k] ** 2 * variance) / v ** 2;
    }, 0);
    const standardError = Math.sqrt(spread / rows);
    expectClose(elbo, [logP - divergence], { atol: 4 * standardError });
    expect(elbo[0]).toBeLessThanOrEqual(logP + 4 * standardError);
  });

  it("the importance-weighted bound lies between the ELBO and log p(z), and comes near it with many draws", async () => {
    const gpu = await testDevice();
    const q = [{ mean: 0, variance: 1 }, { mean: 0, variance: 1 }];
    const boundOf = async (importanceSamples: number): Promise<number> => {
      const { parameters, shape } = await linearModel(q);
      const networks = new LatentNetworks(gpu, { ...shape, config: { ...shape.config, inference: "importance-weighted", importanceSamples } });
      for (const { name } of parameters.specs) networks.parameters.value(name).write(await parameters.value(name).read());
      const count = 2048;
      return (await elboOf(gpu, networks, { z: Array.from({ length: count }, () => z).flat(), observed: new Array(3 * count).fill(1) })).elbo[0];
    };
    const [one, five, many] = [await boundOf(1), await boundOf(5), await boundOf(200)];
    const divergence = q.reduce((total, { mean, variance }, k) => {
      const p = exact[k];
      return total + 0.5 * (variance / p.variance + (mean - p.mean) ** 2 / p.variance - 1 - Math.log(variance / p.variance));
    }, 0);
    expectClose([one], [logP - divergence], { atol: 0.6 });
    expect(five).toBeGreaterThan(one + 0.5);
    expect(many).toBeGreaterThan(five + 0.2);
    expectClose([many], [logP], { atol: 0.1 });
  });
});

describe("terms of the ELBO", () => {
  async function random(): Promise<LatentNetworks> {
    const networks = new LatentNetworks(await testDevice(), { config: { ...presets.HVAEM, latents: [3, 2], hidden: 8, marginalHidden: 2 }, features: [gaussian, gaussian, gaussian, gaussian], targets: [] });
    networks.parameters.initialise(keyFromSeed(4));
    return networks;
  }
  const z = Array.from(normal(keyFromSeed(9), 24));
  const observed = [1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];

  it("KL is the closed form by layer, over rows with something observed", async () => {
    const { mean, logVar, kl0, kl1 } = await elboOf(await testDevice(), await random(), { z, observed });
    const counted = [0, 1, 2, 4];
    const klOf = (from: number, to: number): number => counted.reduce((total, row) => {
      for (let k = from; k < to; k++) {
        const at = row * 5 + k;
        total += 0.5 * (mean[at] ** 2 + Math.exp(logVar[at]) - 1 - logVar[at]);
      }
      return total;
    }, 0) / counted.length;
    expectClose([...kl0, ...kl1], [klOf(0, 3), klOf(3, 5)], { rtol: 1e-4, atol: 1e-6 });
  });

  it("rows with nothing observed contribute nothing", async () => {
    const gpu = await testDevice();
    const networks = await random();
    const alone = await elboOf(gpu, networks, { z: z.slice(0, 12), observed: observed.slice(0, 12) });
    const empty = new Array(12).fill(0);
    const among = await elboOf(gpu, networks, { z, observed: [...observed.slice(0, 12), ...empty] }, { withGradient: true });
    for (const name of ["loss", "elbo", "kl0", "kl1"]) expectClose(among[name], alone[name], { rtol: 1e-5 });
    expect(among.dz.subarray(0, 12).filter((g) => g !== 0)).toHaveLength(observed.slice(0, 12).filter((seen) => seen === 1).length);
    expect(Array.from(among.dz.subarray(12))).toEqual(empty);
    const nothing = await elboOf(gpu, networks, { z, observed: [...empty, ...empty] });
    expect([...nothing.loss, ...nothing.elbo, ...nothing.kl0]).toEqual([0, 0, 0]);
  });

  it("hidden codes do not matter, not even as NaN", async () => {
    const gpu = await testDevice();
    const networks = await random();
    const clean = await elboOf(gpu, networks, { z: z.map((value, i) => observed[i] * value), observed });
    const dirty = await elboOf(gpu, networks, { z: z.map((value, i) => (observed[i] ? value : i % 2 ? NaN : 1e30)), observed });
    for (const name of ["loss", "elbo", "kl0", "kl1"]) expect(dirty[name]).toEqual(clean[name]);
  });

  it("KL weights rise from 0, shared among layers by their size and KL, and end at 1", async () => {
    const gpu = await testDevice();
    const networks = await random();
    for (const [step, expected] of [
      [0, () => 0],
      [25, (kl: number[]) => (0.25 * (3 * kl[0] ** 2 + 2 * kl[1] ** 2)) / (3 * kl[0] + 2 * kl[1])],
      [100, (kl: number[]) => kl[0] + kl[1]],
      [5000, (kl: number[]) => kl[0] + kl[1]],
    ] as const) {
      const { loss, elbo, kl0, kl1 } = await elboOf(gpu, networks, { z, observed }, { step, annealSteps: 100 });
      const reconstruction = elbo[0] + kl0[0] + kl1[0];
      expectClose(loss, [expected([kl0[0], kl1[0]]) - reconstruction], { rtol: 1e-5 });
    }
  });
});
