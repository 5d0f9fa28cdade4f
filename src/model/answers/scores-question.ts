import { isWhole } from "../../data/index.ts";
import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import type { PosteriorRows, RowDraws, SamplingInfo } from "../posterior/entry-draws.ts";
import type { Question, RowsAt, SumsQuestion } from "../summaries/answered.ts";
import { levelSummary, numberSummary, pickedDraws, type SummarisedCell, type WantedDraws } from "../summaries/cell-results.ts";
import { unitsBase } from "../summaries/column-numbers.ts";
import type { Both, SummaryAnswer, SummaryRequest } from "../summaries/device-summaries.ts";
import { scoreOfParts, scoreStates, scoreTasks } from "../summaries/row-results.ts";
import type { CalibratedRows } from "../calibration/calibration.ts";
import { besideTruth } from "./beside-truth.ts";
import { mostProbable, withinRange } from "./cell-summary.ts";
import { scoringKey, type ColumnSet } from "./column-set.ts";
import { scoredDraws, scoreLevels, scoreNumber } from "./proper-scores.ts";
import { addLogRatios, emptyScores, keepScore, scoredColumns, scoreRows, type ScoredRows, type ScoredTable } from "./scored-rows.ts";

/** A cell that is scored, and the questions about it: several where F jumps at the truth. */
interface ScoredCell {
  readonly row: number;
  readonly column: number;
  readonly truth: number;
  readonly asked: readonly SummarisedCell[];
}

/** How well the draws foretell what is hidden. */
export class ScoresQuestion implements Question<ScoredRows>, SumsQuestion<ScoredRows> {
  readonly sums = this;
  readonly draws: WantedDraws;

  /** shown: 1 where a feature is seen [rows, D]; draws: of each row. */
  constructor(
    private readonly table: ScoredTable,
    private readonly shown: PosteriorRows["observed"],
    private readonly columns: Both<ColumnSet>,
    { draws, calibrated }: { draws: number; calibrated?: CalibratedRows },
  ) {
    this.calibrated = calibrated;
    this.draws = { completions: 0, kept: Math.min(scoredDraws, draws) };
  }

  private readonly calibrated: CalibratedRows | undefined;

  fromDraws(sample: RowDraws & SamplingInfo): ScoredRows {
    const { features, targets } = this.columns;
    return scoreRows(this.table, this.shown, features, targets, sample, this.calibrated);
  }

  request(at: RowsAt): SummaryRequest {
    const { features: d, targets: p } = this.widths;
    const states = { features: new Float32Array(at.rows * d), targets: new Float32Array(at.rows * p) };
    const { features: ofFeatures, targets: ofTargets } = this.cellsOf(at);
    const cells = { features: ofFeatures.flatMap(({ asked }) => asked), targets: ofTargets.flatMap(({ asked }) => asked) };
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
    const ratios = Array.from({ length: at.rows }, () => ({ hidden: new Map<number, number>(), targets: [] as number[] }));
    for (const group of ["features", "targets"] as const) {
      let next = 0;
      for (const cell of asked[group]) {
        const starts = cell.asked.map(() => cells[group].starts[next++]);
        const ratio = this.score(result, group, cell, { results: cells[group].results, starts, draws: draws[group], place: at.firstRow });
        if (group === "features") ratios[cell.row].hidden.set(cell.column, ratio);
        else ratios[cell.row].targets.push(ratio);
      }
    }
    ratios.forEach((own, r) => addLogRatios(result, r, d, own));
    return result;
  }

  /** One cell's point, mean and scores from its results; what calibration adds to its log p. */
  private score(result: ScoredRows, group: "features" | "targets", { row, column: j, truth }: ScoredCell, { results, starts, draws, place }: { results: Float32Array; starts: number[]; draws: number; place: number }): number {
    const { columns, mixed } = this.columns[group];
    const { point, units } = result[group];
    const at = row * columns.length + j;
    const { features: d } = this.widths;
    const map = this.calibrated?.calibrator.of(group === "features" ? j : d + j, this.calibrated.shares[place + row]);
    if (!isNumber(mixed[j])) {
      const probabilities = levelSummary(results, starts[0], levelCount(mixed[j]), draws);
      point[at] = mostProbable(probabilities);
      return keepScore(result[group], at, scoreLevels(probabilities, truth, map));
    }
    const own = numberSummary(results, starts[0]);
    point[at] = own.mean;
    units[at] = isWhole(columns[j].type) ? own.median : withinRange(columns[j], unitsBase(columns[j]) + own.units);
    const places = starts.map((start) => numberSummary(results, start).place);
    const { kept } = pickedDraws(results, starts[0], mixed[j], this.draws);
    return keepScore(result[group], at, scoreNumber({ truth, low: places[0], high: places[places.length - 1], draws: kept }, map));
  }

  /** The cells that are scored: hidden features, and targets where all are known; where F may jump at the truth it is asked for on either side. */
  private cellsOf(at: RowsAt): Both<ScoredCell[]> {
    const { features: d, targets: p } = this.widths;
    const { x, y } = this.table;
    const cells = { features: [] as ScoredCell[], targets: [] as ScoredCell[] };
    const add = (group: "features" | "targets", r: number, j: number, truth: number): void => {
      const { columns, mixed } = this.columns[group];
      const { below, above } = isNumber(mixed[j]) ? besideTruth(columns[j], truth) : { below: truth, above: truth };
      const key = scoringKey(at.firstRow + r, group === "features" ? j : d + j);
      const asked = (below === above ? [truth] : [below, above]).map((value) => ({ row: r, column: j, truth: value, key }));
      cells[group].push({ row: r, column: j, truth, asked });
    };
    for (let r = 0; r < at.rows; r++) {
      const row = at.firstRow + r;
      const { hidden, target } = this.scored(at, r);
      for (const j of hidden) add("features", r, j, x[row * d + j]);
      for (let j = 0; j < p && target; j++) add("targets", r, j, y[row * p + j]);
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
