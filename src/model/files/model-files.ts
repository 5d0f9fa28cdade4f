import { formatSchema, type Schema } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { NonFiniteError } from "../../math/non-finite-error.ts";
import type { FileSet, Progress } from "../api.ts";
import { CompletionNetwork } from "../completion/completion-network.ts";
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
  const weights = new Map([...(networks ? await namedWeights(networks.shape, networks.parameters) : []), ...(completion ? await plainWeights(completion.parameters) : []), ...(gaussians ? gaussiansWeights(gaussians) : [])]);
  for (const [name, { data }] of weights) {
    const bad = Array.from(data).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new NonFiniteError(`[files] weight "${name}": expected finite numbers, got ${data[bad]} at place ${bad}; the training has failed: train again with a smaller learning rate.`);
  }
  return new Map([
    ["config.json", text(`${JSON.stringify({ ...modelFormat, ...head }, null, 2)}\n`)],
    ["schema.json", text(formatSchema(schema))],
    ["weights.safetensors", writeWeights(weights)],
    ["log.jsonl", text(log.map((line) => `${JSON.stringify(line)}\n`).join(""))],
  ]);
}

/** Reads a model's files and puts the weights onto the device. Throws ModelFileError, SchemaError. */
export function readModel(gpu: Gpu, files: FileSet): LoadedParts {
  const { head, schema, shape, weights, log } = parseModel(files);
  const networks = shape.config.generative ? new LatentNetworks(gpu, shape) : undefined;
  if (networks) loadWeights(shape, networks.parameters, weights);
  const completion = shape.completion && new CompletionNetwork(gpu, shape.completion);
  if (completion) loadWeights(shape, completion.parameters, weights);
  const gaussians = shape.gaussians && readGaussians(shape.gaussians, weights, "weights.safetensors");
  return { head, schema, shape, networks, completion, gaussians, log };
}
