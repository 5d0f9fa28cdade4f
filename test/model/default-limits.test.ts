import { expect, it } from "vitest";
import { Gpu } from "../../src/gpu/device.ts";
import { KernelCache } from "../../src/gpu/kernel.ts";
import { fit } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

it("a device with WebGPU's default limits, 8 arrays a kernel, trains the same model and answers", async () => {
  const { provider } = await testDevice();
  const adapter = (await provider.requestAdapter())!;
  const gpu = new Gpu(provider, adapter, await adapter.requestDevice(), (device) => new KernelCache(device));
  expect(gpu.limits.maxStorageBuffersPerShaderStage).toBeLessThanOrEqual(10);
  const table = smallTable(60);
  const schedule = { ...smallSchedule, marginalSteps: 10, viSteps: 20, hmcSteps: 2 };
  const answers: number[][] = [];
  for (const device of [gpu, await testDevice()]) {
    const model = await fit(device, table, smallSchema, { config: smallConfig("HHVAEM"), schedule, seed: 3 });
    const { cells } = await model.predict(table, { draws: 20, seed: 1 });
    answers.push(cells.map(({ value }) => value));
  }
  gpu.close();
  // float32 sums in another order, over 32 training steps
  answers[0].forEach((value, i) => expect(Math.abs(value - answers[1][i])).toBeLessThan(0.02));
});
