import { logSumExp } from "../../math/special.ts";
import { isNumber } from "../../likelihood/mixed.ts";
import { cellDraws, type PosteriorRows, type RowDraws, type SamplingInfo } from "../posterior/entry-draws.ts";
import { mostProbable } from "./cell-summary.ts";
import { scoringKey, type ColumnSet } from "./column-set.ts";
import type { CalibratedRows } from "../calibration/calibration.ts";
import { codedMean, drawCell, levelProbabilities, meanInUnits, placesAbout, type CellDraws } from "./predictive.ts";
import { scoredDraws, scoreLevels, scoreNumber, type LevelScore, type NumberScore } from "./proper-scores.ts";

/** Rows as they are, hidden entries included. [rows, D], [rows, P] */
export interface ScoredTable {
  x: ArrayLike<number>;
  observedX: ArrayLike<number>;
  y: ArrayLike<number>;
  observedY: ArrayLike<number>;
}

/** What the draws of some rows say of the truth, summed up over the draws. */
export interface ScoredRows extends SamplingInfo {
  /** Where they stand in the table. */
  readonly firstRow: number;
  readonly rows: number;
  /** log of the mean over draws of exp(mean over columns of log p), over a row's hidden columns and its seen ones, positive classes weighted or not; NaN where there is none. [rows] */
  readonly xu: Float64Array;
  readonly xuWeighted: Float64Array;
  readonly xo: Float64Array;
  readonly xoWeighted: Float64Array;
  /** log p(x_d | x_O) of hidden features [rows, D]. */
  readonly xuProper: Float64Array;
  /** log p(y | x_O), NaN where a target is not known. [rows] */
  readonly y: Float64Array;
  /** Of hidden features, and of the targets of rows where all are known. */
  readonly features: ScoredCells;
  readonly targets: ScoredCells;
}

/** What stands for the cells of some columns, [rows, columns] each. */
export interface ScoredCells {
  /** The mean on the coded scale, or the most probable level. */
  readonly point: Float64Array;
  /** Numbers: the mean in original units, within the training rows' range. */
  readonly units: Float64Array;
  /** Numbers: F just below the truth and F(truth), the same where it is no atom; CRPS and the ends of the 90 % interval, coded. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly crps: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Levels, of calibrated models: whether the 90 % set holds the truth, and how many levels it has. */
  readonly inSet: Float64Array;
  readonly setSize: Float64Array;
}

/** The columns of a row that are hidden and scored, those that are seen, and whether all targets are known. shown: 1 where a feature is seen [rows, D]. */
export function scoredColumns({ observedX, observedY }: ScoredTable, shown: PosteriorRows["observed"], { features: d, targets: p }: { features: number; targets: number }, row: number): { hidden: number[]; seen: number[]; target: boolean } {
  return {
    seen: range(d).filter((j) => shown[row * d + j] === 1),
    hidden: range(d).filter((j) => shown[row * d + j] !== 1 && observedX[row * d + j] === 1),
    target: p > 0 && range(p).every((j) => observedY[row * p + j] === 1),
  };
}

/** Room for the scores of some rows, NaN until they are there. */
export function emptyScores(sample: { firstRow: number; rows: number } & SamplingInfo, { features: d, targets: p }: { features: number; targets: number }): ScoredRows {
  const { firstRow, rows, acceptance, divergences, effective } = sample;
  const each = (width = 1): Float64Array => new Float64Array(rows * width).fill(Number.NaN);
  const cells = (width: number): ScoredCells => ({ point: each(width), units: each(width), low: each(width), high: each(width), crps: each(width), lower: each(width), upper: each(width), inSet: each(width), setSize: each(width) });
  return { firstRow, rows, acceptance, divergences, effective, xu: each(), xuWeighted: each(), xo: each(), xoWeighted: each(), xuProper: each(d), y: each(), features: cells(d), targets: cells(p) };
}

/** Keeps what was told of a cell; returns what calibration adds to log p(truth). */
export function keepScore(cells: ScoredCells, at: number, score: NumberScore | LevelScore): number {
  if ("crps" in score) {
    for (const name of ["low", "high", "crps", "lower", "upper"] as const) cells[name][at] = score[name];
  } else {
    for (const name of ["inSet", "setSize"] as const) cells[name][at] = score[name];
  }
  return score.logRatio;
}

/** Adds what calibration says of a row's columns to its log-likelihoods: to that of several together the mean over them, as the authors define it. */
export function addLogRatios(scores: ScoredRows, r: number, d: number, { hidden, targets }: { hidden: ReadonlyMap<number, number>; targets: readonly number[] }): void {
  const total = [...hidden.values()].reduce((a, b) => a + b, 0);
  if (hidden.size > 0) {
    scores.xu[r] += total / hidden.size;
    scores.xuWeighted[r] += total / hidden.size;
  }
  for (const [j, ratio] of hidden) scores.xuProper[r * d + j] += ratio;
  for (const ratio of targets) scores.y[r] += ratio;
}

/** Sums draws up on the host, in float64. */
export function scoreRows(table: ScoredTable, shown: PosteriorRows["observed"], features: ColumnSet, targets: ColumnSet, sample: RowDraws & SamplingInfo, calibrated?: CalibratedRows): ScoredRows {
  const widths = { features: features.columns.length, targets: targets.columns.length };
  const { features: d, targets: p } = widths;
  const s = sample.draws;
  const scores = emptyScores(sample, widths);
  for (let r = 0; r < sample.rows; r++) {
    const row = sample.firstRow + r;
    const { hidden, seen, target } = scoredColumns(table, shown, widths, row);
    const part = (values: Float32Array, width: number): Float32Array => values.subarray(r * s * width, (r + 1) * s * width);
    const [logProb, weighted] = [part(sample.logProbX, d), part(sample.weightedLogProbX, d)];
    const into = (of: "features" | "targets", { columns }: ColumnSet, j: number, truth: number): number => {
      const at = r * columns.length + j;
      const cell = cellDraws(sample, of, r, j);
      const column = of === "features" ? j : d + j;
      const map = calibrated?.calibrator.of(column, calibrated.shares[row]);
      scores[of].point[at] = pointOfDraws(cell);
      if (!isNumber(cell[0].mixed)) return keepScore(scores[of], at, scoreLevels(levelProbabilities(cell), truth, map));
      scores[of].units[at] = meanInUnits(cell, columns[j]);
      const draws = drawCell(cell, scoringKey(row, column), Math.min(scoredDraws, s));
      return keepScore(scores[of], at, scoreNumber({ truth, ...placesAbout(cell, columns[j], truth), draws }, map));
    };
    const ratios = { hidden: new Map<number, number>(), targets: [] as number[] };
    if (hidden.length > 0) {
      scores.xu[r] = meanInsideExponential(logProb, hidden, s, d);
      scores.xuWeighted[r] = meanInsideExponential(weighted, hidden, s, d);
    }
    if (seen.length > 0) {
      scores.xo[r] = meanInsideExponential(logProb, seen, s, d);
      scores.xoWeighted[r] = meanInsideExponential(weighted, seen, s, d);
    }
    for (const j of hidden) {
      scores.xuProper[r * d + j] = meanInsideExponential(logProb, [j], s, d);
      ratios.hidden.set(j, into("features", features, j, table.x[row * d + j]));
    }
    if (!target) {
      addLogRatios(scores, r, d, ratios);
      continue;
    }
    // log p(y) = logsumexp_s sum_p log p(y_p | eps_s) - log S
    const logProbY = part(sample.logProbY, p);
    scores.y[r] = logSumExp(range(s).map((i) => range(p).reduce((total, j) => total + logProbY[i * p + j], 0))) - Math.log(s);
    for (let j = 0; j < p; j++) ratios.targets.push(into("targets", targets, j, table.y[row * p + j]));
    addLogRatios(scores, r, d, ratios);
  }
  return scores;
}

/** The mean on the coded scale, or the most probable level. */
function pointOfDraws(cell: CellDraws): number {
  return isNumber(cell[0].mixed) ? codedMean(cell) : mostProbable(levelProbabilities(cell));
}

/** log of the mean over draws of exp(mean over the columns of log p): the authors' definition. */
function meanInsideExponential(logProb: Float32Array, columns: readonly number[], draws: number, width: number): number {
  const perDraw = new Float64Array(draws);
  for (let s = 0; s < draws; s++) {
    let total = 0;
    for (const j of columns) total += logProb[s * width + j];
    perDraw[s] = total / columns.length;
  }
  return logSumExp(perDraw) - Math.log(draws);
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
