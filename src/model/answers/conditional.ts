import type { DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Key } from "../../math/key.ts";
import type { CellSummary } from "./cell-summary.ts";

/**
 * How the information that a value has about the target is estimated. "told": by what the model would say of the target if it were told the value; "paper": from joint draws of both,
 * in five bins of equal width, as the authors do.
 */
export type Estimator = "told" | "paper";

/** A feature or target as acquisition sees it. */
export interface Variable {
  readonly name: string;
  /** Number of levels of a discrete variable, whose values are 0, 1, ...; 1: continuous. */
  readonly levels: number;
  /** A continuous variable's coded value in original units, and back; absent: the same. */
  readonly units?: (coded: number) => number;
  readonly code?: (units: number) => number;
  /** Of levels, in order; absent: they have none. */
  readonly labels?: readonly string[];
}

/** Rows with what is known of them, coded and row-major [rows, D]; x is 0 where observed is 0. */
export interface KnownRows {
  readonly rows: number;
  readonly x: Float32Array;
  readonly observed: Float32Array;
  /** Targets that are known too [rows, P], for sessions that were opened for them; absent: all are hidden. */
  readonly y?: Float32Array;
  readonly observedY?: Float32Array;
  /** 1 for features that are not known because they have no value: they are not asked for [rows, D]; absent: none. */
  readonly absent?: ArrayLike<number>;
}

/** What would be said of the targets if one more value of a row were told: T values of each feature, and the cells in which the targets are to be counted. */
export interface ToldQuestion {
  /** Coded [rows, D, T]; of features that are known already they count for nothing. */
  readonly values: Float32Array;
  /** T */
  readonly count: number;
  readonly cells: readonly TargetCells[];
}

/** Cells of one target: its levels, or what lies between borders. */
export interface TargetCells {
  readonly count: number;
  /** Ascending borders between the cells of each row, coded [rows, count - 1]; absent for levels. */
  readonly borders?: Float64Array;
}

/** How draws are made. */
export interface DrawOptions {
  /**
   * Go on from the last draws where only cells were added: reweighted by the new cells' likelihood, resampled and moved by a few transitions; a row whose effective sample is too small starts anew.
   */
  warm?: boolean;
  /** Whether the entries of a draw belong together; default true. False: each entry is drawn as if by itself, which is quicker and enough for whoever asks about one entry at a time. */
  joint?: boolean;
}

/** Draws of features and targets of a few rows, given what is known of them. */
export interface JointDraws {
  readonly rows: number;
  /** S draws of each row. */
  readonly draws: number;
  /** Coded values [rows, S, D] and [rows, S, P]; a known feature keeps its value in every draw. Without targets y is one column of zeros. */
  readonly x: DeviceTensor;
  readonly y: DeviceTensor;
  /** Effective share of the earlier draws after a warm start; NaN for rows drawn anew. [rows] */
  readonly effective: Float64Array;
  /** Summaries of all targets of all rows in original units, rows first. interval: mass of the central interval. */
  predictions(interval: number): Promise<CellSummary[]>;
  /** log p(y | x_O) of each row for the given coded targets [rows, P]: logsumexp over the draws, on the coded scale. [rows] */
  logLikelihood(truth: ArrayLike<number>): Promise<Float64Array>;
  /**
   * P(targets in a cell | x_O, x_i): what the model would say of the targets if it were told x_i, for every value asked about. All combinations of the targets' cells, the last
   * target's innermost: [rows, D, T, G]; 0 where x_i is known already. Absent where the model cannot be asked so.
   */
  toldMasses?(question: ToldQuestion): Promise<Float64Array>;
}

/** Draws for the same rows, again and again while their cells become known. */
export interface DrawSession {
  /** Draws for rows [rows as opened]. */
  draw(known: KnownRows, key: Key, options?: DrawOptions): Promise<JointDraws>;
  destroy(): void;
}

/** p(x_U, y | x_O), which is all that acquisition needs of a model. */
export interface ConditionalSampler {
  readonly gpu: Gpu;
  readonly features: readonly Variable[];
  readonly targets: readonly Variable[];
  /** How the information of a value is estimated where nobody asks for another way; absent: by histograms of joint draws. */
  readonly estimator?: Estimator;
  /** Draws of all rows together that the device has memory for; absent: whatever is asked for in earnest. */
  readonly chainsAtOnce?: number;
  /** Compiles draws for a fixed number of rows. */
  open(sizes: { rows: number; draws: number }): Promise<DrawSession>;
  /**
   * The Gaussian reward of every unknown feature, nats [rows, D], 0 where known: E KL(q(eps | x_i, x_O) || q(eps | x_O))
   * - E KL(q(eps | y, x_i, x_O) || q(eps | y, x_O)) over the first `draws` joint draws (Ma et al. 2019, 2020).
   */
  gaussianReward?(known: KnownRows, joint: JointDraws, draws: number, key: Key): Promise<Float64Array>;
}
