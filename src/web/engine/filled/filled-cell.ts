import { isContinuous, isOnLogScale, type Column } from "../../../data/index.ts";
import type { ColumnFormat } from "../../../data/cells/format.ts";
import { densityEstimate } from "../../../math/density-estimate.ts";
import type { CellSummary } from "../../../model/index.ts";

/** A hole and what fills it. */
export interface FilledCell {
  row: number;
  /** Index into the table's columns. */
  column: number;
  /** As it stands in the file that is saved. */
  text: string;
  /** 0: sure; 1: as unsure as without any knowledge of the row. */
  uncertainty: number;
  /** The ends of the interval, as the column's cells are written. */
  between?: [string, string];
}

/** What is believed about one hole. */
export type CellPosterior =
  | { kind: "continuous"; name: string; value: number; sd: number; lower: number; upper: number; interval: number; x: Float64Array; density: Float64Array; format?: ColumnFormat }
  | { kind: "discrete"; name: string; value: string; levels: { label: string; probability: number }[]; set?: { levels: string[]; mass: number } };

/** How unsure a cell is against its column as a whole: the deviation relative to the column's, or the entropy relative to the levels' own. */
export function uncertaintyOf(cell: CellSummary, column: Column, spread: number): number {
  if (isContinuous(column.type)) return Math.min(1, cell.sd! / spread);
  const entropy = cell.probabilities!.reduce((total, p) => total - (p > 0 ? p * Math.log(p) : 0), 0);
  return spread > 0 ? Math.min(1, entropy / spread) : 0;
}

/** What `uncertaintyOf` is relative to: the deviation of the observed values in original units, or the entropy of the observed levels, nats. */
export function spreadOf(column: Column, observed: readonly number[]): number {
  const n = observed.length;
  if (isContinuous(column.type)) {
    const mean = observed.reduce((a, b) => a + b, 0) / n;
    return Math.sqrt(observed.reduce((total, value) => total + (value - mean) ** 2, 0) / n) || 1;
  }
  const counts = new Map<number, number>();
  for (const level of observed) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts.values()].reduce((total, count) => total - (count / n) * Math.log(count / n), 0);
}

/** The posterior of a cell for the page: a density, or the probabilities of the levels. `format`: how the cells at hand are written, where not as the model's. */
export function posteriorOf(cell: CellSummary, column: Column, draws: ArrayLike<number>, interval: number, format: ColumnFormat | undefined = column.format): CellPosterior {
  if (!isContinuous(column.type)) {
    const levels = column.categories!.map((label, level) => ({ label, probability: cell.probabilities![level] }));
    const set = cell.set && { set: { levels: cell.set.map((level) => column.categories![level]), mass: interval } };
    return { kind: "discrete", name: column.name, value: column.categories![cell.value], levels, ...set };
  }
  const { value, sd = 0, lower = value, upper = value } = cell;
  const estimate = densityEstimate(draws, column.bounds ? { from: column.bounds[0], to: column.bounds[1] } : isOnLogScale(column.type) ? { from: 0 } : {});
  return { kind: "continuous", name: column.name, value, sd, lower, upper, interval, ...estimate, ...(format && { format }) };
}
