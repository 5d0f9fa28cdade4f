import { decodeValue, usualLevel, type Column } from "../../data/index.ts";
import { logSumExp } from "../../math/special.ts";
import type { ColumnScores, Evaluation } from "../api.ts";
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
  private readonly features: ColumnErrors[];
  private readonly targets: ColumnErrors[];
  private readonly covered = { half: new Mean(), ninety: new Mean() };
  private readonly accepted = new Mean();
  private divergences = 0;

  constructor(features: ColumnSet, targets: ColumnSet) {
    const errorsOf = ({ columns, mixed }: ColumnSet): ColumnErrors[] => columns.map((column, j) => new ColumnErrors(column, mixed[j]));
    [this.features, this.targets] = [errorsOf(features), errorsOf(targets)];
  }

  add(table: Scored, shown: PosteriorRows["observed"], draws: RowDraws & SamplingInfo): void {
    for (let r = 0; r < draws.rows; r++) this.addRow(table, shown, draws, r);
    if (!Number.isNaN(draws.acceptance)) this.accepted.add(draws.acceptance, draws.rows);
    this.divergences += draws.divergences;
  }

  private addRow(table: Scored, shown: ArrayLike<number>, sample: RowDraws, r: number): void {
    const row = sample.firstRow + r;
    const s = sample.draws;
    const d = this.features.length;
    const p = this.targets.length;
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
      this.features[j].add(cell, table.x[row * d + j]);
      if (this.features[j].isNumber) this.addCoverage(cdfAt(cell, table.x[row * d + j]));
    }
    if (p === 0 || range(p).some((j) => table.observedY[row * p + j] !== 1)) return;
    // log p(y) = logsumexp_s sum_p log p(y_p | eps_s) - log S
    const logProbY = part(sample.logProbY, p);
    this.y.add(logSumExp(range(s).map((i) => range(p).reduce((total, j) => total + logProbY[i * p + j], 0))) - Math.log(s));
    for (let j = 0; j < p; j++) this.targets[j].add(cellDraws(sample, "targets", r, j), table.y[row * p + j]);
  }

  /** Central intervals of mass m hold a truth whose place F(x) in the predictive distribution is within m / 2 of the middle. */
  private addCoverage(place: number): void {
    this.covered.half.add(Number(Math.abs(place - 0.5) <= 0.25));
    this.covered.ninety.add(Number(Math.abs(place - 0.5) <= 0.45));
  }

  /** RMSE on the coded scale or error rate of each feature over its hidden cells; NaN where none is hidden. */
  featureErrorsByColumn(): number[] {
    return this.features.map((errors) => {
      const { rmse_coded, error_rate } = errors.scores("feature");
      return rmse_coded ?? error_rate!;
    });
  }

  result(rows: number, draws: number): Evaluation {
    const scores = this.features.map((errors) => errors.scores("feature"));
    const targets = this.targets.map((errors) => errors.scores("target"));
    const of = (list: readonly ColumnScores[], name: keyof ColumnScores): number[] => list.flatMap((one) => (one[name] === undefined || one.cells === 0 ? [] : [one[name] as number]));
    const mean = (values: readonly number[]): number | undefined => (values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length);
    const errors = scores.flatMap(({ cells, rmse_coded, error_rate }) => (cells === 0 ? [] : [rmse_coded ?? error_rate!]));
    const rmses = targets.flatMap(({ rmse }) => rmse ?? []);
    const rates = targets.flatMap(({ error_rate }) => error_rate ?? []);
    return {
      rows,
      draws,
      ll_y: this.y.value,
      ll_xu: this.xu.value,
      ll_xo: this.xo.value,
      ...(rmses.length > 0 ? { rmse: rmses[0] } : {}),
      ...(rmses.length > 1 ? { rmses } : {}),
      ...(rates.length > 0 ? { error_rate: rates[0] } : {}),
      error_xu: mean(errors) ?? Number.NaN,
      ...defined({
        rmse_xu: mean(of(scores, "rmse_coded")),
        error_rate_xu: mean(of(scores, "error_rate")),
        baseline_rmse_xu: mean(of(scores, "baseline_rmse_coded")),
        baseline_error_rate_xu: mean(of(scores, "baseline_error_rate")),
        baseline_rmse: of(targets, "baseline_rmse")[0],
        baseline_error_rate: of(targets, "baseline_error_rate")[0],
      }),
      ll_xu_weighted: this.xuWeighted.value,
      ll_xo_weighted: this.xoWeighted.value,
      ll_xu_per_feature: this.xuProper.value,
      ...(!Number.isNaN(this.covered.half.value) && { coverage_50: this.covered.half.value, coverage_90: this.covered.ninety.value }),
      acceptance: this.accepted.value,
      divergences: this.divergences,
      columns: [...scores, ...targets].filter(({ cells }) => cells > 0),
    };
  }
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Errors of one column, and those of a guess that knows nothing of the row. */
class ColumnErrors {
  private cells = 0;
  private readonly coded = new Mean();
  private readonly units = new Mean();
  private readonly baselineCoded = new Mean();
  private readonly baselineUnits = new Mean();
  readonly isNumber: boolean;

  constructor(private readonly column: Column, mixed: MixedColumn) {
    this.isNumber = isNumber(mixed);
  }

  add(cell: CellDraws, truth: number): void {
    const { column } = this;
    this.cells++;
    this.coded.add(codedError(cell, truth));
    if (!this.isNumber) {
      const guess = usualLevel(column);
      if (guess !== undefined) this.baselineCoded.add(Number(guess !== truth));
      return;
    }
    const units = decodeValue(column, truth);
    this.units.add((meanInUnits(cell, column) - units) ** 2);
    this.baselineCoded.add(truth ** 2);
    this.baselineUnits.add((decodeValue(column, 0) - units) ** 2);
  }

  scores(role: ColumnScores["role"]): ColumnScores {
    const { cells } = this;
    const head = { column: this.column.name, role, cells };
    if (!this.isNumber) return { ...head, error_rate: this.coded.value, ...(!Number.isNaN(this.baselineCoded.value) && { baseline_error_rate: this.baselineCoded.value }) };
    const [rmse, baseline_rmse, rmse_coded, baseline_rmse_coded] = [this.units, this.baselineUnits, this.coded, this.baselineCoded].map(({ value }) => Math.sqrt(value));
    return { ...head, rmse, baseline_rmse, rmse_coded, baseline_rmse_coded };
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
