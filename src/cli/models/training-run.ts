import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Schema, Table } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { fit, stageLabel, timeOfCheckpoint, usualTime, type FileSet, type FitOptions, type Model, type ModelConfig, type Progress, type Schedule, type TrainingTime } from "../../model/index.ts";
import { writeModelFolder } from "../inputs/files.ts";
import { CheckpointFolder } from "./checkpoint-folder.ts";
import { inLockedFolder } from "./folder-lock.ts";
import { ProgressLine } from "../output/progress.ts";
import { durationText } from "../output/training-time.ts";
import { UsageError } from "../usage-error.ts";
import { withDevice } from "../device.ts";

/** Options of every training that a person starts. */
export interface TrainingOptions {
  /** Folder of the model. */
  out: string;
  seed: number;
  resume?: boolean;
  force?: boolean;
  checkpointSeconds: number;
  /** Seconds that the training may take; "full": the whole schedule. */
  time?: number | "full";
}

export interface TrainingRequest extends TrainingOptions {
  config: ModelConfig;
  schedule: Schedule;
  schema: Schema;
  /** Whether options have set how many steps there are, so that no time is taken for granted. */
  stepsGiven: boolean;
  /** A hash of all that the result depends on: a checkpoint of another one is refused. */
  identity: string;
}

/** What is done with a model that is written already; what it returns joins the result. */
export type AfterTraining = (model: Model, files: FileSet, adapter: string, line: ProgressLine) => Promise<{ report?: string }>;

export interface TrainingResult {
  adapter: string;
  seconds: number;
  /** Of a training that was given a time. */
  time?: TrainingTime;
  report?: string;
}

/** Trains into a folder, with checkpoints on the way; undefined: the folder holds a finished training that was to be resumed. Throws UsageError. */
export function trainInto(request: TrainingRequest, table: Table, after: AfterTraining): Promise<TrainingResult | undefined> {
  return inLockedFolder(request.out, () => trainAlone(request, table, after));
}

async function trainAlone(request: TrainingRequest, table: Table, after: AfterTraining): Promise<TrainingResult | undefined> {
  const { out, seed, config, schedule, schema, identity } = request;
  const finished = existsSync(join(out, "config.json"));
  if (finished && request.resume) {
    process.stderr.write(`${out} holds a finished training; there is nothing to resume.\n`);
    return undefined;
  }
  if (finished && !request.force) throw new UsageError(`${out} holds a model already; choose another --out, or replace it with --force.`);
  const checkpoints = new CheckpointFolder(out);
  const resume = await findCheckpoint(checkpoints, request);

  const line = new ProgressLine();
  const started = performance.now();
  let stored = started;
  const stop = new AbortController();
  const interrupt = (): void => {
    process.stderr.write("\nstopping at the next checkpoint; press Ctrl-C again to stop at once.\n");
    process.once("SIGINT", () => process.exit(130));
    stop.abort(new UsageError(`stopped; go on with the same command and --resume.`));
  };
  process.once("SIGINT", interrupt);
  const fitOptions: FitOptions = {
    config,
    schedule,
    seed,
    resume,
    signal: stop.signal,
    onProgress: (progress) => line.update(stageLabel(progress.stage), progress.step, progress.steps, describe(progress)),
    wantCheckpoint: () => stop.signal.aborted || performance.now() - stored > 1000 * request.checkpointSeconds,
    onCheckpoint: async (files) => {
      await checkpoints.store(new Map([...files, ["identity", new TextEncoder().encode(identity)]]));
      stored = performance.now();
    },
  };
  const result = await withDevice(async (gpu) => {
    const seconds = secondsFor(request, gpu, resume);
    const model = await fit(gpu, table, schema, { ...fitOptions, ...(seconds !== undefined && { time: { seconds, clock: () => performance.now() } }) });
    const files = await model.files();
    await writeModelFolder(out, files);
    await checkpoints.remove();
    return { adapter: gpu.name, ...(model.time && { time: model.time }), ...(await after(model, files, gpu.name, line)) };
  });
  process.off("SIGINT", interrupt);
  line.done();
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

/** The seconds that a training may take, undefined for its whole schedule: those asked for, else those that it began with; else what is usual on the adapter, said aloud. */
function secondsFor({ time, stepsGiven }: TrainingRequest, gpu: Gpu, resume: FitOptions["resume"]): number | undefined {
  if (time !== undefined) return time === "full" ? undefined : time;
  if (resume) return timeOfCheckpoint(resume);
  const usual = stepsGiven ? undefined : usualTime(gpu);
  if (usual !== undefined) process.stderr.write(`note: there is no GPU here, so the training takes about ${durationText(usual)}: --time 10m for a better model, --time full for the whole schedule\n`);
  return usual;
}

async function findCheckpoint(checkpoints: CheckpointFolder, { out, resume, force, identity }: TrainingRequest): Promise<FitOptions["resume"]> {
  const last = await checkpoints.last();
  if (!resume) {
    if (last && !force) throw new UsageError(`${out} holds an unfinished training; go on with --resume, or start anew with --force.`);
    await checkpoints.remove();
    return undefined;
  }
  if (!last) return undefined;
  if (new TextDecoder().decode(last.get("identity")) !== identity) {
    throw new UsageError(`--resume: the checkpoint in ${out} is of another table, schema or set of options; repeat the first command exactly, or start anew with --force.`);
  }
  return last;
}

function describe({ metrics }: Progress): string {
  const parts = (["objective", "elbo", "bound"] as const).filter((name) => metrics[name] !== undefined).slice(0, 1).map((name) => `${name} ${metrics[name].toFixed(2)}`);
  if (metrics.acceptance !== undefined) parts.push(`acceptance ${metrics.acceptance.toFixed(2)}`);
  return parts.join(", ");
}
