import { decodeValue, type Column } from "../../data/index.ts";
import { logSumExp } from "../../math/special.ts";
import type { Evaluation } from "../api.ts";
import { isNumber, type MixedColumn } from "../../likelihood/mixed.ts";
import { meanInUnits, cdfAt, codedMean, levelProbabilities, type CellDraws } from "./predictive.ts";
import { cellDraws, type PosteriorRows, type RowDraws, type SamplingInfo } from "../posterior/entry-draws.ts";

interface Scored {
  /** The rows as they are, hidden entries included. [rows, D], [rows, P] */
  x: ArrayLike<number>;
  observedX: ArrayLike<number>;
  y: ArrayLike<number>;
  observedY: ArrayLike<number>;
}

export interface ColumnSet {
  columns: readonly Column[];
  mixed: readonly MixedColumn[];
}

/** Sums up the test metrics of model.md, row by row. */
export class Metrics {
  private readonly xu = new Mean();
  private readonly xuWeighted = new Mean();
  private readonly xo = new Mean();
  private readonly xoWeighted = new Mean();
  private readonly xuProper = new Mean();
  private readonly y = new Mean();
  private readonly featureErrors: Mean[];
  private readonly targetErrors: Mean[];
  private readonly covered = { half: new Mean(), ninety: new Mean() };
  private readonly accepted = new Mean();
  private divergences = 0;

  constructor(private readonly features: ColumnSet, private readonly targets: ColumnSet) {
    this.featureErrors = features.columns.map(() => new Mean());
    this.targetErrors = targets.columns.map(() => new Mean());
  }

  add(table: Scored, shown: PosteriorRows["observed"], draws: RowDraws & SamplingInfo): void {
    for (let r = 0; r < draws.rows; r++) this.addRow(table, shown, draws, r);
    if (!Number.isNaN(draws.acceptance)) this.accepted.add(draws.acceptance, draws.rows);
    this.divergences += draws.divergences;
  }

  private addRow(table: Scored, shown: ArrayLike<number>, sample: RowDraws, r: number): void {
    const row = sample.firstRow + r;
    const s = sample.draws;
    const d = this.features.columns.length;
    const p = this.targets.columns.length;
    const seen = range(d).filter((j) => shown[row * d + j] === 1);
    const hidden = range(d).filter((j) => shown[row * d + j] !== 1 && table.observedX[row * d + j] === 1);
    const part = (values: Float32Array, width: number): Float32Array => values.subarray(r * s * width, (r + 1) * s * width);
    const logProbX = part(sample.logProbX, d);
    const weighted = part(sample.weightedLogProbX, d);
    if (hidden.length > 0) {
      this.xu.add(meanInsideExponential(logProbX, hidden, s, d));
      this.xuWeighted.add(meanInsideExponential(weighted, hidden, s, d));
      for (const j of hidden) this.xuProper.add(meanInsideExponential(logProbX, [j], s, d));
    }
    if (seen.length > 0) {
      this.xo.add(meanInsideExponential(logProbX, seen, s, d));
      this.xoWeighted.add(meanInsideExponential(weighted, seen, s, d));
    }
    for (const j of hidden) {
      const cell = cellDraws(sample, "features", r, j);
      this.featureErrors[j].add(codedError(cell, table.x[row * d + j]));
      if (isNumber(this.features.mixed[j])) this.addCoverage(cdfAt(cell, table.x[row * d + j]));
    }
    if (p === 0 || range(p).some((j) => table.observedY[row * p + j] !== 1)) return;
    // log p(y) = logsumexp_s sum_p log p(y_p | eps_s) - log S
    const logProbY = part(sample.logProbY, p);
    this.y.add(logSumExp(range(s).map((i) => range(p).reduce((total, j) => total + logProbY[i * p + j], 0))) - Math.log(s));
    for (let j = 0; j < p; j++) {
      this.targetErrors[j].add(this.targetError(cellDraws(sample, "targets", r, j), j, table.y[row * p + j]));
    }
  }

  /** Central intervals of mass m hold a truth whose place F(x) in the predictive distribution is within m / 2 of the middle. */
  private addCoverage(place: number): void {
    this.covered.half.add(Number(Math.abs(place - 0.5) <= 0.25));
    this.covered.ninety.add(Number(Math.abs(place - 0.5) <= 0.45));
  }

  /** Squared error in original units, or 1 for a wrong class. */
  private targetError(cell: CellDraws, j: number, truth: number): number {
    const column = this.targets.columns[j];
    return isNumber(this.targets.mixed[j]) ? (meanInUnits(cell, column) - decodeValue(column, truth)) ** 2 : codedError(cell, truth);
  }

  /** RMSE on the coded scale or error rate of each feature over its hidden cells; NaN where none is hidden. */
  featureErrorsByColumn(): number[] {
    return this.featureErrors.map((mean, j) => (isNumber(this.features.mixed[j]) ? Math.sqrt(mean.value) : mean.value));
  }

  result(rows: number, draws: number): Evaluation {
    const continuous = (set: ColumnSet, j: number): boolean => isNumber(set.mixed[j]);
    const errors = this.featureErrorsByColumn().filter((value) => !Number.isNaN(value));
    const rmses = this.targetErrors.flatMap((mean, j) => (continuous(this.targets, j) ? [Math.sqrt(mean.value)] : []));
    const rates = this.targetErrors.flatMap((mean, j) => (continuous(this.targets, j) ? [] : [mean.value]));
    return {
      rows,
      draws,
      ll_y: this.y.value,
      ll_xu: this.xu.value,
      ll_xo: this.xo.value,
      ...(rmses.length > 0 ? { rmse: rmses[0] } : {}),
      ...(rmses.length > 1 ? { rmses } : {}),
      ...(rates.length > 0 ? { error_rate: rates[0] } : {}),
      error_xu: errors.reduce((a, b) => a + b, 0) / errors.length,
      ll_xu_weighted: this.xuWeighted.value,
      ll_xo_weighted: this.xoWeighted.value,
      ll_xu_per_feature: this.xuProper.value,
      ...(!Number.isNaN(this.covered.half.value) && { coverage_50: this.covered.half.value, coverage_90: this.covered.ninety.value }),
      acceptance: this.accepted.value,
      divergences: this.divergences,
    };
  }
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

/** Squared error of the mean on the coded scale, or 1 where the most probable level is wrong. */
function codedError(cell: CellDraws, truth: number): number {
  if (isNumber(cell[0].mixed)) return (codedMean(cell) - truth) ** 2;
  const probabilities = levelProbabilities(cell);
  return probabilities.indexOf(Math.max(...probabilities)) === truth ? 0 : 1;
}

class Mean {
  private total = 0;
  private weight = 0;

  add(value: number, weight = 1): void {
    this.total += value * weight;
    this.weight += weight;
  }

  /** NaN if nothing was added. */
  get value(): number {
    return this.total / this.weight;
  }
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
