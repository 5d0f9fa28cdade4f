import { isContinuous, isWhole, type Column } from "../../data/index.ts";
import { foldIn, keyFromSeed, type Key } from "../../math/key.ts";
import { mean } from "../../math/statistics.ts";
import { levelAnswer, numberAnswer, type CellSummary } from "../answers/cell-summary.ts";
import { recoupledDraws } from "../calibration/level-map.ts";
import type { LevelCounts } from "./drawn-levels.ts";
import { shiftedProbabilities } from "./move-levels.ts";
import { numberMover } from "./move-numbers.ts";
import type { Shift } from "./shift.ts";

/** Tag of the keys of moved levels, besides those of model.ts. */
const shiftsTag = 6;

/** The key of a cell's moved draws, by its row in the whole table: the same for every shift, so that a larger one moves the levels that a smaller one moves, and more. */
export function shiftKey(seed: number, row: number, column: number): Key {
  return foldIn(foldIn(foldIn(keyFromSeed(seed), shiftsTag), row), column);
}

/** The cells of one column, moved. */
export interface ColumnShift {
  /** draws: some of the cell, not moved, from which mean and deviation follow where some are cut; may be empty. */
  summary(cell: CellSummary, draws: ArrayLike<number>, interval: number): CellSummary;
  /** Draws of a cell. counts: of levels, how often each stands among the draws that these were taken from; default: they were drawn from the cell's own probabilities. */
  draws(cell: CellSummary, draws: ArrayLike<number>, key: Key, counts?: LevelCounts): Float64Array;
  /** Whether a number is cut at a bound. */
  cut(value: number): boolean;
}

export function columnShift(column: Column, shifts: readonly Shift[]): ColumnShift {
  return isContinuous(column.type) ? ofNumbers(column, shifts) : ofLevels(column, shifts);
}

function ofNumbers(column: Column, shifts: readonly Shift[]): ColumnShift {
  const mover = numberMover(column, shifts);
  return {
    cut: mover.cut,
    draws: (_, draws) => Float64Array.from(draws, mover.value),
    summary(cell, draws) {
      const value = mover.value(cell.value);
      const { mean: center, sd } = momentsOf(cell, Array.from(draws));
      const answer = numberAnswer(column, { value, mean: isWhole(column.type) ? value : center, sd, ends: [mover.place(cell.lower!), mover.place(cell.upper!)] });
      return { row: cell.row, column: cell.column, ...answer };
    },
  };

  /** Mean and deviation move with the values; where draws are cut they are those of the cut draws. */
  function momentsOf(cell: CellSummary, draws: readonly number[]): { mean: number; sd: number } {
    if (!draws.some(mover.cut)) return { mean: mover.place(cell.mean!), sd: mover.slope * cell.sd! };
    const moved = draws.map(mover.value);
    const center = mean(moved);
    return { mean: center, sd: Math.sqrt(mean(moved.map((value) => (value - center) ** 2))) };
  }
}

function ofLevels(column: Column, shifts: readonly Shift[]): ColumnShift {
  const moved = (p: readonly number[]): number[] => shiftedProbabilities(column, p, shifts);
  return {
    cut: () => false,
    // a set was to hold the truth in as many cells as were held back, which were not shifted: it has no place here
    summary: (cell, _, interval) => ({ row: cell.row, column: cell.column, ...levelAnswer(column, moved(cell.probabilities!), interval) }),
    draws(cell, draws, key, counts) {
      const p = counts ? drawnProbabilities(counts, cell.probabilities!) : cell.probabilities!;
      return recoupledDraws(draws, p, moved(p), key);
    },
  };
}

/** The probabilities that draws were taken by: their frequencies, with the cell's own answer as one draw more, so that no level is impossible. */
function drawnProbabilities(counts: LevelCounts, p: readonly number[]): number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count, level) => (count + p[level]) / (total + 1));
}
