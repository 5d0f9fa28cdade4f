import { expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { withQuantiles } from "../../src/data/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { submit, type Encodable } from "../../src/gpu/dispatch.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { CompletionNetwork } from "../../src/model/completion/completion-network.ts";
import { combinedTable, completionStage } from "../../src/model/completion/completion-stage.ts";
import { elboStage } from "../../src/model/training/stages/elbo-stage.ts";
import { hmcStage } from "../../src/model/training/stages/hmc-stage.ts";
import { marginalStage } from "../../src/model/training/stages/marginal-stage.ts";
import type { Stage } from "../../src/model/training/stages/stage.ts";
import { uploadTable } from "../../src/model/training/training-batch.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";
import { hardwareDevice, testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

/** Of step 1, which tunes no inflation. */
function dispatchesOf(stage: Stage): number {
  let dispatches = 0;
  const counter = { setPipeline: () => undefined, setBindGroup: () => undefined, dispatchWorkgroups: () => void dispatches++ } as unknown as GPUComputePassEncoder;
  for (const work of stage.work(1)) work.encode(counter);
  return dispatches;
}

/** What the device has against the commands. */
async function problemOf({ device }: Gpu, work: readonly Encodable[]): Promise<string | undefined> {
  device.pushErrorScope("validation");
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const item of work) item.encode(pass);
  pass.end();
  encoder.finish();
  return (await device.popErrorScope())?.message;
}

it("an ELBO step of the hierarchical model takes at most 40 dispatches in one submit, and allocates nothing", async () => {
  const gpu = await testDevice();
  const networks = new LatentNetworks(gpu, modelShape(smallConfig("HHVAEM"), smallSchema));
  networks.parameters.initialise(keyFromSeed(1));
  const table = uploadTable(gpu, smallTable(120));
  const codes = { zMean: deviceTensor(gpu, [120, 4]), zLogVar: deviceTensor(gpu, [120, 4]) };
  const step = await StepCounter.create(gpu);
  const stage = await elboStage(networks, { ...table, ...codes }, deviceTensor(gpu, [2], keyFromSeed(2), { dtype: "u32" }), step, 0, smallSchedule);
  expect(dispatchesOf(stage)).toBeLessThanOrEqual(40);
  submit(gpu, stage.work(0));
  const before = { ...gpu.made };
  for (let i = 0; i < 5; i++) submit(gpu, stage.work(i));
  await gpu.idle();
  expect(gpu.made).toEqual({ ...before, submits: before.submits + 5 });
  stage.destroy();
});

it("on hardware a step of any stage takes few dispatches", async () => {
  const gpu = await hardwareDevice();
  const shape = modelShape({ ...smallConfig("HHVAEM"), completion: { ...smallConfig("best").completion!, members: 3 } }, withQuantiles(smallSchema, smallTable(120)));
  const networks = new LatentNetworks(gpu, shape);
  const table = uploadTable(gpu, smallTable(120));
  const codes = { zMean: deviceTensor(gpu, [120, 4]), zLogVar: deviceTensor(gpu, [120, 4]) };
  const step = await StepCounter.create(gpu);
  const key = deviceTensor(gpu, [2], keyFromSeed(2), { dtype: "u32" });
  const [network, average] = [new CompletionNetwork(gpu, shape.completion!), new CompletionNetwork(gpu, shape.completion!)];
  const stages = {
    marginal: await marginalStage(networks, table, key, step, 0, smallSchedule),
    elbo: await elboStage(networks, { ...table, ...codes }, key, step, 0, smallSchedule),
    hmc: await hmcStage(networks, { ...table, ...codes }, key, step, 0, smallSchedule),
    completion: await completionStage(network, average, uploadTable(gpu, combinedTable(smallTable(120))), { name: "completion", steps: 9, key, counter: step, firstStep: 0, schedule: smallSchedule }),
  };
  const counts = Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, dispatchesOf(stage)]));
  expect(counts).toEqual({ marginal: 5, elbo: 6, hmc: 12, completion: 7 });
  // no dispatch reads and writes one buffer: told when the commands are put together, before any kernel runs, which takes minutes here
  for (const [name, stage] of Object.entries(stages)) {
    for (const step of [0, 1]) expect(await problemOf(gpu, stage.work(step)), `${name}, step ${step}`).toBeUndefined();
  }
  for (const stage of Object.values(stages)) stage.destroy();
});
