import type { Moments } from "../nn/adam.ts";
import { ModelFileError } from "../nn/model-file-error.ts";
import { readSafetensors, writeSafetensors } from "../nn/safetensors.ts";
import type { FileSet, FitOptions, Progress, Stage } from "./api.ts";
import type { Networks } from "./networks.ts";

/** Everything that training needs to go on: the step number says which batch, masks and noise come next. */
export interface TrainingState {
  step: number;
  stage: Stage;
  /** The flat parameter buffer. */
  parameters: Float32Array;
  /** Moments of the running stage's optimizers. */
  moments: Record<string, Moments>;
  log: readonly Progress[];
}

const format = "hhvaem checkpoint";
const version = 1;

/** A training state as files: checkpoint.json and state.safetensors. */
export function writeCheckpoint(state: TrainingState, options: FitOptions): FileSet {
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {
    parameters: { shape: [state.parameters.length], data: state.parameters },
  };
  for (const [name, { m, v }] of Object.entries(state.moments)) {
    tensors[`${name}/m`] = { shape: [m.length], data: m };
    tensors[`${name}/v`] = { shape: [v.length], data: v };
  }
  const head = { format, version, step: state.step, stage: state.stage, seed: options.seed, config: options.config, schedule: options.schedule, log: state.log };
  return new Map([
    ["checkpoint.json", new TextEncoder().encode(JSON.stringify(head))],
    ["state.safetensors", writeSafetensors(tensors)],
  ]);
}

/** Reads a training state and puts the parameters onto the device. Throws ModelFileError if it does not fit the model. */
export function readCheckpoint(files: FileSet, networks: Networks): TrainingState {
  const head = readHead(files);
  const { tensors } = readSafetensors(required(files, "state.safetensors"), "state.safetensors");
  const parameters = tensors.get("parameters");
  if (!parameters || parameters.data.length !== networks.parameters.values.size) {
    throw new ModelFileError({
      where: "state.safetensors",
      expected: `${networks.parameters.values.size} parameters`,
      got: parameters ? String(parameters.data.length) : "none",
      remedy: "the checkpoint belongs to another configuration or table; train without --resume",
    });
  }
  networks.parameters.values.write(parameters.data as Float32Array);
  const moments: Record<string, Moments> = {};
  for (const [name, tensor] of tensors) {
    if (!name.endsWith("/m")) continue;
    const optimizer = name.slice(0, -2);
    moments[optimizer] = { m: tensor.data as Float32Array, v: tensors.get(`${optimizer}/v`)!.data as Float32Array };
  }
  return { step: head.step, stage: head.stage, parameters: parameters.data as Float32Array, moments, log: head.log };
}

function readHead(files: FileSet): { step: number; stage: Stage; log: Progress[] } {
  let head: { format?: string; version?: number; step?: number; stage?: Stage; log?: Progress[] };
  try {
    head = JSON.parse(new TextDecoder().decode(required(files, "checkpoint.json"))) as typeof head;
  } catch (cause) {
    if (cause instanceof ModelFileError) throw cause;
    throw new ModelFileError({ where: "checkpoint.json", expected: "JSON", got: (cause as Error).message, remedy: "the file is damaged; train without --resume" });
  }
  if (head.format !== format || head.version !== version || typeof head.step !== "number" || !head.stage || !Array.isArray(head.log)) {
    throw new ModelFileError({ where: "checkpoint.json", expected: `${format} version ${version}`, got: `${head.format} version ${head.version}`, remedy: "train without --resume" });
  }
  return { step: head.step, stage: head.stage, log: head.log };
}

function required(files: FileSet, name: string): Uint8Array {
  const bytes = files.get(name);
  if (!bytes) throw new ModelFileError({ where: name, expected: "a file of the checkpoint", got: "no such file", remedy: "train without --resume" });
  return bytes;
}
