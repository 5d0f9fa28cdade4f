import { isWhole } from "../../data/index.ts";
import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import type { PosteriorRows, RowDraws, SamplingInfo } from "../posterior/entry-draws.ts";
import type { Question, RowsAt, SumsQuestion } from "../summaries/answered.ts";
import { levelSummary, numberSummary, type SummarisedCell } from "../summaries/cell-results.ts";
import { unitsBase } from "../summaries/column-numbers.ts";
import type { Both, SummaryAnswer, SummaryRequest } from "../summaries/device-summaries.ts";
import { scoreOfParts, scoreStates, scoreTasks } from "../summaries/row-results.ts";
import { mostProbable, withinRange } from "./cell-summary.ts";
import type { ColumnSet } from "./column-set.ts";
import { emptyScores, scoredColumns, scoreRows, type ScoredRows, type ScoredTable } from "./scored-rows.ts";

/** How well the draws foretell what is hidden. */
export class ScoresQuestion implements Question<ScoredRows>, SumsQuestion<ScoredRows> {
  readonly sums = this;

  /** shown: 1 where a feature is seen [rows, D]. */
  constructor(
    private readonly table: ScoredTable,
    private readonly shown: PosteriorRows["observed"],
    private readonly columns: Both<ColumnSet>,
  ) {}

  fromDraws(sample: RowDraws & SamplingInfo): ScoredRows {
    const { features, targets } = this.columns;
    return scoreRows(this.table, this.shown, features, targets, sample);
  }

  request(at: RowsAt): SummaryRequest {
    const { features: d, targets: p } = this.widths;
    const states = { features: new Float32Array(at.rows * d), targets: new Float32Array(at.rows * p) };
    const cells = this.cellsOf(at);
    for (let r = 0; r < at.rows; r++) {
      const { seen, hidden, target } = this.scored(at, r);
      for (const j of seen) states.features[r * d + j] = scoreStates.seen;
      for (const j of hidden) states.features[r * d + j] = scoreStates.hidden;
      if (target) states.targets.fill(scoreStates.hidden, r * p, (r + 1) * p);
    }
    return { cells, states };
  }

  answer({ cells, scores, draws, silent }: SummaryAnswer, at: RowsAt & SamplingInfo): ScoredRows {
    const result = emptyScores(at, this.widths);
    const { features: d, targets: p } = this.widths;
    for (let r = 0; r < at.rows; r++) {
      const { seen, hidden, target } = this.scored(at, r);
      const ofRow = (task: number): number => scoreOfParts(scores.features, r * (scoreTasks.columns + d) + task, draws.features);
      if (hidden.length > 0) {
        result.xu[r] = ofRow(scoreTasks.hidden);
        result.xuWeighted[r] = ofRow(scoreTasks.hiddenWeighted);
      }
      if (seen.length > 0 && !silent) {
        result.xo[r] = ofRow(scoreTasks.seen);
        result.xoWeighted[r] = ofRow(scoreTasks.seenWeighted);
      }
      for (const j of hidden) result.xuProper[r * d + j] = ofRow(scoreTasks.columns + j);
      if (target) result.y[r] = scoreOfParts(scores.targets, r * (scoreTasks.columns + p) + scoreTasks.hidden, draws.targets);
    }
    const asked = this.cellsOf(at);
    for (const group of ["features", "targets"] as const) asked[group].forEach((cell, i) => this.score(result, group, cell, cells[group].results, cells[group].starts[i], draws[group]));
    return result;
  }

  /** One cell's point, mean and place from its results. */
  private score(result: ScoredRows, group: "features" | "targets", { row, column: j }: SummarisedCell, results: Float32Array, start: number, draws: number): void {
    const { columns, mixed } = this.columns[group];
    const { point, units, place } = result[group];
    const at = row * columns.length + j;
    if (!isNumber(mixed[j])) {
      point[at] = mostProbable(levelSummary(results, start, levelCount(mixed[j]), draws));
      return;
    }
    const own = numberSummary(results, start);
    point[at] = own.mean;
    units[at] = isWhole(columns[j].type) ? own.median : withinRange(columns[j], unitsBase(columns[j]) + own.units);
    place[at] = own.place;
  }

  /** The cells that are scored: hidden features, and targets where all are known. */
  private cellsOf(at: RowsAt): Both<SummarisedCell[]> {
    const { features: d, targets: p } = this.widths;
    const { x, y } = this.table;
    const cells = { features: [] as SummarisedCell[], targets: [] as SummarisedCell[] };
    for (let r = 0; r < at.rows; r++) {
      const row = at.firstRow + r;
      const { hidden, target } = this.scored(at, r);
      for (const j of hidden) cells.features.push({ row: r, column: j, truth: x[row * d + j] });
      for (let j = 0; j < p && target; j++) cells.targets.push({ row: r, column: j, truth: y[row * p + j] });
    }
    return cells;
  }

  private scored({ firstRow }: RowsAt, r: number): ReturnType<typeof scoredColumns> {
    return scoredColumns(this.table, this.shown, this.widths, firstRow + r);
  }

  private get widths(): { features: number; targets: number } {
    return { features: this.columns.features.columns.length, targets: this.columns.targets.columns.length };
  }
}
