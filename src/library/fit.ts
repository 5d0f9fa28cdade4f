import { codeTable, inferSchema, type ColumnType, type KeepMissing, type RawTable, type Schema } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { fit as fitCoded, levelRuleOf, presets, scheduleOf, timeOfCheckpoint, type FitOptions, type Model, type Schedule } from "../model/index.ts";

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
