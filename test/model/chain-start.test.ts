import { expect, it } from "vitest";
import { deviceTensor, type DeviceTensor } from "../../src/autodiff/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { chainStart } from "../../src/model/training/stages/chain-start.ts";
import { elboStage } from "../../src/model/training/stages/elbo-stage.ts";
import { uploadTable } from "../../src/model/training/training-batch.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

it("the stage hmc begins with the same bytes by the program of the stage elbo, annealed, as by one of its own, and compiles little more than half", async () => {
  const gpu = await testDevice();
  const networks = new LatentNetworks(gpu, modelShape(smallConfig("HHVAEM"), smallSchema));
  networks.parameters.initialise(keyFromSeed(1));
  const table = { ...uploadTable(gpu, smallTable(120)), zMean: deviceTensor(gpu, [120, 4]), zLogVar: deviceTensor(gpu, [120, 4]) };
  const key = deviceTensor(gpu, [2], keyFromSeed(2), { dtype: "u32" });
  const step = await StepCounter.create(gpu);
  // so many steps of annealing that the stage elbo would still be in it
  const schedule = { ...smallSchedule, annealSteps: 1000 };
  const elbo = await elboStage(networks, table, key, step, 0, schedule);
  step.set(7);
  const encoder = networks.parameters.names("encoder/").map((name) => networks.parameters.gradient(name));
  const compiled: number[] = [];
  const numbers = async (shared: boolean): Promise<Record<string, number[]>> => {
    const before = gpu.made.pipelines;
    const { work, made, data, destroy } = await chainStart({ networks, table, key, step: step.tensor, elboFirst: 0, schedule }, shared);
    const pipelines = gpu.made.pipelines - before;
    networks.parameters.gradients.write(new Float32Array(networks.parameters.gradients.size));
    submit(gpu, work);
    const read = async (tensors: Record<string, DeviceTensor | undefined>): Promise<Record<string, number[]>> =>
      Object.fromEntries(await Promise.all(Object.entries(tensors).map(async ([name, tensor]) => [name, tensor ? [...(await tensor.read())] : []] as const)));
    const all = { ...(await read(made)), ...(await read({ ...data })), ...(await read(Object.fromEntries(encoder.entries()))) };
    destroy();
    compiled.push(pipelines);
    return all;
  };
  const [shared, own] = [await numbers(true), await numbers(false)];
  expect(compiled[0]).toBeLessThan(0.6 * compiled[1]);
  expect(own.start.some((value) => value !== 0)).toBe(true);
  expect(own[0].some((value) => value !== 0)).toBe(true);
  expect(shared).toEqual(own);
  elbo.destroy();
});
