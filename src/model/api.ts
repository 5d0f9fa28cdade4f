import type { Schema, Table } from "../data/index.ts";
import type { Calibration } from "./calibration/calibration.ts";
import type { ModelCheck } from "./check/model-check.ts";
import type { ConditionalSampler } from "./answers/conditional.ts";
import type { ModelConfig, Schedule } from "./config/config.ts";
import type { Sampler } from "./latent/posterior/importance.ts";
import type { Fillings } from "./answers/fillings.ts";
import type { LatentPaths, LatentPathsOptions } from "./latent/posterior/latent-paths.ts";
import type { SamplingInfo } from "./posterior/entry-draws.ts";
import type { Chosen, ModelPart } from "./posterior/shares.ts";
import type { LevelCounts } from "./shifts/drawn-levels.ts";
import type { Shift, ShiftedColumn } from "./shifts/shift.ts";
import type { Place } from "./summaries/answered.ts";
import type { CellSummary } from "./answers/cell-summary.ts";

export type { Calibration, CellSummary, ModelCheck, ModelPart, Shift, ShiftedColumn };

/** "completion": the completion network until it is best; "ensemble": further ones, on all rows; "cross": trainings without a part of the rows each, by which all rows decide. */
export type Stage = "marginal" | "elbo" | "hmc" | "completion" | "ensemble" | "cross";

/** One progress report; `metrics` holds what the stage measures (elbo, objective, acceptance, ...). */
export interface Progress {
  stage: Stage;
  step: number;
  steps: number;
  metrics: Readonly<Record<string, number>>;
}

/** Files of a model or checkpoint by name: config.json, schema.json, weights.safetensors, log.jsonl. */
export type FileSet = ReadonlyMap<string, Uint8Array>;

export interface FitOptions {
  config: ModelConfig;
  schedule: Schedule;
  seed: number;
  /** Called a few times a second; awaiting it does not stall the device. */
  onProgress?: (progress: Progress) => void;
  /** Asked at every progress point; true: `onCheckpoint` gets the state to store. */
  wantCheckpoint?: () => boolean;
  onCheckpoint?: (files: FileSet) => Promise<void>;
  /** Files that `onCheckpoint` got: training goes on from there and ends with the same weights as an unbroken run. */
  resume?: FileSet;
  /** What the training may take, compilation included: its stages get the part of their steps that fits, never more than the schedule's. Absent: the whole schedule. */
  time?: { seconds: number; clock: () => number };
  /** Awaited at every progress point: training stands still until it resolves. */
  paused?: () => Promise<void> | undefined;
  signal?: AbortSignal;
}

/** What a training that was given a time did with it. */
export interface TrainingTime {
  /** What it was given, and what it took, pauses not counted. */
  seconds: number;
  spent: number;
  /** What its whole schedule takes, about, if nothing was cut off as long as it took. */
  whole: number;
  /** Steps that each stage had, of how many it wanted. */
  stages: { stage: Stage; steps: number; of: number }[];
}

/** Rows of a larger table before a part of it, and those of them with holes. */
export interface TablePlace {
  row: number;
  incomplete: number;
}

export interface ImputeOptions {
  /** Number of posterior draws behind each summary. */
  draws?: number;
  /** Mass of the central interval. */
  interval?: number;
  seed?: number;
  /** How posterior draws are made; default: HMC for models trained with it, importance weights for MIWAE and MIWAEM, else the encoder. */
  sampler?: Sampler;
  /** Of a mixture: which part is to answer alone. */
  part?: ModelPart;
  /** Where the table's first row stands in a larger one, so that its parts are answered as the whole would be. */
  from?: TablePlace;
  /** How many completed tables to return besides the summaries: joint draws. */
  completions?: number;
  /** False: as the model's parts have it, without the maps by which intervals hold what they say. */
  calibrated?: boolean;
  /** How many draws of each filled cell by itself to return, for its distribution; at most `draws`. */
  cellDraws?: number;
  /** `impute` only: fill missing targets too, jointly with the features. */
  targets?: boolean;
  /** `impute` only: targets that are known inform the features' holes, which whoever analyses the completed table needs; true hides them, for whoever predicts them from it. */
  hideTargets?: boolean;
  /** `impute` only: how filled values differ from what the model says, where they are not missing at random. They are moved after they were drawn: what else is missing of a row is not drawn anew for it. */
  shifts?: readonly Shift[];
  /** Where the draws are summed up; default: on the device, unless that is the processor. */
  sums?: Place;
  onProgress?: (done: number, rows: number) => void;
  signal?: AbortSignal;
}

export interface Imputation {
  /** One per missing feature cell, with `targets` also per missing target cell; in row order. */
  cells: CellSummary[];
  /** `completions` draws per cell of `cells`, in original units or level indices: [completions][cells]. Those of a row are joint, but for presets whose variances are fixed, and where another sampler is asked for: there they depend on each other through the latents alone. */
  completed: Float64Array[];
  /** `cellDraws` draws per cell, each cell by itself: [cellDraws][cells]. */
  cellDraws: Float64Array[];
  /** What was moved, of each column that `shifts` name, and of its levels how often each stands among the joint draws that completions were taken from: one a cell. */
  shifted?: ShiftedColumn[];
  levelCounts?: (LevelCounts | undefined)[];
  acceptance: number;
  divergences: number;
  /** Mean effective share of the weighted draws; importance sampling only. */
  effective?: number;
}

export interface Prediction {
  /** One per row and target, rows first; y in the table is ignored. */
  cells: CellSummary[];
  acceptance: number;
  divergences: number;
  /** Mean effective share of the weighted draws; importance sampling only. */
  effective?: number;
}

/** How well predictive distributions foretell hidden cells, beyond their middle. Of numbers, on the coded scale (deviations of a column): shares of truths within central intervals of 50 to 95 %, the continuous ranked probability score, and width and score of the 90 % interval, of which less is better; absent where there are none. */
export interface IntervalFigures {
  coverage_50?: number;
  coverage_80?: number;
  coverage_90?: number;
  coverage_95?: number;
  crps?: number;
  interval_width?: number;
  interval_score?: number;
  /** Of levels, of calibrated models: share of truths within the sets that are to hold 90 %, and how many levels those have. */
  set_coverage_90?: number;
  set_size_90?: number;
}

/** Scores of one column over its hidden cells, each beside those of a guess that knows nothing of the row: the middle of the training values (coded 0), or the most frequent level. */
export interface ColumnScores extends IntervalFigures {
  column: string;
  role: "feature" | "target";
  cells: number;
  /** Numbers: root mean squared error, in original units and in deviations of the column on its coded scale. */
  rmse?: number;
  baseline_rmse?: number;
  rmse_coded?: number;
  baseline_rmse_coded?: number;
  /** Levels: share of wrong ones; the baseline is absent for models from before the most frequent level was kept. */
  error_rate?: number;
  baseline_error_rate?: number;
}

export interface Evaluation extends IntervalFigures {
  rows: number;
  draws: number;
  ll_y: number;
  ll_xu: number;
  ll_xo: number;
  /** Root mean squared error of the first continuous target in original units; `rmses` has all if there are several. */
  rmse?: number;
  rmses?: number[];
  /** Share of wrong classes of the first discrete target. */
  error_rate?: number;
  /** Mean over features of the RMSE on the coded scale, or the error rate; `rmse_xu` and `error_rate_xu` tell them apart. */
  error_xu: number;
  /** Mean over features of numbers of the RMSE on the coded scale, and over features of levels of the share of wrong ones; absent where there are none. */
  rmse_xu?: number;
  error_rate_xu?: number;
  /** The same of a guess that knows nothing of the row. */
  baseline_rmse_xu?: number;
  baseline_error_rate_xu?: number;
  /** Of the first continuous and the first discrete target. */
  baseline_rmse?: number;
  baseline_error_rate?: number;
  /** One a column that was scored; absent for pictures. */
  columns?: ColumnScores[];
  /** Share of the rows that are equal to rows that the model was trained on, estimated where there are many; absent where that is not known. */
  trained_on?: number;
  /** As the authors compute them: binary features' positive classes weighted. */
  ll_xu_weighted: number;
  ll_xo_weighted: number;
  /** Mean over hidden cells of log p(x_d | x_O): the proper log-likelihood per feature. */
  ll_xu_per_feature: number;
  acceptance: number;
  divergences: number;
  /** Mean effective share of the weighted draws; importance sampling only. */
  effective?: number;
}

export interface Model {
  readonly config: ModelConfig;
  readonly schema: Schema;
  /** Of a model whose training was given a time. */
  readonly time?: TrainingTime;
  /** How predictive distributions are mapped, one a column, features first, and what held-back rows showed; absent where too few rows were held back, and of models without completion networks. */
  readonly calibration?: Calibration;
  /** What the held-back rows decided, shares of the parts among it; absent of models without completion networks. */
  readonly chosen?: Chosen;
  /** How it does on rows that its training has not seen; absent where nobody has asked. */
  readonly check?: ModelCheck;
  /** Rows that are answered together: a part of a larger table that begins after a multiple of it is answered as the whole is. */
  rowsTogether(draws: number): number;
  impute(table: Table, options?: ImputeOptions): Promise<Imputation>;
  predict(table: Table, options?: ImputeOptions): Promise<Prediction>;
  /** `shown` [rows * D]: 1 where an observed cell may be seen, 0 where it is hidden and scored. y is hidden and scored. */
  evaluate(table: Table, shown: ArrayLike<number>, options?: ImputeOptions): Promise<Evaluation>;
  /** What each cell is expected to be at some posterior draws, y hidden: `keep` of them whole, all of them as mean and deviation. For pictures. */
  fillings(table: Table, options: ImputeOptions & { keep: number }): Promise<Fillings & SamplingInfo>;
  /** The latents' posterior of one row, y hidden: the encoder's Gaussian, the chains with every leapfrog step, draws and diagnostics. */
  latentPaths(table: Table, row: number, options?: LatentPathsOptions): Promise<LatentPaths>;
  /** The model as a sampler of what is unknown given what is known: what acquisition works on. */
  conditional(): ConditionalSampler;
  files(): Promise<FileSet>;
  /** Frees what the model holds on the device; it answers no more. Sessions and loops are destroyed by themselves, before. */
  destroy(): void;
}
