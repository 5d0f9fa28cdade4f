import type { Schema, Table } from "../../data/index.ts";
import type { ImageExperiment } from "../jobs/image-run.ts";
import type { ModelConfig, Schedule } from "../../model/index.ts";
import type { SaiaIdentity } from "../experiments/saia-folder.ts";
import type { SchemaOptions, TableOptions } from "../inputs/tables.ts";

/** What the command line says of the experiment; the second part is for tables, the third for pictures. */
export interface SaiaOptions extends TableOptions, SchemaOptions, Partial<Omit<ImageExperiment, "data" | "targets" | "mask" | "draws" | "viSteps" | "hmcSteps" | "batch">> {
  data: string;
  target: string[];
  models?: string[];
  methods: string[];
  out: string;
  atOnce?: number;
  steps?: number;
  viSteps?: number;
  hmcSteps?: number;
  batch?: number;
  draws: number;
  randomOrders?: number;
  seed: number;

  splits?: string;
  folds?: string;
  marginalSteps?: number;
}

/** Rows whose values are acquired, and what predicts their targets. */
export interface SaiaData {
  readonly identity: SaiaIdentity;
  readonly folds: readonly number[];
  readonly models: readonly string[];
  /** What its rows are called. */
  readonly rows: "rows" | "pictures";
  /** Columns that are acquired as one value; absent: each by itself. */
  readonly units?: readonly (readonly number[])[];
  training(fold: number, model: string): Promise<SaiaTraining>;
  /** Test rows as a trained model sees them. */
  test(fold: number, schema: Schema): Table;
}

export interface SaiaTraining {
  rows: number;
  table: () => Table;
  schema: Schema;
  config: ModelConfig;
  schedule: Schedule;
}

type Given = [name: string, value: string | number | boolean | undefined];

/** The command to repeat, without folds, models and methods: results of several commands may come together in a folder. */
export function commandLine(given: readonly Given[]): string {
  const quoted = (value: string | number | boolean): string => (/^[\w./,:-]+$/.test(String(value)) ? String(value) : `'${value}'`);
  return ["hhvaem experiment saia", ...given.flatMap(([name, value]) => (value === undefined ? [] : value === true ? [`--${name}`] : [`--${name} ${quoted(value)}`]))].join(" ");
}
