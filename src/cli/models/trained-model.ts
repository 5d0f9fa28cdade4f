import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Schema, Table } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { fit, loadModel, type Model, type ModelConfig, type Progress, type Schedule } from "../../model/index.ts";
import { UsageError } from "../usage-error.ts";
import { readModelFolder, writeModelFolder } from "../inputs/files.ts";
import { CheckpointFolder } from "./checkpoint-folder.ts";
import { inLockedFolder } from "./folder-lock.ts";

export interface TrainedModelOptions {
  table: () => Table;
  schema: Schema;
  config: ModelConfig;
  schedule: Schedule;
  seed: number;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Whether a folder holds a finished model. */
export function isTrained(dir: string): boolean {
  return existsSync(join(dir, "config.json"));
}

/**
 * The folder's model, or one trained now, from the folder's last checkpoint if there is one. `seconds` is absent for a model that was
 * there. Where several may train the same, `run` tells them apart: each trains in a folder of its own, and who ends first gives the model.
 */
export async function trainedModel(gpu: Gpu, place: { dir: string; run?: string }, options: TrainedModelOptions): Promise<{ model: Model; seconds?: number }> {
  if (isTrained(place.dir)) return { model: await loadModel(gpu, await readModelFolder(place.dir)) };
  const dir = place.run === undefined ? place.dir : `${place.dir}.${place.run}`;
  const trained = await inLockedFolder(dir, () => trainIn(gpu, dir, options));
  if (dir !== place.dir) await moveModel(dir, place.dir);
  return trained;
}

async function trainIn(gpu: Gpu, dir: string, options: TrainedModelOptions): Promise<{ model: Model; seconds: number }> {
  const { table, schema, config, schedule, seed, signal, onProgress } = options;
  const checkpoints = new CheckpointFolder(dir);
  const started = performance.now();
  let stored = started;
  const model = await fit(gpu, table(), schema, {
    config,
    schedule,
    seed,
    resume: await checkpoints.last(),
    signal,
    onProgress,
    wantCheckpoint: () => signal?.aborted === true || performance.now() - stored > 20_000,
    onCheckpoint: async (files) => {
      await checkpoints.store(files);
      stored = performance.now();
    },
  });
  await writeModelFolder(dir, await model.files());
  await checkpoints.remove();
  return { model, seconds: (performance.now() - started) / 1000 };
}

/** Gives a finished model folder its place; if another has been there first, this one goes. */
async function moveModel(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch {
    if (!isTrained(to)) throw new UsageError(`cannot move ${from} to ${to}; remove what stands there.`);
    await rm(from, { recursive: true, force: true });
  }
}
