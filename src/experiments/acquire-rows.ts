import type { Method, Rewards } from "../acquisition/index.ts";
import { decodeValue, isContinuous, type Column, type Table } from "../data/index.ts";
import { foldIn, type Key } from "../math/key.ts";
import type { CellSummary, DrawSession, KnownRows } from "../model/index.ts";

/** What is measured after 0, 1, ..., D values of every test row. */
export interface AcquisitionCurves {
  /** RMSE over the continuous targets in original units; without any, the share of wrong classes. */
  error: number[];
  /** Mean over rows of log p(y | x_O), coded scale, nats. */
  logLikelihood: number[];
  /** Mean position (1 = first) at which each feature was acquired [D]. */
  position: number[];
}

/** Takes down what happens to rows on their way. */
export interface AcquisitionRecord {
  /** More rows begin. */
  addRows(rows: number): void;
  /** After `step` values. row: place in the chunk. */
  addStep(step: number, row: number, loss: number, logLikelihood: number): void;
  /** A row got a feature as its `step`th value, from 1. */
  addAcquired(column: number, step: number): void;
}

export interface AcquireRowsOptions {
  method: Method;
  key: Key;
  targets: readonly Column[];
  /** Values to acquire at most; default: all features. */
  steps?: number;
  onStep?: () => void;
  signal?: AbortSignal;
}

/** Sums over rows, step by step. */
export class CurveSums implements AcquisitionRecord {
  private rows = 0;
  private readonly squares: Float64Array;
  private readonly logLikelihoods: Float64Array;
  private readonly positions: Float64Array;
  private readonly acquired: Float64Array;

  constructor(private readonly steps: number) {
    this.squares = new Float64Array(steps + 1);
    this.logLikelihoods = new Float64Array(steps + 1);
    this.positions = new Float64Array(steps);
    this.acquired = new Float64Array(steps);
  }

  addRows(rows: number): void {
    this.rows += rows;
  }

  addStep(step: number, _row: number, loss: number, logLikelihood: number): void {
    this.squares[step] += loss;
    this.logLikelihoods[step] += logLikelihood;
  }

  addAcquired(column: number, step: number): void {
    this.positions[column] += step;
    this.acquired[column]++;
  }

  /** `root`: the losses are squared errors. */
  curves(root: boolean): AcquisitionCurves {
    const mean = (total: number): number => total / this.rows;
    return {
      error: Array.from(this.squares, (total) => (root ? Math.sqrt(mean(total)) : mean(total))),
      logLikelihood: Array.from(this.logLikelihoods, mean),
      position: Array.from(this.positions, (total, d) => total / this.acquired[d]),
    };
  }
}

/**
 * Starts every row of a chunk empty and gives it one value after another, the one with the highest reward first; the error
 * and the log-likelihood of the target are added to `record` before the first and after each value. A row whose file has
 * fewer values stays as it is once they are used up. The session is open for exactly `table.rows` rows; rows from `count` on
 * are padding.
 */
export async function acquireRows(session: DrawSession, rewards: Rewards, table: Table, count: number, record: AcquisitionRecord, options: AcquireRowsOptions): Promise<void> {
  const { method, key, targets } = options;
  const d = table.features;
  const known: KnownRows = { rows: table.rows, x: new Float32Array(table.rows * d), observed: new Float32Array(table.rows * d) };
  record.addRows(count);
  const steps = Math.min(options.steps ?? d, d);
  for (let step = 0; step <= steps; step++) {
    options.signal?.throwIfAborted();
    const stepKey = foldIn(key, step);
    const joint = await session.draw(known, foldIn(stepKey, 0));
    const logLikelihood = await joint.logLikelihood(table.y);
    const losses = rowLosses(await joint.predictions(0.9), table, targets);
    for (let row = 0; row < count; row++) record.addStep(step, row, losses[row], logLikelihood[row]);
    options.onStep?.();
    if (step === steps) return;
    const { gain } = await rewards.of(joint, known, method, foldIn(stepKey, 1));
    for (let row = 0; row < count; row++) {
      const column = best(gain, table, known, row);
      if (column < 0) continue;
      known.x[row * d + column] = table.x[row * d + column];
      known.observed[row * d + column] = 1;
      record.addAcquired(column, step + 1);
    }
  }
}

/** The column with the highest gain among those that the row has and that are not known yet; -1 if there is none. */
function best(gain: Float64Array, table: Table, known: KnownRows, row: number): number {
  let column = -1;
  let most = -Infinity;
  for (let j = 0; j < table.features; j++) {
    const at = row * table.features + j;
    if (table.observedX[at] !== 1 || known.observed[at] === 1) continue;
    // a gain that is no number loses against every other, but its value is acquired in the end
    const value = Number.isNaN(gain[at]) ? -Number.MAX_VALUE : gain[at];
    if (value > most) [most, column] = [value, j];
  }
  return column;
}

/** Per row: the mean squared error over the continuous targets; without any, the share of wrong classes. */
function rowLosses(cells: readonly CellSummary[], table: Table, targets: readonly Column[]): Float64Array {
  const scored = scoredTargets(targets);
  const losses = new Float64Array(table.rows);
  for (const cell of cells) {
    const j = cell.column - table.features;
    if (!scored.includes(j)) continue;
    const truth = table.y[cell.row * targets.length + j];
    const loss = isContinuous(targets[j].type) ? (cell.value - decodeValue(targets[j], truth)) ** 2 : Number(cell.value !== truth);
    losses[cell.row] += loss / scored.length;
  }
  return losses;
}

/** Targets that the error is taken over: the continuous ones, or all if there are none. */
export function scoredTargets(targets: readonly Column[]): number[] {
  const continuous = targets.flatMap((column, j) => (isContinuous(column.type) ? [j] : []));
  return continuous.length > 0 ? continuous : targets.map((_, j) => j);
}
