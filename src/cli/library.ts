import { basename } from "node:path";
import { acquire as acquireRows, openLoop, type AcquisitionLoop, type AcquisitionOptions, type Ranking } from "../acquisition/index.ts";
import { absentFeatures, codeTable, inferSchema, readTableBytes, type ColumnType, type KeepMissing, type ParseOptions, type RawTable, type Schema, type Table } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { fit as fitCoded, levelRuleOf, loadModel, presets, scheduleOf, timeOfCheckpoint, type FitOptions, type KnownRows, type Model, type Schedule } from "../model/index.ts";
import { readModelAt, writeModelAt } from "./models/model-paths.ts";
import { readInput } from "./inputs/files.ts";

export interface LibraryFitOptions extends Partial<Omit<FitOptions, "config" | "schedule" | "time">> {
  /** Column or columns to predict. */
  target?: string | readonly string[];
  /** Default: best. */
  preset?: string;
  schedule?: Partial<Schedule>;
  /** Seconds that the training may take, compilation included: its stages get the part of their steps that fits. Default: the whole schedule, or what the checkpoint to go on from was given. */
  time?: number;
  /** Types of columns that inference would get wrong; "ignore" leaves a column out. */
  types?: Record<string, ColumnType | "ignore">;
  /** Numbers that no value of a column lies beyond. */
  bounds?: Record<string, [number, number]>;
  /** Holes that mean "there is none" and stay holes: true, or rows in which another column has one of some values. */
  keepMissing?: Record<string, KeepMissing>;
  /** Default: inferred from the table. */
  schema?: Schema;
  /** Training rows; default: all. */
  rows?: ArrayLike<number>;
}

/** Reads a CSV or Parquet file (gzip too). Throws TableError with all problems of the file. */
export async function readTable(path: string, options: Omit<ParseOptions, "source"> = {}): Promise<RawTable> {
  return readTableBytes(await readInput(path), { ...options, source: basename(path) });
}

/** Trains a model on a table. Throws TableError, RangeError (unknown preset), NonFiniteError, DeviceError. */
export async function fit(gpu: Gpu, table: RawTable, options: LibraryFitOptions = {}): Promise<Model> {
  const { target = [], preset = "best", schedule, types, bounds, keepMissing, rows, time, ...rest } = options;
  if (time !== undefined && !(time > 0 && Number.isFinite(time))) throw new RangeError(`[fit] time: expected seconds above 0, got ${time}.`);
  const seconds = time ?? (rest.resume && timeOfCheckpoint(rest.resume));
  const config = presets[preset];
  if (!config) throw new RangeError(`[fit] there is no preset "${preset}"; there are ${Object.keys(presets).join(", ")}.`);
  const schema = options.schema ?? inferSchema(table, { targets: typeof target === "string" ? [target] : target, types, bounds, keepMissing, rows, levelRule: levelRuleOf(preset) });
  return fitCoded(gpu, codeTable(table, schema, { rows }), schema, { seed: 0, ...rest, ...(seconds !== undefined && { time: { seconds, clock: () => performance.now() } }), config, schedule: scheduleOf(config, schedule) });
}

/** A table coded by a model's schema, ready for `impute`, `predict` and `evaluate`. Throws TableError. */
export function encode(model: Model, table: RawTable, rows?: ArrayLike<number>): Table {
  return codeTable(table, model.schema, { rows });
}

/** What to measure next for every row of a coded table, with gains in nats. Throws RangeError for a model without target. */
export function acquire(model: Model, table: Table, options: AcquisitionOptions = {}): Promise<Ranking[]> {
  return acquireRows(model.conditional(), knownRows(table), options);
}

/** The loop over one row: iterate over its states, answer what they ask for next, `destroy` it in the end. */
export function acquisitionLoop(model: Model, row: Table, options: AcquisitionOptions = {}): Promise<AcquisitionLoop> {
  return openLoop(model.conditional(), knownRows(row), { absent: absentFeatures(model.schema), ...options });
}

function knownRows({ rows, x, observedX, keptX }: Table): KnownRows {
  return { rows, x, observed: observedX, ...(keptX && { absent: keptX }) };
}

/** Reads a model from its folder or its one file. Throws ModelFileError if it is damaged or foreign. */
export async function load(gpu: Gpu, path: string): Promise<Model> {
  return loadModel(gpu, await readModelAt(path));
}

/** Writes a model: one file if the path ends in .hhvaem, else a folder. Each file is written beside its place and renamed. */
export async function save(model: Model, path: string): Promise<void> {
  await writeModelAt(path, await model.files());
}
