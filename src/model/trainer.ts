import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { submit } from "../gpu/dispatch.ts";
import { foldIn, keyFromSeed } from "../math/key.ts";
import { NonFiniteError } from "../math/non-finite-error.ts";
import { StepCounter } from "../nn/step-counter.ts";
import type { FileSet, FitOptions, Progress, Stage as StageName } from "./api.ts";
import { Networks } from "./networks.ts";
import type { ModelShape } from "./spec.ts";
import { elboStage } from "./stages/elbo-stage.ts";
import { hmcStage } from "./stages/hmc-stage.ts";
import { trainMarginals } from "./marginal-restarts.ts";
import { encodeTable } from "./stages/marginal-stage.ts";
import type { Stage } from "./stages/stage.ts";
import { readCheckpoint, writeCheckpoint, type TrainingState } from "./checkpoint.ts";
import { uploadTable, type DeviceTable, type HostTable } from "./training-batch.ts";

/** Steps between two looks at the device: few enough that a stop or a checkpoint comes soon. */
const stepsPerLook: Record<StageName, number> = { marginal: 50, elbo: 50, hmc: 4 };

/** Tags of the keys derived from the seed. */
const keys = { initialisation: 1, training: 2 } as const;

export interface Trained {
  networks: Networks;
  /** One line per look: stage, step and metrics. */
  log: Progress[];
}

/**
 * Trains through all stages. Everything random follows from the seed and the step number, so a run that goes on from a
 * checkpoint ends with the weights of an unbroken one.
 */
export async function train(gpu: Gpu, shape: ModelShape, table: HostTable, options: FitOptions): Promise<Trained> {
  const networks = new Networks(gpu, shape);
  const seedKey = keyFromSeed(options.seed);
  networks.parameters.initialise(foldIn(seedKey, keys.initialisation));
  const key = deviceTensor(gpu, [2], foldIn(seedKey, keys.training), { dtype: "u32", label: "training key" });
  const counter = await StepCounter.create(gpu);
  const data = uploadTable(gpu, table);
  const resumed = options.resume ? readCheckpoint(options.resume, networks) : undefined;
  if (resumed) counter.set(resumed.step);

  const log: Progress[] = resumed ? [...resumed.log] : [];
  const plan = stagePlan(options);
  let codesReady = false;
  for (const { name, firstStep, steps } of plan) {
    const lastStep = firstStep + steps;
    const done = resumed?.step ?? 0;
    if (name !== "marginal" && shape.config.marginal && !codesReady) {
      await encodeTable(networks, data);
      codesReady = true;
    }
    if (steps === 0 || done >= lastStep) continue;
    if (name === "marginal") {
      // short and deterministic: a run killed here starts anew, and the first checkpoint is at its end
      const { onCheckpoint, ...quiet } = options;
      const setting = { data, key, counter, schedule: options.schedule, initialisation: foldIn(seedKey, keys.initialisation) };
      await trainMarginals(networks, setting, (stage, from) => runStage(stage, from, from, { networks, log, options: quiet }));
      if (onCheckpoint) await onCheckpoint(await writeState(name, lastStep, {}, { networks, log, options }));
      continue;
    }
    const stage = await openStage(name, { networks, data, key, counter, firstStep, options });
    if (resumed && done > firstStep) {
      for (const [optimizer, moments] of Object.entries(resumed.moments)) stage.optimizers[optimizer]?.restore(moments);
    }
    await runStage(stage, firstStep, Math.max(done, firstStep), { networks, log, options });
    stage.destroy();
  }
  return { networks, log };
}

/** The stages with steps to do, numbered through from 0. */
function stagePlan({ config, schedule }: FitOptions): { name: StageName; firstStep: number; steps: number }[] {
  const wanted: [StageName, number][] = [
    ["marginal", config.marginal ? schedule.marginalSteps * schedule.marginalRestarts : 0],
    ["elbo", schedule.viSteps],
    ["hmc", config.inference === "hmc" ? schedule.hmcSteps : 0],
  ];
  let firstStep = 0;
  return wanted.map(([name, steps]) => {
    const stage = { name, firstStep, steps };
    firstStep += steps;
    return stage;
  });
}

interface StageSetting {
  networks: Networks;
  data: DeviceTable;
  key: DeviceTensor;
  counter: StepCounter;
  firstStep: number;
  options: FitOptions;
}

function openStage(name: StageName, { networks, data, key, counter, firstStep, options }: StageSetting): Promise<Stage> {
  if (name === "elbo") return elboStage(networks, data, key, counter, firstStep, options.schedule);
  return hmcStage(networks, data, key, counter, firstStep, options.schedule);
}

/** Submits the steps from number `done` on, looking at the device every few; the next steps are already queued while it answers. */
async function runStage(stage: Stage, firstStep: number, done: number, run: Run): Promise<void> {
  const { networks, options } = run;
  const lastStep = firstStep + stage.steps;
  let pending: Look | undefined;
  try {
    for (let step = done; step < lastStep; ) {
      options.signal?.throwIfAborted();
      await options.paused?.();
      options.signal?.throwIfAborted();
      const until = Math.min(lastStep, step + stepsPerLook[stage.name]);
      for (; step < until; step++) submit(networks.gpu, stage.work(step - firstStep));
      const look = { stage: stage.name, step: step - firstStep, steps: stage.steps, metrics: stage.metrics() };
      look.metrics.catch(() => undefined); // awaited below
      const before = pending;
      pending = look;
      if (before) await report(before, run);
      if (options.onCheckpoint && step < lastStep && options.wantCheckpoint?.()) {
        await report(pending, run);
        pending = undefined;
        await options.onCheckpoint(await checkpoint(stage, step, run));
      }
    }
    if (pending) await report(pending, run);
  } finally {
    // a run that ends early leaves no read behind: Dawn crashes when the device goes while one is under way
    await pending?.metrics.catch(() => undefined);
  }
  if (options.onCheckpoint) await options.onCheckpoint(await checkpoint(stage, lastStep, run));
}

/** What was measured after a step, as soon as the device has got there. */
type Look = Omit<Progress, "metrics"> & { metrics: Promise<Readonly<Record<string, number>>> };

async function report(look: Look, { log, options }: Run): Promise<void> {
  const progress: Progress = { ...look, metrics: await look.metrics };
  checkFinite(progress);
  log.push(progress);
  options.onProgress?.(progress);
}

interface Run {
  networks: Networks;
  log: Progress[];
  options: FitOptions;
}

async function checkpoint(stage: Stage, step: number, run: Run): Promise<FileSet> {
  const moments: TrainingState["moments"] = {};
  for (const [name, optimizer] of Object.entries(stage.optimizers)) moments[name] = await optimizer.moments();
  return writeState(stage.name, step, moments, run);
}

async function writeState(stage: StageName, step: number, moments: TrainingState["moments"], { networks, log, options }: Run): Promise<FileSet> {
  return writeCheckpoint({ step, stage, parameters: await networks.parameters.values.read(), moments, log }, options);
}

function checkFinite({ stage, step, metrics }: Progress): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) continue;
    throw new NonFiniteError(
      `[training, stage ${stage}, step ${step}] ${name} is ${value}; the training has diverged. Look for extreme values in the table, or train with a smaller learning rate; the last checkpoint is from before.`,
    );
  }
}
