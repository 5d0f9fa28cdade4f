import type { Column } from "../../data/index.ts";
import { isNumber } from "../../likelihood/mixed.ts";
import { levelProbabilities, placesAbout, type CellDraws } from "../answers/predictive.ts";
import type { HeldBack } from "../completion/held-back.ts";
import { sharesSeen, type Calibration } from "./calibration.ts";
import { fitCalibration, type LevelCell, type NumberCell } from "./fit-calibration.ts";

/** What a part of a model says of held-back cells [rows, D + P]: of numbers F just below the truth and F(truth), of levels their probabilities; NaN and nothing where a cell is not scored. */
export interface ToldCells {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly levels: (readonly number[] | undefined)[];
}

/** Room for n cells. */
export function emptyTold(n: number): ToldCells {
  return { low: new Float64Array(n).fill(Number.NaN), high: new Float64Array(n).fill(Number.NaN), levels: new Array<undefined>(n).fill(undefined) };
}

/** Adds what draws of the i-th cell say of its truth, coded, to what is there already: theirs counts for the given share. */
export function tellCell({ low, high, levels }: ToldCells, i: number, cell: CellDraws, column: Column, truth: number, share = 1): void {
  if (!isNumber(cell[0].mixed)) {
    const before = levels[i];
    levels[i] = levelProbabilities(cell).map((p, k) => (before?.[k] ?? 0) + share * p);
    return;
  }
  const places = placesAbout(cell, column, truth);
  low[i] = (Number.isNaN(low[i]) ? 0 : low[i]) + share * places.low;
  high[i] = (Number.isNaN(high[i]) ? 0 : high[i]) + share * places.high;
}

/** A part and its shares of the answers for features and for targets. */
export interface ToldPart {
  readonly told: ToldCells;
  readonly features: number;
  readonly targets: number;
}

/** Maps of the answers of several parts together: F and probabilities are added up by shares, sum_m w_m F_m. */
export function calibrationOf(parts: readonly ToldPart[], columns: readonly { levels: number }[], heldBack: HeldBack): Calibration {
  const { rows, originals, features: d, targets: p } = heldBack;
  const [numbers, levels]: [NumberCell[], LevelCell[]] = [[], []];
  const shares = sharesSeen(heldBack.shown, rows, d);
  for (let i = 0; i < rows * (d + p); i++) {
    if (heldBack.scored[i] !== 1) continue;
    const [row, column] = [Math.floor(i / (d + p)), i % (d + p)];
    const weights = parts.map((part) => (column < d ? part.features : part.targets));
    const mixed = (of: (told: ToldCells) => number): number => parts.reduce((total, { told }, m) => (weights[m] > 0 ? total + weights[m] * of(told) : total), 0);
    const head = { column, row: row % originals, share: shares[row] };
    if (columns[column].levels === 1) numbers.push({ ...head, low: mixed(({ low }) => low[i]), high: mixed(({ high }) => high[i]) });
    else levels.push({ ...head, probabilities: Array.from({ length: columns[column].levels }, (_, k) => mixed((told) => told.levels[i]![k])), truth: heldBack.truth(row, column) });
  }
  return fitCalibration(columns, numbers, levels, originals);
}
