import { formatSchema, type Schema } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { writeSafetensors } from "../nn/safetensors.ts";
import type { FileSet, Progress } from "./api.ts";
import { Networks } from "./networks.ts";
import { modelFormat, parseModel, type ModelHead } from "./parse-model.ts";
import { loadWeights, namedWeights } from "./weights.ts";

export interface LoadedParts {
  head: ModelHead;
  schema: Schema;
  networks: Networks;
  log: Progress[];
}

/** A trained model as files: config.json, schema.json, weights.safetensors, log.jsonl. */
export async function writeModel({ head, schema, networks, log }: LoadedParts): Promise<FileSet> {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const weights = await namedWeights(networks.shape, networks.parameters);
  return new Map([
    ["config.json", text(`${JSON.stringify({ ...modelFormat, ...head }, null, 2)}\n`)],
    ["schema.json", text(formatSchema(schema))],
    ["weights.safetensors", writeSafetensors(weights, weightsMetadata)],
    ["log.jsonl", text(log.map((line) => `${JSON.stringify(line)}\n`).join(""))],
  ]);
}

export const weightsMetadata = { format: modelFormat.format } as const;

/** Reads a model's files and puts the weights onto the device. Throws ModelFileError, SchemaError. */
export function readModel(gpu: Gpu, files: FileSet): LoadedParts {
  const { head, schema, shape, weights, log } = parseModel(files);
  const networks = new Networks(gpu, shape);
  loadWeights(shape, networks.parameters, weights);
  return { head, schema, networks, log };
}
