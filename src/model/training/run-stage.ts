import type { Gpu } from "../../gpu/device.ts";
import { submit } from "../../gpu/dispatch.ts";
import { NonFiniteError } from "../../math/non-finite-error.ts";
import type { FileSet, FitOptions, Progress, Stage as StageName } from "../api.ts";
import { writeCheckpoint, type TrainingState } from "../files/checkpoint.ts";
import type { Stage } from "./stages/stage.ts";
import type { StepLimit, TimeBudget } from "./time-budget.ts";

/** Steps between two looks at the device: few enough that a stop or a checkpoint comes soon. */
const stepsPerLook: Record<StageName, number> = { marginal: 50, elbo: 50, hmc: 4, completion: 50, ensemble: 50, cross: 1 };

export interface Run {
  gpu: Gpu;
  log: Progress[];
  options: FitOptions;
  /** Of a training that was given a time. */
  time?: TimeBudget;
  /** What is trained, for a checkpoint: everything but the running stage's moments. */
  state(): Promise<Omit<TrainingState, "step" | "stage" | "moments" | "log" | "time">>;
  /** Called when the given number of the stage's steps is submitted, `last` if there will be no more; true ends the stage. */
  afterSteps?(steps: number, last: boolean): Promise<boolean>;
  /** Of a stage that trains several times over: which of how many this is. */
  trainings?: { number: number; of: number };
}

/** Submits the steps from number `done` on, looking at the device every few; the next steps are already queued while it answers. A stage has fewer steps where the time asks for it. */
export async function runStage(stage: Stage, firstStep: number, done: number, run: Run): Promise<void> {
  const { gpu, options, time } = run;
  const limit = time?.limit(stage.name, run.trainings);
  let lastStep = firstStep + stage.steps;
  let pending: Look | undefined;
  let step = done;
  let ended = false;
  const told = async (look: Look): Promise<void> => {
    await report(look, run);
    if (limit) lastStep = replanned(stage, limit, { finished: look.step, submitted: step - firstStep }) + firstStep;
  };
  try {
    while (step < lastStep && !ended) {
      options.signal?.throwIfAborted();
      await pauseOf(options, limit);
      options.signal?.throwIfAborted();
      const until = Math.min(lastStep, nextLook(stage.name, step - firstStep, limit) + firstStep);
      for (; step < until; step++) submit(gpu, stage.work(step - firstStep));
      const look = { stage: stage.name, step: step - firstStep, steps: lastStep - firstStep, metrics: stage.metrics() };
      look.metrics.catch(() => undefined); // awaited below
      const before = pending;
      pending = look;
      if (before) await told(before);
      const wanted = options.onCheckpoint && step < lastStep && options.wantCheckpoint?.();
      if (wanted) {
        await told(pending);
        pending = undefined;
      }
      const looking = run.afterSteps?.(step - firstStep, step === lastStep);
      ended = (await (looking && limit ? limit.aside(looking) : looking)) ?? false;
      if (wanted && step < lastStep && !ended) await options.onCheckpoint?.(await checkpoint(stage, step, run));
    }
    if (pending) await report(pending, run);
  } finally {
    // a run that ends early leaves no read behind: Dawn crashes when the device goes while one is under way
    await pending?.metrics.catch(() => undefined);
  }
  limit?.ended(step - firstStep, ended);
  // a stage that ended early counts as done
  if (options.onCheckpoint) await options.onCheckpoint(await checkpoint(stage, firstStep + stage.steps, run));
}

/** The number of the stage's steps before the next look. With a limit a look is also where it would be without one. */
function nextLook(name: StageName, steps: number, limit: StepLimit | undefined): number {
  const usual = stepsPerLook[name];
  return limit ? Math.min(steps + limit.untilLook(usual), (Math.floor(steps / usual) + 1) * usual) : steps + usual;
}

/** Steps that the stage will have in all, those submitted at least. */
function replanned(stage: Stage, limit: StepLimit, { finished, submitted }: { finished: number; submitted: number }): number {
  const steps = Math.min(stage.steps, Math.max(submitted, limit.after(finished)));
  stage.planned?.(steps);
  return steps;
}

async function pauseOf(options: FitOptions, limit: StepLimit | undefined): Promise<void> {
  const pause = options.paused?.();
  await (pause && limit ? limit.pause(pause) : pause);
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

export async function stateFiles(stage: StageName, step: number, moments: TrainingState["moments"], { log, options, time, state }: Run): Promise<FileSet> {
  return writeCheckpoint({ step, stage, moments, log, ...(await state()), ...(time && { time: time.state() }) }, options);
}

function checkFinite({ stage, step, metrics }: Progress): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) continue;
    throw new NonFiniteError(
      `[training, stage ${stage}, step ${step}] ${name} is ${value}; the training has diverged. Look for extreme values in the table, or train with a smaller learning rate; the last checkpoint is from before.`,
    );
  }
}
