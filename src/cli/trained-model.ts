import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Schema, Table } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { fit, loadModel, type Model, type ModelConfig, type Progress, type Schedule } from "../model/index.ts";
import { CheckpointFolder, makeFolder, readModelFolder, writeModelFolder } from "./files.ts";

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

/** The folder's model, or one trained now, from the folder's last checkpoint if there is one. `seconds` is absent for a model that was there. */
export async function trainedModel(gpu: Gpu, dir: string, options: TrainedModelOptions): Promise<{ model: Model; seconds?: number }> {
  if (isTrained(dir)) return { model: await loadModel(gpu, await readModelFolder(dir)) };
  const { table, schema, config, schedule, seed, signal, onProgress } = options;
  const checkpoints = new CheckpointFolder(dir);
  const started = performance.now();
  let stored = started;
  await makeFolder(dir);
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
