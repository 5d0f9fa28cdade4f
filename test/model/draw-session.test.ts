import { describe, expect, it } from "vitest";
import { keyFromSeed, foldIn } from "../../src/math/key.ts";
import { presets } from "../../src/model/config/presets.ts";
import { ModelPosterior } from "../../src/model/model-posterior.ts";
import { fit } from "../../src/model/index.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const gaussian = { kind: "gaussian", levels: 1, positiveWeight: 1 } as const;
const column = (name: string, role: "feature" | "target") => ({ name, role, type: "real", mean: 0, std: 1 }) as const;

describe("draws of a linear Gaussian model, whose posteriors are known", () => {
  // z_d = w_d eps + sqrt(v) noise, x_d = z_d; y = a eps + sqrt(v) noise
  const w = [[0.9, 0.2], [-0.4, 0.8], [0.3, 0.5]];
  const a = [1.1, -0.7];
  const v = 0.1;

  async function linearSampler(): Promise<ModelPosterior> {
    const config = { ...presets.HMCVAEM, latents: [2], hidden: 4, marginalHidden: 2, variance: v };
    const networks = new LatentNetworks(await testDevice(), { config, features: [gaussian, gaussian, gaussian], targets: [gaussian] });
    const { parameters } = networks;
    // relu(t) - relu(-t) = t; kernels are [inputs, outputs]
    parameters.value("marginal/encoder/0/kernel").write([0, 1, 2].flatMap(() => [1, -1, 0, 0]));
    parameters.value("marginal/encoder/1/kernel").write([0, 1, 2].flatMap(() => [1, 0, -1, 0]));
    parameters.value("marginal/encoder/1/bias").write([0, 1, 2].flatMap(() => [0, -30]));
    parameters.value("marginal/decoder/0/kernel").write([0, 1, 2].flatMap(() => [1, -1]));
    parameters.value("marginal/decoder/1/kernel").write([0, 1, 2].flatMap(() => [1, -1]));
    parameters.value("decoder/0/kernel").write([1, 0, -1, 0, 0, 1, 0, -1]);
    parameters.value("decoder/1/kernel").write([0, 1, 2, 3].flatMap((h) => w.map((row) => (h < 2 ? 1 : -1) * row[h % 2])));
    const predictor = new Float32Array(8 * 4);
    predictor.set([1, 0, -1, 0, 0, 1, 0, -1]);
    parameters.value("predictor/0/kernel").write(predictor);
    parameters.value("predictor/1/kernel").write([a[0], a[1], -a[0], -a[1]]);
    parameters.value("hmc/log_step_size").write(new Array<number>(20).fill(Math.log(0.13)));
    const features = { columns: ["p", "q", "r"].map((name) => column(name, "feature")), mixed: [gaussian, gaussian, gaussian] };
    const targets = { columns: [column("y", "target")], mixed: [gaussian] };
    return new ModelPosterior({ networks }, { features, targets }, "paper");
  }

  /** Mean and variance of y given the known x: eps | x ~ N(C W'x / v, C), C = (I + W'W / v)^-1. */
  function exact(x: number[], observed: number[]): { mean: number; variance: number } {
    const p = [[1, 0], [0, 1]];
    const b = [0, 0];
    w.forEach((row, d) => {
      if (observed[d] !== 1) return;
      for (const i of [0, 1]) {
        b[i] += (row[i] * x[d]) / v;
        for (const j of [0, 1]) p[i][j] += (row[i] * row[j]) / v;
      }
    });
    const det = p[0][0] * p[1][1] - p[0][1] ** 2;
    const c = [[p[1][1] / det, -p[0][1] / det], [-p[0][1] / det, p[0][0] / det]];
    const times = (u: number[]): number[] => [c[0][0] * u[0] + c[0][1] * u[1], c[1][0] * u[0] + c[1][1] * u[1]];
    const dot = (s: number[], t: number[]): number => s[0] * t[0] + s[1] * t[1];
    return { mean: dot(a, times(b)), variance: dot(a, times(a)) + v };
  }

  const x = [0.8, -0.5, 0.4];
  const known = (observed: number[], rows = 2) => ({ rows, x: Float32Array.from({ length: 3 * rows }, (_, i) => x[i % 3] * observed[i % 3]), observed: Float32Array.from({ length: 3 * rows }, (_, i) => observed[i % 3]) });
  const moments = (values: Float32Array): { mean: number; variance: number } => {
    const mean = values.reduce((s, value) => s + value, 0) / values.length;
    return { mean, variance: values.reduce((s, value) => s + (value - mean) ** 2, 0) / values.length };
  };
  const draws = 4000;

  it("agree with them when they start anew and when they go on from the last draws, value by value, and with each other", async () => {
    const session = await (await linearSampler()).open({ rows: 2, draws });
    for (const warm of [false, true]) {
      for (const [step, observed] of [[1, 0, 0], [1, 1, 0], [1, 1, 1]].entries()) {
        const joint = await session.draw(known(observed), foldIn(keyFromSeed(5), step), { warm: warm && step > 0 });
        const truth = exact(x, observed);
        const y = await joint.y.read();
        for (const row of [0, 1]) {
          const effective = warm && step > 0 ? joint.effective[row] * draws : draws;
          if (warm && step > 0) expect(joint.effective[row]).toBeGreaterThan(0.1);
          else expect(joint.effective[row]).toBeNaN();
          const got = moments(y.subarray(row * draws, (row + 1) * draws));
          expect(Math.abs(got.mean - truth.mean), `mean, warm ${warm}, ${observed}`).toBeLessThanOrEqual(4 * Math.sqrt(truth.variance / effective));
          expect(Math.abs(got.variance / truth.variance - 1), `variance, warm ${warm}, ${observed}`).toBeLessThanOrEqual(4 * Math.sqrt(2 / effective));
        }
        const [likelihood] = await joint.logLikelihood([0.5, 0.5]);
        const expected = -0.5 * (Math.log(2 * Math.PI * truth.variance) + (0.5 - truth.mean) ** 2 / truth.variance);
        expect(Math.abs(likelihood - expected)).toBeLessThan(0.15);
        const [{ value }] = await joint.predictions(0.9);
        expect(Math.abs(value - truth.mean)).toBeLessThan(0.1);
      }
    }
    session.destroy();
  });

  it("start anew where the new value is far from all draws, where a value was taken back, and where one changed", async () => {
    const session = await (await linearSampler()).open({ rows: 1, draws: 500 });
    const one = known([1, 0, 0], 1);
    await session.draw(one, keyFromSeed(1));
    const far = { rows: 1, x: Float32Array.of(0.8, 9, 0), observed: Float32Array.of(1, 1, 0) };
    expect((await session.draw(far, keyFromSeed(2), { warm: true })).effective[0]).toBeNaN();
    expect((await session.draw(one, keyFromSeed(3), { warm: true })).effective[0]).toBeNaN();
    expect((await session.draw({ ...one, x: Float32Array.of(0.7, 0, 0) }, keyFromSeed(4), { warm: true })).effective[0]).toBeNaN();
    expect((await session.draw({ ...one, x: Float32Array.of(0.7, 0.1, 0), observed: Float32Array.of(1, 1, 0) }, keyFromSeed(5), { warm: true })).effective[0]).toBeGreaterThan(0.1);
    session.destroy();
  });
});

describe("draws of a trained model with columns of every kind", () => {
  it("keep known cells, draw levels that exist, and give the encoder's reward for unknown features alone", async () => {
    const model = await fit(await testDevice(), smallTable(120), smallSchema, { config: smallConfig("HHVAEM"), schedule: smallSchedule, seed: 3 });
    const sampler = model.conditional();
    expect(sampler.features.map(({ name, levels }) => [name, levels])).toEqual([["a", 1], ["b", 1], ["c", 2], ["d", 3]]);
    const session = await sampler.open({ rows: 2, draws: 300 });
    const known = { rows: 2, x: Float32Array.of(0.5, 0, 1, 0, 0, 0, 0, 0), observed: Float32Array.of(1, 0, 1, 0, 0, 0, 0, 0) };
    const joint = await session.draw(known, keyFromSeed(1));
    const x = await joint.x.read();
    for (let s = 0; s < 300; s++) {
      expect([x[4 * s], x[4 * s + 2]]).toEqual([0.5, 1]);
      expect([0, 1, 2]).toContain(x[4 * s + 3]);
      expect([0, 1]).toContain(x[4 * (300 + s) + 2]);
    }
    const reward = await sampler.gaussianReward!(known, joint, 20, keyFromSeed(2));
    expect([reward[0], reward[2]]).toEqual([0, 0]);
    for (const i of [1, 3, 4, 5, 6, 7]) {
      expect(Number.isFinite(reward[i])).toBe(true);
      expect(reward[i]).not.toBe(0);
    }
    session.destroy();
  });

  it("need a target", async () => {
    const schema = { ...smallSchema, columns: smallSchema.columns.slice(0, 4) };
    const table = { ...smallTable(40), targets: 0, y: new Float32Array(0), observedY: new Float32Array(0) };
    const model = await fit(await testDevice(), table, schema, { config: smallConfig("VAEM"), schedule: { ...smallSchedule, marginalSteps: 2, viSteps: 2 }, seed: 1 });
    await expect(model.conditional().open({ rows: 1, draws: 10 })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [acquire] the model has no target; train a model with one.]`);
  });
});
