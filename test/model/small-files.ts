import { formatSchema } from "../../src/data/index.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { weightShapes } from "../../src/model/files/weights.ts";
import type { ModelConfig } from "../../src/model/index.ts";
import { writeWeights } from "../../src/model/files/weights-file.ts";
import type { StoredTensor } from "../../src/nn/safetensors.ts";
import { smallConfig, smallSchedule, smallSchema } from "./small-model.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A model's files with weights of the right shapes, made without a device. */
export function smallFiles(config: ModelConfig = smallConfig("HHVAEM")): Map<string, Uint8Array> {
  const weights = new Map<string, StoredTensor>();
  for (const [name, shape] of weightShapes(modelShape(config, smallSchema))) {
    const size = shape.reduce((a, b) => a * b, 1);
    weights.set(name, { shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i + name.length)) });
  }
  return new Map([
    ["config.json", text(`${JSON.stringify({ format: "hhvaem model", version: 1, config, schedule: smallSchedule, seed: 3 }, null, 2)}\n`)],
    ["schema.json", text(formatSchema(smallSchema))],
    ["weights.safetensors", writeWeights(weights)],
    ["log.jsonl", text('{"stage":"elbo","step":1,"steps":2,"metrics":{"elbo":-3.5}}\n{"note":"caf\u00e9 \\ud83d\\ude00"}\n')],
  ]);
}
