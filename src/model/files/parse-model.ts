import { parseSchema, type Schema } from "../../data/index.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import type { FileSet, Progress, TrainingTime } from "../api.ts";
import { checkProblem, type ModelCheck } from "../check/model-check.ts";
import { calibrationProblem } from "../calibration/calibration-problem.ts";
import { modelShape } from "../config/columns.ts";
import type { ModelConfig, Schedule } from "../config/config.ts";
import { withEarlier, wrongSettings, type Settings } from "../config/setting.ts";
import { configSettings, scheduleSettings } from "../config/settings.ts";
import { withStoredRows } from "../completion/stored-rows.ts";
import { imageConfigProblem } from "../image/architecture.ts";
import type { ModelShape } from "../config/spec.ts";
import type { WeightTensor } from "../../nn/parameters.ts";
import type { Chosen } from "../posterior/shares.ts";
import { trainedRowsProblem, type TrainedRows } from "./trained-rows.ts";
import { checkWeights } from "./weights.ts";
import { modelFormat, readWeights } from "./weights-file.ts";
import { shownValue } from "../../math/shown-value.ts";

/** What a model says besides weights and schema. */
export interface ModelHead {
  config: ModelConfig;
  schedule: Schedule;
  seed: number;
  /** What the held-back rows decided, of models with a completion network. */
  chosen?: Chosen;
  /** Of a training that was given a time: what it did with it. */
  time?: TrainingTime;
  /** By what its training rows are known again; absent in models from before it was kept. */
  trained?: TrainedRows;
  /** How it does on rows that its training has not seen; absent where nobody has asked. */
  check?: ModelCheck;
}

/** A model's files, read and checked against each other; nothing is on a device yet. */
interface ParsedModel {
  head: ModelHead;
  schema: Schema;
  shape: ModelShape;
  weights: ReadonlyMap<string, WeightTensor>;
  log: Progress[];
}

const remedy = "use a model that `hhvaem train` wrote; if it is one, the file is damaged: train again or restore it from a backup";

/** Reads a model's files; `source` stands before their names in messages. Throws ModelFileError, SchemaError. */
export function parseModel(files: FileSet, source = ""): ParsedModel {
  const reader = new Reader(files, source);
  const head = readHead(reader);
  const schema = parseSchema(reader.text("schema.json"), reader.place("schema.json"));
  const described = reader.describe("config.json", () => modelShape(head.config, schema));
  for (const calibration of [head.chosen?.calibration, head.chosen?.jointCalibration]) {
    const wrong = calibration && calibrationProblem(calibration, described.features.length + described.targets.length);
    if (wrong) throw new ModelFileError({ where: reader.place("config.json"), expected: `chosen.${wrong.expected}`, got: shownValue(wrong.got), remedy });
  }
  const place = reader.place("weights.safetensors");
  let shape = described;
  const tensors = readWeights(reader.bytes("weights.safetensors"), place, (named) => {
    if (described.completion) shape = { ...described, completion: withStoredRows(described.completion, named, place) };
    checkWeights(shape, named, place);
  });
  return { head, schema, shape, weights: tensors as ReadonlyMap<string, WeightTensor>, log: readLog(reader) };
}

function readHead(reader: Reader): ModelHead {
  const where = reader.place("config.json");
  const head = reader.json("config.json", reader.text("config.json")) as Partial<ModelHead> & { format?: unknown; version?: unknown };
  const { format, version } = modelFormat;
  if (head?.format !== format || head.version !== version) {
    throw new ModelFileError({ where, expected: `format "${format}", version ${version}`, got: `format ${shownValue(head?.format)}, version ${shownValue(head?.version)}`, remedy });
  }
  const { config, schedule } = head;
  if (!isObject(config) || !isObject(config.hmc) || !isObject(schedule)) {
    throw new ModelFileError({ where, expected: "a configuration and a schedule", got: shownValue({ config, schedule }), remedy });
  }
  checkConfig(config, where);
  checkSettings(schedule, scheduleSettings, where, "schedule.");
  const { chosen } = head;
  const share = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;
  const shares = (given: unknown): given is { weight: number; targetWeight?: number } => isObject(given) && share((given as Chosen).weight) && share((given as Chosen).targetWeight ?? 0);
  const sum = (of: (given: { weight: number; targetWeight?: number }) => number): number => of(chosen!) + (chosen!.gaussians ? of(chosen!.gaussians) : 0);
  const joint = (given: Chosen["joint"]): boolean => given === undefined || (isObject(given) && share(given.completion) && share(given.gaussians) && given.completion + given.gaussians <= 1.001);
  const fits = (): boolean => shares(chosen) && joint(chosen.joint) && (chosen.gaussians === undefined || shares(chosen.gaussians)) && sum(({ weight }) => weight) <= 1.001 && sum(({ weight, targetWeight = weight }) => targetWeight) <= 1.001;
  if (chosen !== undefined && !fits()) {
    throw new ModelFileError({ where, expected: "chosen.weight and chosen.targetWeight to be numbers from 0 to 1, together with those of chosen.gaussians, and those of chosen.joint", got: shownValue(chosen), remedy });
  }
  const { trained, time } = head;
  if (time !== undefined && !isTrainingTime(time)) throw new ModelFileError({ where, expected: "time to be seconds given, spent and of the whole schedule, and the steps of each stage", got: shownValue(time), remedy });
  const problem = trained === undefined ? undefined : trainedRowsProblem(trained);
  if (problem !== undefined) throw new ModelFileError({ where, expected: problem, got: shownValue(trained), remedy });
  const { check } = head;
  const wrong = check === undefined ? undefined : checkProblem(check);
  if (wrong !== undefined) throw new ModelFileError({ where, expected: wrong, got: shownValue(check), remedy });
  return { config: withEarlier(config, configSettings), schedule: withEarlier(schedule, scheduleSettings), seed: head.seed ?? 0, ...(chosen && { chosen }), ...(time && { time }), ...(trained && { trained }), ...(check && { check }) };
}

function isTrainingTime(value: unknown): value is TrainingTime {
  const { seconds, spent, whole, stages } = (isObject(value) ? value : {}) as Partial<TrainingTime>;
  const counts = (...numbers: unknown[]): boolean => numbers.every((number) => typeof number === "number" && number >= 0);
  return counts(seconds, spent, whole) && Array.isArray(stages) && stages.every((own) => isObject(own) && typeof own.stage === "string" && counts(own.steps, own.of));
}

/** Refuses what no model has, far beyond which a device would be lost. Shapes are checked with the weights. */
function checkConfig(config: ModelConfig, where: string): void {
  if (typeof config.preset !== "string") throw new ModelFileError({ where, expected: "preset to be a text", got: shownValue(config.preset), remedy });
  checkSettings(config, configSettings, where);
  const image = config.image && imageConfigProblem(config.image);
  if (image) throw new ModelFileError({ where, expected: image, got: shownValue(config.image), remedy });
}

/** Refuses the first setting that is of a wrong type or beyond its bounds, by name. */
function checkSettings<T>(given: unknown, settings: Settings<T>, where: string, group = ""): void {
  const [wrong] = wrongSettings(given, settings, { complete: true });
  if (wrong) throw new ModelFileError({ where, expected: `${group}${wrong.path.join(".")} to be ${wrong.expected}`, got: shownValue(wrong.got), remedy });
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
      throw new ModelFileError({ where: `${this.place(name)}${line}`, expected: "JSON", got: shownValue(text), remedy });
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
