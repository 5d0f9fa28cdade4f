import { formatSchema, parseSchema, type Schema } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { ModelFileError } from "../nn/model-file-error.ts";
import { readSafetensors, writeSafetensors } from "../nn/safetensors.ts";
import type { FileSet, Progress } from "./api.ts";
import { modelShape } from "./columns.ts";
import { earlierHmcSettings, type ModelConfig, type Schedule } from "./config.ts";
import { Networks } from "./networks.ts";
import { loadWeights, namedWeights } from "./weights.ts";

/** What a model folder says besides weights and schema. */
export interface ModelHead {
  config: ModelConfig;
  schedule: Schedule;
  seed: number;
}

export interface LoadedParts {
  head: ModelHead;
  schema: Schema;
  networks: Networks;
  log: Progress[];
}

const format = "hhvaem model";
const version = 1;
const remedy = "use a folder that `hhvaem train` wrote; if it is one, the file is damaged: train again or restore it from a backup";

/** A trained model as files: config.json, schema.json, weights.safetensors, log.jsonl. */
export async function writeModel({ head, schema, networks, log }: LoadedParts): Promise<FileSet> {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const weights = await namedWeights(networks.shape, networks.parameters);
  return new Map([
    ["config.json", text(`${JSON.stringify({ format, version, ...head }, null, 2)}\n`)],
    ["schema.json", text(formatSchema(schema))],
    ["weights.safetensors", writeSafetensors(weights as Map<string, { shape: number[]; data: Float32Array }>, { format })],
    ["log.jsonl", text(log.map((line) => `${JSON.stringify(line)}\n`).join(""))],
  ]);
}

/** Reads a model folder's files and puts the weights onto the device. Throws ModelFileError, SchemaError. */
export function readModel(gpu: Gpu, files: FileSet): LoadedParts {
  const head = readHead(files);
  const schema = parseSchema(readText(files, "schema.json"));
  const shape = describeErrors("config.json", () => modelShape(head.config, schema));
  const networks = new Networks(gpu, shape);
  loadWeights(shape, networks.parameters, readSafetensors(required(files, "weights.safetensors"), "weights.safetensors").tensors as ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>);
  return { head, schema, networks, log: readLog(files) };
}

function readHead(files: FileSet): ModelHead {
  const text = readText(files, "config.json");
  const head = describeErrors("config.json", () => JSON.parse(text) as Partial<ModelHead> & { format?: string; version?: number });
  if (head?.format !== format || head.version !== version) {
    throw new ModelFileError({ where: "config.json", expected: `format "${format}", version ${version}`, got: `format "${head?.format}", version ${head?.version}`, remedy });
  }
  const { config } = head;
  const complete = config && Array.isArray(config.latents) && typeof config.hidden === "number" && typeof config.variance === "number" && typeof config.hmc?.transitions === "number";
  if (!complete || !head.schedule) throw new ModelFileError({ where: "config.json", expected: "a complete configuration and schedule", got: JSON.stringify(config)?.slice(0, 200) ?? "none", remedy });
  // files from before these settings existed
  const hmc = { ...earlierHmcSettings, ...config.hmc };
  return { config: { ...config, hmc }, schedule: head.schedule, seed: head.seed ?? 0 };
}

function readLog(files: FileSet): Progress[] {
  const bytes = files.get("log.jsonl");
  if (!bytes) return [];
  return describeErrors("log.jsonl", () =>
    new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Progress),
  );
}

function readText(files: FileSet, name: string): string {
  return new TextDecoder().decode(required(files, name));
}

function required(files: FileSet, name: string): Uint8Array {
  const bytes = files.get(name);
  if (!bytes) throw new ModelFileError({ where: name, expected: "a file of the model folder", got: "no such file", remedy });
  return bytes;
}

function describeErrors<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ModelFileError({ where, expected: "a valid file", got: (cause as Error).message.replace(/\.$/, ""), remedy });
  }
}
