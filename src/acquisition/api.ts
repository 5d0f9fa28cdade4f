import type { CellSummary, Estimator } from "../model/index.ts";

/** How the next value is chosen: mutual information with the target, the Gaussian reward of the encoder, the variance of the feature, or at random. */
export const methods = ["mi", "gaussian", "random", "variance"] as const;
export type Method = (typeof methods)[number];

/** How the information of a value is estimated. */
export const estimators: readonly Estimator[] = ["told", "paper"];

/** What acquiring each feature of each row is worth [rows, D]; NaN where it is known already or there is none. */
export interface RewardTable {
  readonly gain: Float64Array;
  /** NaN where the method has none. */
  readonly standardError: Float64Array;
  /** Width of the first continuous target's central interval that is expected once the value is known, in original units; absent where the estimate does not say. */
  readonly expectedWidth?: Float64Array;
}

export interface AcquisitionOptions {
  /** Default: mi. */
  method?: Method;
  /** Posterior draws per row; default 1,000. */
  draws?: number;
  seed?: number;
  /** What each feature costs, in the user's units [D]; default: 1 each. Values are ranked by gain per cost. */
  costs?: ArrayLike<number>;
  /** Stop when what was spent and the cheapest candidate pass this. */
  budget?: number;
  /** Values to acquire at a time, chosen by their joint information; default 1. */
  batch?: number;
  /** How the information is estimated: "told", by what the model would answer once it is told the value (default where a model can be asked so), or "paper", by histograms of joint draws in bins of equal width. */
  estimator?: Estimator;
  /** Bins of a continuous variable in histograms; default 5. */
  bins?: number;
  /** Subtract the bias (cells - 1) / 2S of histogram entropies (Miller 1955); of the estimator "paper" alone. */
  biasCorrection?: boolean;
  /** Also estimate the information of continuous candidates with a single continuous target by nearest neighbours, for comparison. */
  kraskov?: boolean;
  /** Stop when no candidate's gain, in nats, reaches this. */
  minimalGain?: number;
  /** Stop when the first continuous target's central interval is narrower than this, in original units. */
  width?: number;
  /** Mass of the central interval; default 0.9. */
  interval?: number;
  /** In a loop: features that have no value, given what is known of the row, and so are not asked for. x, observed: coded [D]. */
  absent?: (x: Float32Array, observed: Float32Array) => Iterable<number>;
  /** Go on from the draws before the last answer instead of starting anew; default true. */
  warm?: boolean;
}

/** One value that could be acquired. */
export interface Candidate {
  /** Feature index. */
  readonly column: number;
  readonly name: string;
  /** Nats for mi and gaussian; coded variance (discrete: Gini impurity) for variance; an arbitrary number for random. */
  readonly gain: number;
  /** Of the gain: by the jackknife over posterior draws, or, of what would be told, as of a mean over draws of the value; NaN where the method has none. */
  readonly standardError: number;
  readonly cost: number;
  readonly gainPerCost: number;
  /** The information by nearest neighbours (Kraskov et al. 2004), nats, if asked for. */
  readonly kraskov?: number;
  /** Width of the first continuous target's central interval, expected after acquiring this; undefined for discrete targets. */
  readonly expectedWidth?: number;
}

/** Why nothing more is acquired. */
export type StopReason = "nothing left" | "budget" | "gain" | "width";

/** What to acquire next for one row. */
export interface Ranking {
  readonly row: number;
  /** Affordable candidates, the highest gain per cost first. */
  readonly candidates: readonly Candidate[];
  /** Columns to acquire together now; empty when it is time to stop. */
  readonly next: readonly number[];
  /** Joint gain of `next`, nats; equal to the first candidate's gain where only one is asked for. */
  readonly jointGain: number;
  readonly stop?: StopReason;
  /** The targets as they are predicted now. */
  readonly prediction: readonly CellSummary[];
  /** Width of the first continuous target's central interval now. */
  readonly width?: number;
}

/** A row on its way: what is known, what it cost, what to ask next. */
export interface AcquisitionState extends Ranking {
  /** Coded values and what is known of them [D]. */
  readonly x: Float32Array;
  readonly observed: Float32Array;
  /** Columns in the order they were answered. */
  readonly answered: readonly number[];
  /** Columns that cannot be had. */
  readonly unknown: readonly number[];
  readonly spent: number;
  /** Draws of each target given what is known, in original units or indices of levels. */
  readonly targetDraws: readonly Float64Array[];
}

/** What may be changed on the way: none of it asks for new draws. */
export type AdjustableOptions = Pick<AcquisitionOptions, "method" | "costs" | "budget" | "minimalGain" | "width" | "interval">;

/** The loop over one row: ask for `next`, answer, and look again. Iterating yields the state until there is a reason to stop. */
export interface AcquisitionLoop extends AsyncIterable<AcquisitionState> {
  /** The present state; computed once after each answer. */
  state(): Promise<AcquisitionState>;
  /** The value of a feature: a number in original units, a level's label or its index. Throws RangeError for a known column or a value that it cannot have. */
  answer(column: number, value: number | string): void;
  /** The same for a value that is coded already. */
  answerCoded(column: number, value: number): void;
  /** The value cannot be had: it is not asked for again. */
  unknown(column: number): void;
  /** A known value, answered or there from the start, is taken as not known: what if it were missing? Throws RangeError for one that is not known. */
  forget(column: number): void;
  /** Goes on with other options, from the same draws. Throws RangeError for options that make no sense. */
  adjust(options: AdjustableOptions): void;
  /** Takes the last answer, "unknown" or "forget" back; false if there is none. */
  back(): boolean;
  destroy(): void;
}
