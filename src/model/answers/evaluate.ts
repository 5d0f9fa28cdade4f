import { decodeValue, usualLevel, type Column } from "../../data/index.ts";
import { checkFinite, placeOf } from "../../math/finite.ts";
import type { ColumnScores, Evaluation } from "../api.ts";
import { isNumber, type MixedColumn } from "../../likelihood/mixed.ts";
import type { PosteriorRows } from "../posterior/entry-draws.ts";
import type { ColumnSet } from "./column-set.ts";
import { IntervalScores } from "./interval-scores.ts";
import { Mean } from "./mean.ts";
import { scoredColumns, type ScoredRows, type ScoredTable } from "./scored-rows.ts";

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
  private readonly intervals = new IntervalScores();
  private readonly accepted = new Mean();
  private divergences = 0;

  constructor(features: ColumnSet, targets: ColumnSet) {
    const errorsOf = ({ columns, mixed }: ColumnSet): ColumnErrors[] => columns.map((column, j) => new ColumnErrors(column, mixed[j]));
    [this.features, this.targets] = [errorsOf(features), errorsOf(targets)];
  }

  /** table: the rows with their hidden entries; shown: 1 where a feature was seen [rows, D]. */
  add(table: ScoredTable, shown: PosteriorRows["observed"], scores: ScoredRows): void {
    for (let r = 0; r < scores.rows; r++) this.addRow(table, shown, scores, r);
    if (!Number.isNaN(scores.acceptance)) this.accepted.add(scores.acceptance, scores.rows);
    this.divergences += scores.divergences;
  }

  private addRow(table: ScoredTable, shown: PosteriorRows["observed"], scores: ScoredRows, r: number): void {
    const row = scores.firstRow + r;
    const [d, p] = [this.features.length, this.targets.length];
    const { hidden, seen, target } = scoredColumns(table, shown, { features: d, targets: p }, row);
    // a truth that no draw allows has the log-likelihood -Infinity
    const checked = (value: number): number => {
      if (value !== -Infinity) checkFinite(value, `[evaluate] row ${row} (the first is 0)`, "log-likelihood");
      return value;
    };
    if (hidden.length > 0) {
      this.xu.add(checked(scores.xu[r]));
      this.xuWeighted.add(checked(scores.xuWeighted[r]));
      for (const j of hidden) this.xuProper.add(checked(scores.xuProper[r * d + j]));
    }
    if (seen.length > 0) {
      // NaN of parts that say nothing of what is seen
      this.xo.add(scores.xo[r]);
      this.xoWeighted.add(scores.xoWeighted[r]);
    }
    for (const j of hidden) {
      const { point, units } = scores.features;
      const at = r * d + j;
      this.features[j].add(row, point[at], units[at], table.x[row * d + j]);
      this.intervals.add(scores.features, at, table.x[row * d + j]);
      this.features[j].intervals.add(scores.features, at, table.x[row * d + j]);
    }
    if (!target) return;
    this.y.add(checked(scores.y[r]));
    for (let j = 0; j < p; j++) {
      const at = r * p + j;
      this.targets[j].add(row, scores.targets.point[at], scores.targets.units[at], table.y[row * p + j]);
      this.targets[j].intervals.add(scores.targets, at, table.y[row * p + j]);
    }
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
      ...this.intervals.result(),
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
  readonly intervals = new IntervalScores();

  constructor(private readonly column: Column, mixed: MixedColumn) {
    this.isNumber = isNumber(mixed);
  }

  /** point: the mean on the coded scale or the most probable level; mean: in original units. */
  add(row: number, point: number, mean: number, truth: number): void {
    const { column } = this;
    checkFinite(point, placeOf("evaluate", row, column.name), "answer");
    if (this.isNumber) checkFinite(mean, placeOf("evaluate", row, column.name), "mean");
    this.cells++;
    if (!this.isNumber) {
      this.coded.add(Number(point !== truth));
      const guess = usualLevel(column);
      if (guess !== undefined) this.baselineCoded.add(Number(guess !== truth));
      return;
    }
    const units = decodeValue(column, truth);
    this.coded.add((point - truth) ** 2);
    this.units.add((mean - units) ** 2);
    this.baselineCoded.add(truth ** 2);
    this.baselineUnits.add((decodeValue(column, 0) - units) ** 2);
  }

  scores(role: ColumnScores["role"]): ColumnScores {
    const { cells } = this;
    const head = { column: this.column.name, role, cells };
    const intervals = this.intervals.result();
    if (!this.isNumber) return { ...head, ...intervals, error_rate: this.coded.value, ...(!Number.isNaN(this.baselineCoded.value) && { baseline_error_rate: this.baselineCoded.value }) };
    const [rmse, baseline_rmse, rmse_coded, baseline_rmse_coded] = [this.units, this.baselineUnits, this.coded, this.baselineCoded].map(({ value }) => Math.sqrt(value));
    return { ...head, ...intervals, rmse, baseline_rmse, rmse_coded, baseline_rmse_coded };
  }
}
