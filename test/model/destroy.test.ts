import { describe, expect, it } from "vitest";
import { acquire, openLoop } from "../../src/acquisition/index.ts";
import { DeviceError } from "../../src/gpu/errors.ts";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { fit, loadModel, type Model } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const schedule = { ...smallSchedule, marginalSteps: 4, marginalRestarts: 2, viSteps: 8, hmcSteps: 2, completionSteps: 8 };
const few = smallTable(5, 3);
const known = { rows: 5, x: few.x, observed: few.observedX };

/** Everything that can be asked of a model. */
async function askAll(model: Model): Promise<void> {
  await model.impute(few, { draws: 20, completions: 2, cellDraws: 1, targets: true });
  await model.predict(few, { draws: 20 });
  await model.evaluate(few, new Float32Array(20).map((_, i) => i % 2), { draws: 20 });
  await model.latentPaths(few, 1, { chains: 2, sweeps: 1 });
  await acquire(model.conditional(), known, { draws: 20 });
  const loop = await openLoop(model.conditional(), { rows: 1, x: known.x.slice(0, 4), observed: new Float32Array(4) }, { draws: 20 });
  const { next } = await loop.state();
  loop.answerCoded(next[0], 0);
  await loop.state();
  loop.destroy();
  await expect(loop.state()).rejects.toThrow("[acquire] the loop was destroyed");
  loop.destroy();
}

describe("buffers on the device are counted", () => {
  for (const preset of ["HHVAEM", "best"]) {
    it(`${preset}: a training leaves the model's alone, answers leave none, and with the model all are gone`, async () => {
      const gpu = await testDevice();
      const before = gpu.live.size;
      const count = (): number => gpu.live.size - before;
      const model = await fit(gpu, smallTable(60), smallSchema, { config: smallConfig(preset), schedule, seed: 1 });
      const held = count();
      // parameters and their gradients, and what columns are
      expect(held).toBeGreaterThan(2);
      expect(held).toBeLessThan(60);
      await askAll(model);
      expect(count()).toBe(held);
      const loaded = await loadModel(gpu, await model.files());
      expect(count()).toBe(2 * held);
      expect(await loaded.predict(few, { draws: 20 })).toEqual(await model.predict(few, { draws: 20 }));
      loaded.destroy();
      expect(count()).toBe(held);
      await model.predict(few, { draws: 20 });
      model.destroy();
      expect(count()).toBe(0);
      await expect(model.predict(few)).rejects.toThrow(new DeviceError("[model] it was destroyed; load it again from its files."));
      expect(() => model.files()).toThrow(DeviceError);
      model.destroy();
      gpu.check();
    });
  }

  it("six trainings hold six models, and nothing once they are destroyed", async () => {
    const gpu = await testDevice();
    const before = gpu.live.size;
    const models: Model[] = [];
    for (let seed = 0; seed < 6; seed++) models.push(await fit(gpu, smallTable(40), smallSchema, { config: smallConfig("VAE"), schedule, seed }));
    expect((gpu.live.size - before) % 6).toBe(0);
    for (const model of models) model.destroy();
    expect(gpu.live.size).toBe(before);
  });

  it("a training that is stopped, and one that cannot begin, leave none", async () => {
    const gpu = await testDevice();
    const before = gpu.live.size;
    const stop = new AbortController();
    const training = fit(gpu, smallTable(40), smallSchema, { config: smallConfig("VAE"), schedule: { ...schedule, viSteps: 10_000 }, seed: 1, signal: stop.signal, onProgress: () => stop.abort(new Error("stopped")) });
    await expect(training).rejects.toThrow("stopped");
    expect(gpu.live.size).toBe(before);
    await expect(fit(gpu, smallTable(40), smallSchema, { config: { ...smallConfig("VAE"), latents: [] }, schedule, seed: 1 })).rejects.toThrow();
    expect(gpu.live.size).toBe(before);
  });

  it("closing the device frees everything", async () => {
    const gpu = await openDevice();
    const model = await fit(gpu, smallTable(40), smallSchema, { config: smallConfig("VAE"), schedule, seed: 1 });
    await openLoop(model.conditional(), { rows: 1, x: known.x.slice(0, 4), observed: new Float32Array(4) }, { draws: 20 });
    expect(gpu.live.size).toBeGreaterThan(10);
    gpu.close();
    expect(gpu.live.size).toBe(0);
    await expect(model.predict(few, { draws: 20 })).rejects.toThrow(DeviceError);
  });
});
