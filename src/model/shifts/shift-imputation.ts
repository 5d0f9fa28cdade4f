import { isContinuous, type Column, type Schema } from "../../data/index.ts";
import type { Imputation } from "../api.ts";
import { columnShift, shiftKey, type ColumnShift } from "./shifted-cell.ts";
import { mayCut, shiftProblem, shiftsOf, type Shift, type ShiftedColumn } from "./shift.ts";

/** Draws of a cell from which mean and deviation follow where some are cut. */
const drawsForCuts = 50;

/** Throws RangeError for shifts that cannot be. targets: whether those are filled. */
export function checkShifts(schema: Schema, shifts: readonly Shift[], targets = false): void {
  const problems = shifts.map((shift) => shiftProblem(schema, shift, targets)).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new RangeError(`[impute] shifts: ${problems.join("\n")}`);
}

/** How many draws of each cell a shifted imputation needs, at most `draws`. */
export function cellDrawsNeeded(columns: readonly Column[], shifts: readonly Shift[], kept: number, draws: number): number {
  return columns.some((column) => mayCut(column, shiftsOf(shifts, column))) ? Math.max(kept, Math.min(draws, drawsForCuts)) : kept;
}

/** Of each column how many levels to count among joint draws: those of shifted ones. */
export function levelsToCount(columns: readonly Column[], shifts: readonly Shift[]): number[] {
  return columns.map((column) => (isContinuous(column.type) || shiftsOf(shifts, column).length === 0 ? 0 : column.categories!.length));
}

/** How an imputation was asked for. */
interface Asked {
  readonly interval: number;
  readonly seed: number;
  /** Rows of a larger table before the first one. */
  readonly firstRow: number;
  /** Draws of each cell that are to be returned. */
  readonly cellDraws: number;
}

/** An imputation whose cells, draws and completions of some columns are moved, each after it was drawn. columns: features, then targets. */
export function shiftImputation(found: Imputation, columns: readonly Column[], shifts: readonly Shift[], { interval, seed, firstRow, cellDraws: kept }: Asked): Imputation {
  const moves = columns.map((column): ColumnShift | undefined => {
    const own = shiftsOf(shifts, column);
    return own.length === 0 ? undefined : columnShift(column, own);
  });
  const counts = columns.map(() => ({ cells: 0, cut: 0, cutCompletions: 0 }));
  const some = Array.from({ length: kept }, (_, c) => found.cellDraws[Math.floor((c * found.cellDraws.length) / kept)].slice());
  const completed = found.completed.map((values) => values.slice());
  const cells = found.cells.map((cell, i) => {
    const move = moves[cell.column];
    if (move === undefined) return cell;
    const key = shiftKey(seed, firstRow + cell.row, cell.column);
    const at = (lists: readonly Float64Array[]): Float64Array => Float64Array.from(lists, (values) => values[i]);
    const put = (lists: readonly Float64Array[], values: Float64Array): void => lists.forEach((list, c) => (list[i] = values[c]));
    const [own, drawn] = [at(some), at(found.completed)];
    put(some, move.draws(cell, own, key));
    put(completed, move.draws(cell, drawn, key, found.levelCounts?.[i]));
    const count = counts[cell.column];
    count.cells++;
    count.cut += Number(move.cut(cell.value));
    count.cutCompletions += drawn.reduce((total, value) => total + Number(move.cut(value)), 0);
    return move.summary(cell, at(found.cellDraws), interval);
  });
  const shifted = columns.flatMap((column, j): ShiftedColumn[] => (moves[j] ? [{ column: column.name, ...counts[j] }] : []));
  return { ...found, cells, completed, cellDraws: some, shifted };
}
