import { formatSchema, type Schema } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { checkAllFinite } from "../../math/finite.ts";
import type { WeightTensor } from "../../nn/parameters.ts";
import type { FileSet, Progress } from "../api.ts";
import { CompletionNetwork } from "../completion/completion-network.ts";
import { rowTensors } from "../completion/stored-rows.ts";
import { gaussiansWeights, readGaussians, type Gaussians } from "../gaussians/gaussians.ts";
import { LatentNetworks } from "../latent/networks.ts";
import { parseModel, type ModelHead } from "./parse-model.ts";
import type { ModelShape } from "../config/spec.ts";
import { loadWeights, namedWeights, plainWeights } from "./weights.ts";
import { modelFormat, writeWeights } from "./weights-file.ts";

export interface LoadedParts {
  head: ModelHead;
  schema: Schema;
  shape: ModelShape;
  networks?: LatentNetworks;
  completion?: CompletionNetwork;
  gaussians?: Gaussians;
  log: Progress[];
}

/** A trained model as files: config.json, schema.json, weights.safetensors, log.jsonl. Throws NonFiniteError for weights that nothing could be answered with. */
export async function writeModel({ head, schema, networks, completion, gaussians, log }: LoadedParts): Promise<FileSet> {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const weights = new Map([...(await weightsOf({ networks, completion })), ...(completion ? rowTensors(completion.shape) : []), ...(gaussians ? gaussiansWeights(gaussians) : [])]);
  for (const [name, { data }] of weights) checkAllFinite(data, `[files] "${name}"`, "weight");
  return new Map([
    ["config.json", text(`${JSON.stringify({ ...modelFormat, ...head }, null, 2)}\n`)],
    ["schema.json", text(formatSchema(schema))],
    ["weights.safetensors", writeWeights(weights)],
    ["log.jsonl", text(log.map((line) => `${JSON.stringify(line)}\n`).join(""))],
  ]);
}

/** What lies on the device, by name. */
async function weightsOf({ networks, completion }: Pick<LoadedParts, "networks" | "completion">): Promise<Map<string, WeightTensor>> {
  return new Map([...(networks ? await namedWeights(networks.shape, networks.parameters) : []), ...(completion ? await plainWeights(completion.parameters) : [])]);
}

/** Reads a model's files and puts the weights onto the device. Throws ModelFileError, SchemaError. */
export function readModel(gpu: Gpu, files: FileSet): LoadedParts {
  const { weights, ...parsed } = parseModel(files);
  return placeModel(gpu, parsed, weights);
}

/** The same model with weights and constants made by way of this device or scope alone: without what its training has left. */
export async function moveModel(gpu: Gpu, { head, schema, shape, networks, completion, gaussians, log }: LoadedParts): Promise<LoadedParts> {
  const weights = await weightsOf({ networks, completion });
  return { ...placeModel(gpu, { head, schema, shape: { ...shape, ...(completion && { completion: completion.shape }), gaussians: undefined }, log }, weights), shape, ...(gaussians && { gaussians }) };
}

function placeModel(gpu: Gpu, { head, schema, shape, log }: Pick<LoadedParts, "head" | "schema" | "shape" | "log">, weights: ReadonlyMap<string, WeightTensor>): LoadedParts {
  const networks = shape.config.generative ? new LatentNetworks(gpu, shape) : undefined;
  if (networks) loadWeights(shape, networks.parameters, weights);
  const completion = shape.completion && new CompletionNetwork(gpu, shape.completion);
  if (completion) loadWeights(shape, completion.parameters, weights);
  const gaussians = shape.gaussians && readGaussians(shape.gaussians, weights, "weights.safetensors");
  return { head, schema, shape, networks, completion, gaussians, log };
}
