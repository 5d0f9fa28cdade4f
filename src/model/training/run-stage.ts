import type { Gpu } from "../../gpu/device.ts";
import { submit } from "../../gpu/dispatch.ts";
import { NonFiniteError } from "../../math/non-finite-error.ts";
import type { FileSet, FitOptions, Progress, Stage as StageName } from "../api.ts";
import { writeCheckpoint, type TrainingState } from "../files/checkpoint.ts";
import type { Stage } from "./stages/stage.ts";

/** Steps between two looks at the device: few enough that a stop or a checkpoint comes soon. */
const stepsPerLook: Record<StageName, number> = { marginal: 50, elbo: 50, hmc: 4, completion: 50, ensemble: 50 };

export interface Run {
  gpu: Gpu;
  log: Progress[];
  options: FitOptions;
  /** What is trained, for a checkpoint: everything but the running stage's moments. */
  state(): Promise<Omit<TrainingState, "step" | "stage" | "moments" | "log">>;
  /** Called when the given number of the stage's steps is submitted; true ends the stage. */
  afterSteps?(steps: number): Promise<boolean>;
}

/** Submits the steps from number `done` on, looking at the device every few; the next steps are already queued while it answers. */
export async function runStage(stage: Stage, firstStep: number, done: number, run: Run): Promise<void> {
  const { gpu, options } = run;
  const lastStep = firstStep + stage.steps;
  let pending: Look | undefined;
  let step = done;
  try {
    while (step < lastStep) {
      options.signal?.throwIfAborted();
      await options.paused?.();
      options.signal?.throwIfAborted();
      const until = Math.min(lastStep, step + stepsPerLook[stage.name]);
      for (; step < until; step++) submit(gpu, stage.work(step - firstStep));
      const look = { stage: stage.name, step: step - firstStep, steps: stage.steps, metrics: stage.metrics() };
      look.metrics.catch(() => undefined); // awaited below
      const before = pending;
      pending = look;
      if (before) await report(before, run);
      if (await run.afterSteps?.(step - firstStep)) break;
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
  // a stage that ended early counts as done
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

async function checkpoint(stage: Stage, step: number, run: Run): Promise<FileSet> {
  const moments: TrainingState["moments"] = {};
  for (const [name, optimizer] of Object.entries(stage.optimizers)) moments[name] = await optimizer.moments();
  return stateFiles(stage.name, step, moments, run);
}

export async function stateFiles(stage: StageName, step: number, moments: TrainingState["moments"], { log, options, state }: Run): Promise<FileSet> {
  return writeCheckpoint({ step, stage, moments, log, ...(await state()) }, options);
}

function checkFinite({ stage, step, metrics }: Progress): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) continue;
    throw new NonFiniteError(
      `[training, stage ${stage}, step ${step}] ${name} is ${value}; the training has diverged. Look for extreme values in the table, or train with a smaller learning rate; the last checkpoint is from before.`,
    );
  }
}
