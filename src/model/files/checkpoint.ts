import type { Moments } from "../../nn/adam.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import type { Parameters } from "../../nn/parameters.ts";
import { shownValue } from "../../math/shown-value.ts";
import { checksumOf } from "../../nn/checksum.ts";
import { writeSafetensors, type StoredTensor } from "../../nn/safetensors.ts";
import type { FileSet, FitOptions, Progress, Stage } from "../api.ts";
import { checkNumbers } from "./weights.ts";
import { readWeights } from "./weights-file.ts";
import type { Chosen } from "../posterior/shares.ts";
import type { TimeState } from "../training/time-budget.ts";

/** Everything that training needs to go on: the step number says which batch, masks and noise come next. */
export interface TrainingState {
  step: number;
  stage: Stage;
  /** Flat parameter buffers by name: "parameters" of the latent variable model; "completion", its "average" and the "best" average; the "first" network beside which others are trained. */
  parameters: Record<string, Float32Array>;
  /** When the best average was, and its error on the rows held back. */
  best?: { step: number; error: number };
  /** What the rows held back decided, once they have. */
  chosen?: Chosen;
  /** Moments of the running stage's optimizers. */
  moments: Record<string, Moments>;
  log: readonly Progress[];
  /** Of a training that was given a time. */
  time?: TimeState;
}

const format = "hhvaem checkpoint";
const version = 1;

/** A training state as files: checkpoint.json and state.safetensors. */
export function writeCheckpoint(state: TrainingState, options: FitOptions): FileSet {
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {};
  for (const [name, data] of Object.entries(state.parameters)) tensors[name] = { shape: [data.length], data };
  for (const [name, { m, v }] of Object.entries(state.moments)) {
    tensors[`${name}/m`] = { shape: [m.length], data: m };
    tensors[`${name}/v`] = { shape: [v.length], data: v };
  }
  const head = { format, version, step: state.step, stage: state.stage, seed: options.seed, config: options.config, schedule: options.schedule, log: state.log, ...(state.best && { best: { ...state.best, error: Number.isFinite(state.best.error) ? state.best.error : null } }), ...(state.chosen && { chosen: state.chosen }), ...(state.time && { time: state.time }) };
  return new Map([
    ["checkpoint.json", new TextEncoder().encode(JSON.stringify(head))],
    ["state.safetensors", writeSafetensors(tensors, { checksum: checksumOf(new Map(Object.entries(tensors))) })],
  ]);
}

/** Reads a training state. Throws ModelFileError if it is none. */
export function readCheckpoint(files: FileSet): TrainingState {
  const { best, ...head } = readHead(files);
  const tensors = readWeights(required(files, "state.safetensors"), "state.safetensors", checkState);
  const parameters: Record<string, Float32Array> = {};
  const moments: Record<string, Moments> = {};
  for (const [name, tensor] of tensors) {
    if (!name.includes("/")) parameters[name] = tensor.data as Float32Array;
    if (!name.endsWith("/m")) continue;
    const optimizer = name.slice(0, -2);
    moments[optimizer] = { m: tensor.data as Float32Array, v: tensors.get(`${optimizer}/v`)!.data as Float32Array };
  }
  return { ...head, parameters, moments, ...(best && { best: { step: best.step, error: best.error ?? Infinity } }) };
}

/** Throws ModelFileError for numbers that no training has, and for a moment without its other. */
function checkState(tensors: ReadonlyMap<string, StoredTensor>): void {
  for (const [name, { data }] of tensors) {
    const fail = (expected: string, got: string): never => {
      throw new ModelFileError({ where: `state.safetensors, tensor "${name}"`, expected, got, remedy: "the checkpoint is damaged; train without `resume`" });
    };
    checkNumbers(data, fail);
    const other = tensors.get(name.replace(/\/m$/, "/v"))?.data.length;
    if (other !== data.length) fail(`${data.length} numbers beside it`, String(other));
  }
}

/** Puts a checkpoint's flat buffer onto the device. Throws ModelFileError if it is missing or of another size. */
export function restoreParameters(parameters: Parameters, stored: TrainingState["parameters"], name: string): void {
  const data = stored[name];
  if (data?.length !== parameters.values.size) {
    throw new ModelFileError({
      where: "state.safetensors",
      expected: `${parameters.values.size} ${name === "parameters" ? name : `parameters "${name}"`}`,
      got: data ? String(data.length) : "none",
      remedy: "the checkpoint belongs to another configuration or table; train without `resume`",
    });
  }
  parameters.values.write(data);
}

interface Head {
  step: number;
  stage: Stage;
  log: Progress[];
  best?: { step: number; error: number | null };
  chosen?: Chosen;
  time?: TimeState;
}

/** The time that a checkpoint's training was given, in seconds; undefined: it has its whole schedule. Throws ModelFileError if it is none. */
export function timeOfCheckpoint(files: FileSet): number | undefined {
  return readHead(files).time?.seconds;
}

function readHead(files: FileSet): Head {
  let head: { format?: string; version?: number } & Partial<Head>;
  try {
    head = JSON.parse(new TextDecoder().decode(required(files, "checkpoint.json"))) as typeof head;
  } catch (cause) {
    if (cause instanceof ModelFileError) throw cause;
    throw new ModelFileError({ where: "checkpoint.json", expected: "JSON", got: (cause as Error).message, remedy: "the file is damaged; train without `resume`" });
  }
  if (head.format !== format || head.version !== version || typeof head.step !== "number" || !head.stage || !Array.isArray(head.log)) {
    throw new ModelFileError({ where: "checkpoint.json", expected: `${format} version ${version}`, got: `format ${shownValue(head.format)}, version ${shownValue(head.version)}`, remedy: "train without `resume`" });
  }
  return { step: head.step, stage: head.stage, log: head.log, best: head.best, chosen: head.chosen, time: head.time };
}

function required(files: FileSet, name: string): Uint8Array {
  const bytes = files.get(name);
  if (!bytes) throw new ModelFileError({ where: name, expected: "a file of the checkpoint", got: "no such file", remedy: "train without `resume`" });
  return bytes;
}
