import type { MixedColumn } from "../../likelihood/mixed.ts";
import type { CellDraws } from "../answers/predictive.ts";

/** Rows to condition on, coded; `truth` is scored where it is known. All row-major [rows, D] or [rows, P]. */
export interface PosteriorRows {
  rows: number;
  /** Rows of a larger table before these; a multiple of the rows that are drawn for at once. */
  before?: number;
  x: ArrayLike<number>;
  observed: ArrayLike<number>;
  truthX: ArrayLike<number>;
  truthY: ArrayLike<number>;
  /** Targets to condition on too, for posteriors that were opened for them; absent: all are hidden. [rows, P] */
  y?: ArrayLike<number>;
  observedY?: ArrayLike<number>;
}

/** What S draws of a few rows say of each entry by itself: arrays [rows, S, ...], rows outermost. */
export interface EntryDraws {
  rows: number;
  /** S, the draws of all parts together. */
  draws: number;
  parts: readonly DrawsPart[];
  /** log p(truth | draw) [rows, S, D], positive classes weighted or not, and [rows, S, P]. */
  logProbX: Float32Array;
  weightedLogProbX: Float32Array;
  logProbY: Float32Array;
}

/** The same, and where the rows stand in the table that was asked about. */
export interface RowDraws extends EntryDraws {
  firstRow: number;
}

/** Draws of one kind: likelihood parameters of the features [rows, S, D, C] and the targets [rows, S', P, C']. */
export interface DrawsPart {
  /** The latents themselves [rows, S, K], of a latent variable model. */
  eps?: Float32Array;
  features: PartColumns;
  targets: PartColumns;
}

export interface PartColumns {
  /** Draws per row. */
  draws: number;
  mixed: readonly MixedColumn[];
  /** Of Gaussians whose variance is fixed. */
  variance: number;
  theta: Float32Array;
}

export interface SamplingInfo {
  /** Mean acceptance probability; NaN where no chain ran. */
  acceptance: number;
  divergences: number;
  /** Mean effective share of the draws; importance sampling only. */
  effective?: number;
}

/** The draws of column j of the r-th row of a sample. */
export function cellDraws(sample: Pick<RowDraws, "rows" | "parts">, of: "features" | "targets", r: number, j: number): CellDraws {
  return sample.parts.map((part) => {
    const { draws, mixed, variance, theta } = part[of];
    const width = theta.length / sample.rows;
    return { theta: theta.subarray(r * width, (r + 1) * width), draws, at: j, columns: mixed.length, mixed: mixed[j], variance };
  });
}
