import { isContinuous, type Column, type Table } from "../../data/index.ts";
import { quantile } from "../../math/statistics.ts";

/** Neighbours that are asked, and rows among which they are looked for. */
const [asked, mostRows] = [10, 2000];

/** What is known of a row: coded values and which are observed, features only. */
export interface KnownRow {
  values: ArrayLike<number>;
  observed: ArrayLike<number>;
}

/** How far training rows are from a row: the mean over features that both have of (x - x')^2 of numbers, in deviations, and of `apart` of levels that differ; Infinity where they share none. */
export function distancesFrom({ values, observed }: KnownRow, training: Table, rows: readonly number[], numbers: readonly boolean[], apart = 1): Float64Array {
  const d = training.features;
  const seen = Array.from({ length: d }, (_, j) => j).filter((j) => Number(observed[j]) === 1);
  return Float64Array.from(rows, (row) => {
    let [sum, count] = [0, 0];
    for (const j of seen) {
      const at = row * d + j;
      if (training.observedX[at] !== 1) continue;
      const difference = training.x[at] - values[j];
      sum += numbers[j] ? difference * difference : apart * Number(difference !== 0);
      count++;
    }
    return count === 0 ? Infinity : sum / count;
  });
}

/**
 * Guesses by nearest neighbours (`distancesFrom`): the middle of what the nearest training rows have in a column, or their most frequent level. What a simple method makes of the same cells.
 */
export class Neighbours {
  private readonly rows: number[];
  private readonly numbers: boolean[];

  /** columns: features, then targets. */
  constructor(private readonly training: Table, private readonly columns: readonly Column[]) {
    const step = Math.max(1, training.rows / mostRows);
    this.rows = Array.from({ length: Math.min(training.rows, mostRows) }, (_, i) => Math.floor(i * step));
    this.numbers = columns.map(({ type }) => isContinuous(type));
  }

  /** Coded guesses of some columns of a row; undefined where no training row has the column. */
  guess(known: KnownRow, wanted: readonly number[]): (number | undefined)[] {
    const { numbers } = this;
    const distances = distancesFrom(known, this.training, this.rows, numbers);
    const far = this.rows.map((row, i) => ({ row, distance: distances[i] })).sort((a, b) => a.distance - b.distance);
    return wanted.map((j) => {
      const found: number[] = [];
      for (let i = 0; i < far.length && found.length < asked; i++) {
        const value = this.cell(far[i].row, j);
        if (value !== undefined) found.push(value);
      }
      return found.length === 0 ? undefined : numbers[j] ? quantile(found, 0.5) : mostFrequent(found);
    });
  }

  /** The middle of a column's training values, or its most frequent level: a guess that knows nothing of the row. */
  usual(j: number): number | undefined {
    const found = this.rows.flatMap((row) => this.cell(row, j) ?? []);
    return found.length === 0 ? undefined : isContinuous(this.columns[j].type) ? quantile(found, 0.5) : mostFrequent(found);
  }

  private cell(row: number, j: number): number | undefined {
    const { features: d, targets: p, x, observedX, y, observedY } = this.training;
    const [values, observed, at] = j < d ? [x, observedX, row * d + j] : [y, observedY, row * p + j - d];
    return observed[at] === 1 ? values[at] : undefined;
  }
}

/** The most frequent of some levels, the first of several. */
function mostFrequent(levels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
