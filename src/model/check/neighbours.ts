import { isContinuous, type Column, type Table } from "../../data/index.ts";

/** Neighbours that are asked, and rows among which they are looked for. */
const [asked, mostRows] = [10, 2000];

/** What is known of a row. */
interface Known {
  values: Float32Array;
  observed: Float32Array;
}

/**
 * Guesses by nearest neighbours: the middle of what the nearest training rows have in a column, or their most frequent level. What a simple method makes of the same cells. Two rows are
 * as far apart as the mean over features that both have of (x - x')^2 of numbers, in deviations, and of 1 of levels that differ.
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
  guess({ values, observed }: Known, wanted: readonly number[]): (number | undefined)[] {
    const { training, numbers } = this;
    const d = training.features;
    const far = this.rows.map((row) => {
      let [sum, count] = [0, 0];
      for (let j = 0; j < d; j++) {
        const at = row * d + j;
        if (observed[j] !== 1 || training.observedX[at] !== 1) continue;
        const apart = values[j] - training.x[at];
        sum += numbers[j] ? apart * apart : Number(apart !== 0);
        count++;
      }
      return { row, distance: count === 0 ? Infinity : sum / count };
    });
    far.sort((a, b) => a.distance - b.distance);
    return wanted.map((j) => {
      const found: number[] = [];
      for (let i = 0; i < far.length && found.length < asked; i++) {
        const value = this.cell(far[i].row, j);
        if (value !== undefined) found.push(value);
      }
      return found.length === 0 ? undefined : numbers[j] ? middle(found) : mostFrequent(found);
    });
  }

  /** The middle of a column's training values, or its most frequent level: a guess that knows nothing of the row. */
  usual(j: number): number | undefined {
    const found = this.rows.flatMap((row) => this.cell(row, j) ?? []);
    return found.length === 0 ? undefined : isContinuous(this.columns[j].type) ? middle(found) : mostFrequent(found);
  }

  private cell(row: number, j: number): number | undefined {
    const { features: d, targets: p, x, observedX, y, observedY } = this.training;
    const [values, observed, at] = j < d ? [x, observedX, row * d + j] : [y, observedY, row * p + j - d];
    return observed[at] === 1 ? values[at] : undefined;
  }
}

function middle(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = (values.length - 1) / 2;
  return (values[Math.floor(half)] + values[Math.ceil(half)]) / 2;
}

/** The most frequent of some levels, the first of several. */
function mostFrequent(levels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
