import { isWhole, type Column } from "../../data/index.ts";
import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import type { Key } from "../../math/key.ts";
import { cellDraws, type RowDraws, type SamplingInfo } from "../posterior/entry-draws.ts";
import type { Question, RowsAt, SumsQuestion } from "../summaries/answered.ts";
import { levelSummary, numberSummary, pickedDraws, type WantedDraws } from "../summaries/cell-results.ts";
import { unitsBase } from "../summaries/column-numbers.ts";
import type { Both, SummaryAnswer, SummaryRequest } from "../summaries/device-summaries.ts";
import { quantilePlace, type QuantilePlace } from "../summaries/ranks.ts";
import { levelAnswer, numberAnswer, withinRange, type CellAnswer } from "./cell-summary.ts";
import type { ColumnSet } from "./column-set.ts";
import { calibrateDraws } from "../calibration/calibrate-draws.ts";
import type { CalibratedRows, CellMap } from "../calibration/calibration.ts";
import { drawsInUnits } from "./number-law.ts";
import { calibratedLevels, summarise } from "./predictive.ts";

/** A cell that is asked about: column j of the features or the targets of a row of the table, and the key of its draws. */
export interface AskedCell {
  readonly of: "features" | "targets";
  readonly row: number;
  readonly j: number;
  readonly key: Key;
}

/** Its summary, and the draws of it that are asked for, in original units or levels. */
export interface AnsweredCell extends AskedCell {
  readonly summary: CellAnswer;
  readonly completions: ArrayLike<number>;
  readonly kept: ArrayLike<number>;
}

/** What cells hold, each by itself. */
export class CellsQuestion implements Question<AnsweredCell[]>, SumsQuestion<AnsweredCell[]> {
  readonly sums = this;
  private readonly inUnits: Both<((coded: number) => number)[]>;

  /** cellsOf: the cells of a row that are asked about, in order. */
  constructor(
    private readonly columns: Both<ColumnSet>,
    private readonly cellsOf: (row: number) => readonly AskedCell[],
    readonly draws: WantedDraws & { readonly interval: number },
    private readonly calibrated?: CalibratedRows,
  ) {
    const readers = ({ columns: own }: ColumnSet): ((coded: number) => number)[] => own.map(drawsInUnits);
    this.inUnits = { features: readers(columns.features), targets: readers(columns.targets) };
  }

  fromDraws(sample: RowDraws & SamplingInfo): AnsweredCell[] {
    const { interval, completions, kept } = this.draws;
    return this.cellsAt(sample).map((cell) => {
      const { summary, draws } = summarise(cellDraws(sample, cell.of, cell.row - sample.firstRow, cell.j), this.columns[cell.of].columns[cell.j], { key: cell.key, interval, map: this.mapOf(cell) });
      const all = completions + kept > 0 ? draws() : [];
      // the same posterior draw for all cells of a row
      const some = (count: number): number[] => Array.from({ length: count }, (_, c) => all[Math.floor((c * sample.draws) / count)]);
      return { ...cell, summary, completions: some(completions), kept: some(kept) };
    });
  }

  request(at: RowsAt): SummaryRequest {
    const of = (group: AskedCell["of"]) => this.cellsAt(at).filter((cell) => cell.of === group).map((cell) => ({ row: cell.row - at.firstRow, column: cell.j, key: cell.key, tail: this.tailOf(this.mapOf(cell)) }));
    return { cells: { features: of("features"), targets: of("targets") } };
  }

  answer({ cells, draws }: SummaryAnswer, at: RowsAt): AnsweredCell[] {
    const next = { features: 0, targets: 0 };
    return this.cellsAt(at).map((cell) => {
      const { results, starts } = cells[cell.of];
      return { ...cell, ...this.answerOf(cell, results, starts[next[cell.of]++], draws[cell.of]) };
    });
  }

  private answerOf(cell: AskedCell, results: Float32Array, start: number, draws: number): Omit<AnsweredCell, keyof AskedCell> {
    const { of, j, key } = cell;
    const { columns, mixed } = this.columns[of];
    const map = this.mapOf(cell);
    const picked = pickedDraws(results, start, mixed[j], this.draws);
    if (!isNumber(mixed[j])) {
      const probabilities = levelSummary(results, start, levelCount(mixed[j]), draws);
      const mapped = (drawn: Float32Array): Float64Array => calibratedLevels(Float64Array.from(drawn), probabilities, key, map);
      return { summary: levelAnswer(columns[j], probabilities, this.draws.interval, map), completions: mapped(picked.completions), kept: mapped(picked.kept) };
    }
    const inUnits = this.inUnits[of][j];
    const mapped = (drawn: Float32Array): ArrayLike<number> => (map?.numbers ? calibrateDraws(drawn, map.numbers) : drawn);
    return { summary: this.number(columns[j], inUnits, results, start, draws, map), completions: Array.from(mapped(picked.completions), inUnits), kept: Array.from(mapped(picked.kept), inUnits) };
  }

  /** How a cell's distribution is calibrated. */
  private mapOf({ of, row, j }: AskedCell): CellMap | undefined {
    const { calibrated } = this;
    return calibrated?.calibrator.of(of === "features" ? j : this.columns.features.columns.length + j, calibrated.shares[row]);
  }

  /** Which quantile of the draws the interval begins at. */
  private tailOf(map: CellMap | undefined): number {
    const tail = (1 - this.draws.interval) / 2;
    return map?.numbers?.sourceOf(tail) ?? tail;
  }

  private number(column: Column, inUnits: (coded: number) => number, results: Float32Array, start: number, draws: number, map: CellMap | undefined): CellAnswer {
    const { units, median, deviation, lower, upper } = numberSummary(results, start);
    const value = isWhole(column.type) ? median : withinRange(column, inUnits(median));
    const mean = isWhole(column.type) ? value : withinRange(column, unitsBase(column) + units);
    const tail = this.tailOf(map);
    const wider = map?.numbers?.deviation ?? 1;
    const end = ([low, high]: readonly [number, number], { between }: QuantilePlace): number => inUnits(low) + between * (inUnits(high) - inUnits(low));
    return numberAnswer(column, { value, mean, sd: deviation * wider, ends: [end(lower, quantilePlace(draws, tail)), end(upper, quantilePlace(draws, 1 - tail))] });
  }

  private cellsAt({ firstRow, rows }: RowsAt): AskedCell[] {
    return Array.from({ length: rows }, (_, r) => this.cellsOf(firstRow + r)).flat();
  }
}
