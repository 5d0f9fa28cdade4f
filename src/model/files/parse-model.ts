import { parseSchema, type Schema } from "../../data/index.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { readSafetensors } from "../../nn/safetensors.ts";
import type { FileSet, Progress } from "../api.ts";
import { modelShape } from "../config/columns.ts";
import { earlierHmcSettings, earlierSettings, type ModelConfig, type Schedule } from "../config/config.ts";
import { imageConfigProblem } from "../image/architecture.ts";
import type { ModelShape } from "../config/spec.ts";
import type { WeightTensor } from "../../nn/parameters.ts";
import type { Chosen } from "../posterior/shares.ts";
import { checkWeights } from "./weights.ts";

/** What a model says besides weights and schema. */
export interface ModelHead {
  config: ModelConfig;
  schedule: Schedule;
  seed: number;
  /** What the held-back rows decided, of models with a completion network. */
  chosen?: Chosen;
}

/** A model's files, read and checked against each other; nothing is on a device yet. */
interface ParsedModel {
  head: ModelHead;
  schema: Schema;
  shape: ModelShape;
  weights: ReadonlyMap<string, WeightTensor>;
  log: Progress[];
}

export const modelFormat = { format: "hhvaem model", version: 1 } as const;

const remedy = "use a model that `hhvaem train` wrote; if it is one, the file is damaged: train again or restore it from a backup";

/** Reads a model's files; `source` stands before their names in messages. Throws ModelFileError, SchemaError. */
export function parseModel(files: FileSet, source = ""): ParsedModel {
  const reader = new Reader(files, source);
  const head = readHead(reader);
  const schema = parseSchema(reader.text("schema.json"), reader.place("schema.json"));
  const shape = reader.describe("config.json", () => modelShape(head.config, schema));
  const { tensors } = readSafetensors(reader.bytes("weights.safetensors"), reader.place("weights.safetensors"));
  checkWeights(shape, tensors, reader.place("weights.safetensors"));
  return { head, schema, shape, weights: tensors as ReadonlyMap<string, WeightTensor>, log: readLog(reader) };
}

function readHead(reader: Reader): ModelHead {
  const where = reader.place("config.json");
  const head = reader.json("config.json", reader.text("config.json")) as Partial<ModelHead> & { format?: unknown; version?: unknown };
  const { format, version } = modelFormat;
  if (head?.format !== format || head.version !== version) {
    throw new ModelFileError({ where, expected: `format "${format}", version ${version}`, got: `format ${show(head?.format)}, version ${show(head?.version)}`, remedy });
  }
  const { config, schedule } = head;
  if (!isObject(config) || !isObject(config.hmc) || !isObject(schedule)) {
    throw new ModelFileError({ where, expected: "a configuration and a schedule", got: show({ config, schedule }), remedy });
  }
  // files from before these settings existed lack them; the order of the others stays, so that writing gives the same bytes
  const lacking = (all: object, given: object): object => Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(given, name)));
  const complete = { ...config, ...lacking(earlierSettings, config), hmc: { ...config.hmc, ...lacking(earlierHmcSettings, config.hmc) } } as ModelConfig;
  checkConfig(complete, where);
  const { chosen } = head;
  const share = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;
  const shares = (given: unknown): given is { weight: number; targetWeight?: number } => isObject(given) && share((given as Chosen).weight) && share((given as Chosen).targetWeight ?? 0);
  const sum = (of: (given: { weight: number; targetWeight?: number }) => number): number => of(chosen!) + (chosen!.gaussians ? of(chosen!.gaussians) : 0);
  const fits = (): boolean => shares(chosen) && (chosen.gaussians === undefined || shares(chosen.gaussians)) && sum(({ weight }) => weight) <= 1.001 && sum(({ weight, targetWeight = weight }) => targetWeight) <= 1.001;
  if (chosen !== undefined && !fits()) {
    throw new ModelFileError({ where, expected: "chosen.weight and chosen.targetWeight to be numbers from 0 to 1, together with those of chosen.gaussians", got: show(chosen), remedy });
  }
  return { config: complete, schedule, seed: head.seed ?? 0, ...(chosen && { chosen }) };
}

const mostOfAny = 1_000_000;
const mostLayers = 1000;

/** Bounds that no model comes near; far beyond them a device would be lost. Shapes are checked with the weights. */
function checkConfig(config: ModelConfig, where: string): void {
  const fail = (name: string, expected: string, got: unknown): never => {
    throw new ModelFileError({ where, expected: `${name} to be ${expected}`, got: show(got), remedy });
  };
  const { hmc } = config;
  if (typeof config.preset !== "string") fail("preset", "a text", config.preset);
  if (typeof config.inference !== "string") fail("inference", "a text", config.inference);
  if (!Array.isArray(config.latents)) fail("latents", "a list of whole numbers", config.latents);
  const { hidden, marginalHidden } = config;
  const counts = { hidden, marginalHidden, "hmc.transitions": hmc.transitions, "hmc.leapfrogSteps": hmc.leapfrogSteps, "hmc.sksdChains": hmc.sksdChains };
  for (const [name, value] of Object.entries(counts)) {
    if (!(Number.isInteger(value) && value >= 1 && value <= mostOfAny)) fail(name, `a whole number from 1 to ${mostOfAny}`, value);
  }
  const { completion, gaussians } = config;
  if (gaussians !== undefined && !(isObject(gaussians) && Number.isInteger(gaussians.parts) && gaussians.parts >= 0 && gaussians.parts <= mostLayers)) fail("gaussians", `an object with parts, a whole number from 0 to ${mostLayers}`, gaussians);
  if (completion !== undefined) {
    if (!isObject(completion)) fail("completion", "an object", completion);
    const { latent, hidden: units, blocks, members = 1 } = completion;
    const bounds: Record<string, [value: number, least: number, most: number]> = { latent: [latent, 1, mostOfAny], hidden: [units, 1, mostOfAny], blocks: [blocks, 0, mostLayers], members: [members, 1, mostLayers] };
    for (const [name, [value, least, most]] of Object.entries(bounds)) {
      if (!(Number.isInteger(value) && value >= least && value <= most)) fail(`completion.${name}`, `a whole number from ${least} to ${most}`, value);
    }
  }
  if (!Array.isArray(hmc.stepSize) || hmc.stepSize.length !== 2 || !hmc.stepSize.every((size) => size > 0 && Number.isFinite(size))) fail("hmc.stepSize", "two numbers above 0", hmc.stepSize);
  const image = config.image && imageConfigProblem(config.image);
  if (image) throw new ModelFileError({ where, expected: image, got: show(config.image), remedy });
  if (!(config.variance > 0 && Number.isFinite(config.variance))) fail("variance", "a number above 0", config.variance);
}

function readLog(reader: Reader): Progress[] {
  if (!reader.has("log.jsonl")) return [];
  const lines = reader.text("log.jsonl").split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, i) => reader.json("log.jsonl", line, `, line ${i + 1}`) as Progress);
}

/** The files, with messages that say which one is wrong. */
class Reader {
  constructor(private readonly files: FileSet, private readonly source: string) {}

  place(name: string): string {
    return this.source === "" ? name : `${this.source}, ${name}`;
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  bytes(name: string): Uint8Array {
    const bytes = this.files.get(name);
    if (!bytes) throw new ModelFileError({ where: this.place(name), expected: "a file of the model", got: "no such file", remedy });
    return bytes;
  }

  text(name: string): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(name));
    } catch (cause) {
      if (cause instanceof ModelFileError) throw cause;
      throw new ModelFileError({ where: this.place(name), expected: "text in UTF-8", got: "bytes that are none", remedy });
    }
  }

  json(name: string, text: string, line = ""): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new ModelFileError({ where: `${this.place(name)}${line}`, expected: "JSON", got: show(text), remedy });
    }
  }

  describe<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw new ModelFileError({ where: this.place(name), expected: "a valid file", got: (cause as Error).message.replace(/\.$/, ""), remedy });
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 120 ? `${json.slice(0, 117)}...` : json;
}
