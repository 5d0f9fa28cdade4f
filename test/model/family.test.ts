import { describe, expect, it } from "vitest";
import { compile, concat, deviceTensor, Tape, type DeviceTensor, type Tensor } from "../../src/autodiff/index.ts";
import type { Table } from "../../src/data/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { conditionalChain } from "../../src/model/latent/posterior/conditional-chain.ts";
import { fit, loadModel, presets, type Model } from "../../src/model/index.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { LatentPosterior } from "../../src/model/latent/posterior/latent-posterior.ts";
import { entriesByRows } from "../../src/model/posterior/posterior.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const gaussian: MixedColumn = { kind: "gaussian", levels: 1, positiveWeight: 1 };

/** The paper's twelve; what goes beyond has tests of its own. */
const family = Object.keys(presets).filter((name) => !["paper", "proper", "conditional", "best"].includes(name));

describe("every preset of the family", () => {
  it("is there by the name that the paper gives it", () => {
    expect([...family].sort()).toEqual(["HHVAE", "HHVAE-noreparam", "HHVAEM", "HMCVAE", "HMCVAEM", "HVAE", "HVAE-noreparam", "HVAEM", "MIWAE", "MIWAEM", "VAE", "VAEM"]);
    for (const [name, { preset, marginal, latents, inference, reparameterised }] of family.map((preset) => [preset, presets[preset]] as const)) {
      expect(preset).toBe(name);
      expect(marginal).toBe(name.endsWith("M"));
      expect(latents.length).toBe(/^H(H)?VAE/.test(name) ? 2 : 1);
      expect(inference).toBe(name.startsWith("MIWAE") ? "importance-weighted" : /^(HMC|HH)/.test(name) ? "hmc" : "elbo");
      expect(reparameterised).toBe(!name.endsWith("noreparam"));
    }
  });

  it.each(family)("%s learns, answers better than the column means, and is the same after saving", async (preset) => {
    const gpu = await testDevice();
    const table = smallTable(300);
    const bounds: number[] = [];
    const model = await fit(gpu, table, smallSchema, {
      config: smallConfig(preset), schedule: { ...smallSchedule, marginalSteps: 150, viSteps: 500 }, seed: 3,
      onProgress: ({ stage, metrics }) => stage === "elbo" && bounds.push(metrics.elbo),
    });
    // the first is that of step 50; a batch's bound scatters by about 0.3
    expect(bounds.slice(-4).reduce((a, b) => a + b) / 4 - bounds[0]).toBeGreaterThan(0.3);
    const test = smallTable(80, 9);
    const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 10 >= 4));
    const options = { draws: 100, seed: 2 };
    const result = await model.evaluate(test, shown, options);
    const byMeans = errorOfMeans(table, test, shown);
    expect(result.error_xu).toBeLessThan(0.92 * byMeans);
    // the target's deviation
    expect(result.rmse!).toBeLessThan(0.8 * 0.82);
    if (preset.startsWith("MIWAE")) expect(result.effective).toBeGreaterThan(0.02);
    else expect(result.effective).toBeUndefined();
    if (/^(HMC|HH)/.test(preset)) expect(result.acceptance).toBeGreaterThan(0.5);
    else expect(result.acceptance).toBeNaN();
    const again = await loadModel(gpu, await model.files());
    expect(await again.evaluate(test, shown, options)).toEqual(result);
  });

  it("refuses HMC for a model that was trained without it", async () => {
    const model: Model = await fit(await testDevice(), smallTable(40), smallSchema, { config: smallConfig("VAE"), schedule: { ...smallSchedule, viSteps: 2 }, seed: 1 });
    await expect(model.predict(smallTable(5), { draws: 10, sampler: "hmc" })).rejects.toThrow(/VAE was trained without HMC and has no step sizes; draw from the encoder, or by importance/);
  });
});

/** error_xu of filling hidden cells with the training rows' mean, or their most frequent level. */
function errorOfMeans(training: Table, test: Table, shown: ArrayLike<number>): number {
  const errors = Array.from({ length: 4 }, (_, d) => {
    const seen = Array.from({ length: training.rows }, (__, r) => 4 * r + d).filter((i) => training.observedX[i] === 1).map((i) => training.x[i]);
    const hidden = Array.from({ length: test.rows }, (__, r) => 4 * r + d).filter((i) => test.observedX[i] === 1 && shown[i] !== 1).map((i) => test.x[i]);
    if (d < 2) {
      const mean = seen.reduce((a, b) => a + b) / seen.length;
      return Math.sqrt(hidden.reduce((total, value) => total + (value - mean) ** 2, 0) / hidden.length);
    }
    const count = (level: number): number => seen.filter((value) => value === level).length;
    const mode = [0, 1, 2].reduce((best, level) => (count(level) > count(best) ? level : best), 0);
    return hidden.filter((value) => value !== mode).length / hidden.length;
  });
  return errors.reduce((a, b) => a + b) / 4;
}

describe("a linear Gaussian model without marginal VAEs", () => {
  // x = W eps + sqrt(v) noise, orthogonal columns of W: the posterior given all of x is diagonal and known
  const units = [[2 / 3, 1 / 3, 2 / 3], [1 / 3, 2 / 3, -2 / 3]];
  const scales = [0.9, 0.7];
  const v = 0.1;
  const x = [0.8, 0.3, -0.4].map(Math.fround);
  const exact = units.map((unit, k) => ({
    mean: (scales[k] * unit.reduce((total, u, d) => total + u * x[d], 0)) / (v + scales[k] ** 2),
    sd: Math.sqrt(v / (v + scales[k] ** 2)),
  }));

  it("weighted draws of a poor encoder follow the posterior, within what their effective number allows", async () => {
    const gpu = await testDevice();
    const networks = new LatentNetworks(gpu, { config: { ...presets.VAE, latents: [2], hidden: 4, variance: v }, features: [gaussian, gaussian, gaussian], targets: [] });
    // relu(eps) - relu(-eps) = eps; kernels are [inputs, outputs]
    networks.parameters.value("decoder/0/kernel").write([1, 0, -1, 0, 0, 1, 0, -1]);
    networks.parameters.value("decoder/1/kernel").write([0, 1, 2, 3].flatMap((h) => units[h % 2].map((u) => (h < 2 ? 1 : -1) * scales[h % 2] * u)));
    networks.parameters.value("encoder/head/0/0/bias").write([...exact.map(({ mean }) => mean + 0.3), 0, 0]);
    const draws = 4000;
    const rows = { rows: 1, x, observed: [1, 1, 1], truthX: x, truthY: [] };
    const sampled = async (sampler: "importance" | "encoder") => {
      const posterior = await LatentPosterior.openEntries(networks, { rows: 1, draws, sampler });
      for await (const sample of entriesByRows(posterior, { features: 3, targets: 0 }, rows, keyFromSeed(5))) {
        const moments = [0, 1].map((k) => {
          const values = Array.from({ length: draws }, (_, s) => sample.parts[0].eps![2 * s + k]);
          const mean = values.reduce((a, b) => a + b) / draws;
          return { mean, sd: Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / draws) };
        });
        posterior.destroy();
        return { moments, effective: sample.effective };
      }
      throw new Error("no draws");
    };
    const { moments, effective } = await sampled("importance");
    expect(effective!).toBeGreaterThan(0.05);
    expect(effective!).toBeLessThan(0.6);
    const share = 4 / Math.sqrt(effective! * draws);
    moments.forEach(({ mean, sd }, k) => {
      expectClose([mean], [exact[k].mean], { atol: share * exact[k].sd });
      expectClose([sd], [exact[k].sd], { atol: share * exact[k].sd });
    });
    // the encoder alone is what it was told to be, and far from the posterior
    const plain = await sampled("encoder");
    expect(plain.effective).toBeUndefined();
    plain.moments.forEach(({ mean, sd }, k) => {
      expectClose([mean], [exact[k].mean + 0.3], { atol: 4 / Math.sqrt(draws) });
      expectClose([sd], [1], { atol: 4 / Math.sqrt(draws) });
    });
  });

  it("the fused kernel gives the general path's chains where all features are numbers", async () => {
    const gpu = await testDevice();
    const config = { ...smallConfig("HHVAE"), hmc: { ...smallConfig("HHVAE").hmc, transitions: 2, leapfrogSteps: 3 } };
    const features = [gaussian, gaussian, gaussian, gaussian];
    const networks = new LatentNetworks(gpu, { config, features, targets: [] });
    networks.parameters.initialise(keyFromSeed(1));
    const [rows, chainsPerRow, k] = [3, 8, networks.latentSize];
    const data: DeviceTensor = deviceTensor(gpu, [rows, 4], normal(keyFromSeed(2), rows * 4));
    const given = { x: data, z: data, observed: deviceTensor(gpu, [rows, 4], [1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]) };
    const ends = await Promise.all(
      (["fused", "general"] as const).map(async (path) => {
        const start = deviceTensor(gpu, [rows * chainsPerRow, k], normal(keyFromSeed(3), rows * chainsPerRow * k));
        const chain = await conditionalChain(networks, given, { rows, chainsPerRow, key: deviceTensor(gpu, [2], [5, 6], { dtype: "u32" }), start, path });
        submit(gpu, chain.work);
        return chain.hmc.position.read();
      }),
    );
    expectClose(ends[0], ends[1], { atol: 1e-4 });
  });
});

it("without the reparameterisation the latents are the h_l, with the density that the change of variables gives", async () => {
  const gpu = await testDevice();
  const shape = { config: { ...smallConfig("HHVAE"), latents: [3, 2, 2] }, features: [gaussian, gaussian], targets: [] };
  const usual = new LatentNetworks(gpu, shape);
  const other = new LatentNetworks(gpu, { ...shape, config: { ...shape.config, reparameterised: false } });
  for (const networks of [usual, other]) networks.parameters.initialise(keyFromSeed(4));
  const rows = 50;
  const eps = deviceTensor(gpu, [rows, 7], normal(keyFromSeed(5), rows * 7));
  const first = new Tape();
  const h = usual.generate(first.read(eps));
  // log |d h / d eps| = sum over the lower layers of logvar / 2
  const halves = [0, 1].map((l) => usual.conditionalPrior(h[l + 1], l).logVar);
  const made = await compile(gpu, { h: concat(h, 1), logVar: concat(halves, 1), logPrior: usual.logPrior(first.read(eps)) });
  made.run();
  const second = new Tape();
  const position: Tensor = second.read(made.outputs.h);
  const judged = await compile(gpu, { logPrior: other.logPrior(position), h1: other.generate(position)[0] });
  judged.run();
  const [logVar, expected, got, all, h1] = await Promise.all([made.outputs.logVar, made.outputs.logPrior, judged.outputs.logPrior, made.outputs.h, judged.outputs.h1].map((tensor) => tensor.read()));
  const jacobian = Array.from({ length: rows }, (_, r) => logVar.subarray(5 * r, 5 * r + 5).reduce((total, value) => total + value / 2, 0));
  expectClose(got, Array.from(expected, (value, r) => value - jacobian[r]), { atol: 1e-4 });
  expect([...h1]).toEqual(Array.from({ length: rows }, (_, r) => [...all.subarray(7 * r, 7 * r + 3)]).flat());
});
