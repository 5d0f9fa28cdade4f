import type { Method, Rewards } from "../acquisition/index.ts";
import { decodeValue, isContinuous, type Column, type Table } from "../data/index.ts";
import { foldIn, type Key } from "../math/key.ts";
import { pointOf, type CellSummary, type DrawSession, type KnownRows } from "../model/index.ts";

/** What is measured of every test row before its first and after each acquisition. */
export interface AcquisitionCurves {
  /** RMSE over the continuous targets in original units; without any, the share of wrong classes. */
  error: number[];
  /** Mean over rows of log p(y | x_O), coded scale, nats. */
  logLikelihood: number[];
  /** Method mi: mean over rows of what each acquisition was expected to tell, and of how much it raised the log-likelihood, nats; with the standard error of their difference. [steps] */
  claims?: { claimed: number[]; realised: number[]; standardError: number[] };
  /** Mean position (1 = first) at which each unit was acquired; where a row never got it, one behind the last. [units] */
  position: number[];
}

/** Takes down what happens to rows on their way. */
export interface AcquisitionRecord {
  /** More rows begin. */
  addRows(rows: number): void;
  /** After `step` acquisitions. row: place in the chunk. */
  addStep(step: number, row: number, loss: number, logLikelihood: number): void;
  /** The `step`th acquisition of a row, from 1: the information that its value was expected to have, nats, and by how much it raised the log-likelihood of the targets. */
  addClaim?(step: number, claimed: number, realised: number): void;
  /** A row got a unit as its `position`th value, from 1; beyond the last where it never did. */
  addAcquired(unit: number, position: number): void;
}

export interface AcquireRowsOptions {
  method: Method;
  key: Key;
  targets: readonly Column[];
  /** Columns that are acquired as one value; default: each by itself. */
  units?: readonly (readonly number[])[];
  /** Values of one acquisition; default 1. */
  atOnce?: number;
  /** Whether draws whose entries belong together are needed; default true. */
  joint?: boolean;
  /** Acquisitions at most; default: until all is known. */
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
  /** Sums of claimed, realised, and the square of their difference, and how many there are, by step. */
  private readonly claims: { claimed: number; realised: number; squares: number; count: number }[];

  constructor(steps: number, units: number) {
    this.squares = new Float64Array(steps + 1);
    this.logLikelihoods = new Float64Array(steps + 1);
    this.positions = new Float64Array(units);
    this.acquired = new Float64Array(units);
    this.claims = Array.from({ length: steps }, () => ({ claimed: 0, realised: 0, squares: 0, count: 0 }));
  }

  addRows(rows: number): void {
    this.rows += rows;
  }

  addStep(step: number, _row: number, loss: number, logLikelihood: number): void {
    this.squares[step] += loss;
    this.logLikelihoods[step] += logLikelihood;
  }

  addClaim(step: number, claimed: number, realised: number): void {
    const own = this.claims[step - 1];
    own.claimed += claimed;
    own.realised += realised;
    own.squares += (claimed - realised) ** 2;
    own.count++;
  }

  addAcquired(unit: number, position: number): void {
    this.positions[unit] += position;
    this.acquired[unit]++;
  }

  private claimCurves(): NonNullable<AcquisitionCurves["claims"]> {
    const each = (of: (own: (typeof this.claims)[number]) => number): number[] => this.claims.map((own) => of(own));
    const mean = ({ claimed, realised, count }: (typeof this.claims)[number]): number => (claimed - realised) / count;
    return {
      claimed: each(({ claimed, count }) => claimed / count),
      realised: each(({ realised, count }) => realised / count),
      standardError: each((own) => Math.sqrt(Math.max(0, own.squares / own.count - mean(own) ** 2) / own.count)),
    };
  }

  /** `root`: the losses are squared errors. */
  curves(root: boolean): AcquisitionCurves {
    const mean = (total: number): number => total / this.rows;
    return {
      error: Array.from(this.squares, (total) => (root ? Math.sqrt(mean(total)) : mean(total))),
      logLikelihood: Array.from(this.logLikelihoods, mean),
      position: Array.from(this.positions, (total, unit) => total / this.acquired[unit]),
      ...(this.claims.some(({ count }) => count > 0) && { claims: this.claimCurves() }),
    };
  }
}

/**
 * Starts every row of a chunk empty and gives it one value after another, or several at a time, those with the highest reward first; the
 * error and the log-likelihood of the target are added to `record` before the first and after each acquisition. A row whose file has
 * fewer values stays as it is once they are used up. The session is open for exactly `table.rows` rows; rows from `count` on
 * are padding.
 */
export async function acquireRows(session: DrawSession, rewards: Rewards, table: Table, count: number, record: AcquisitionRecord, options: AcquireRowsOptions): Promise<void> {
  const { method, key, targets, atOnce = 1 } = options;
  const d = table.features;
  const units = options.units ?? Array.from({ length: d }, (_, column) => [column]);
  const known: KnownRows = { rows: table.rows, x: new Float32Array(table.rows * d), observed: new Float32Array(table.rows * d) };
  record.addRows(count);
  const steps = Math.min(options.steps ?? Infinity, Math.ceil(units.length / atOnce));
  /** What the last acquisition of each row was expected to tell, and the log-likelihood before it. */
  let claims: { row: number; claimed: number; before: number }[] = [];
  for (let step = 0; step <= steps; step++) {
    options.signal?.throwIfAborted();
    const stepKey = foldIn(key, step);
    const joint = await session.draw(known, foldIn(stepKey, 0), { joint: options.joint ?? true });
    const logLikelihood = await joint.logLikelihood(table.y);
    const losses = rowLosses(await joint.predictions(0.9), table, targets);
    for (let row = 0; row < count; row++) record.addStep(step, row, losses[row], logLikelihood[row]);
    for (const { row, claimed, before } of claims) record.addClaim?.(step, claimed, logLikelihood[row] - before);
    claims = [];
    options.onStep?.();
    if (step === steps) break;
    const { gain } = await rewards.of(joint, known, method, foldIn(stepKey, 1));
    for (let row = 0; row < count; row++) {
      const chosen = best(units, atOnce, gain, table, known, row);
      // of several values at once nobody claims what they tell together
      if (method === "mi" && chosen.length === 1 && units[chosen[0]].length === 1) claims.push({ row, claimed: gain[row * d + units[chosen[0]][0]], before: logLikelihood[row] });
      chosen.forEach((unit, rank) => {
        for (const column of units[unit]) {
          known.x[row * d + column] = table.x[row * d + column];
          known.observed[row * d + column] = table.observedX[row * d + column];
        }
        record.addAcquired(unit, step * atOnce + rank + 1);
      });
    }
  }
  for (let row = 0; row < count; row++) for (const unit of open(units, table, known, row)) record.addAcquired(unit, steps * atOnce + 1);
}

/** The units with the highest gains among those that the row has and that are not known yet. */
function best(units: readonly (readonly number[])[], most: number, gain: Float64Array, table: Table, known: KnownRows, row: number): number[] {
  // what several columns tell together is at least what the most telling one does;
  // a gain that is no number loses against every other, but its value is acquired in the end
  const gainOf = (column: number): number => {
    const value = gain[row * table.features + column];
    return Number.isNaN(value) ? -Number.MAX_VALUE : value;
  };
  return open(units, table, known, row)
    .map((unit) => ({ unit, gain: Math.max(...units[unit].map(gainOf)) }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, most)
    .map(({ unit }) => unit);
}

/** Units of which the row has a value that is not known yet. */
function open(units: readonly (readonly number[])[], table: Table, known: KnownRows, row: number): number[] {
  return units.flatMap((columns, unit) => {
    const left = columns.some((column) => table.observedX[row * table.features + column] === 1 && known.observed[row * table.features + column] !== 1);
    return left ? [unit] : [];
  });
}

/** Per row: the mean squared error over the continuous targets; without any, the share of wrong classes. */
function rowLosses(cells: readonly CellSummary[], table: Table, targets: readonly Column[]): Float64Array {
  const scored = scoredTargets(targets);
  const losses = new Float64Array(table.rows);
  for (const cell of cells) {
    const j = cell.column - table.features;
    if (!scored.includes(j)) continue;
    const truth = table.y[cell.row * targets.length + j];
    const loss = isContinuous(targets[j].type) ? (pointOf(cell, "mean") - decodeValue(targets[j], truth)) ** 2 : Number(cell.value !== truth);
    losses[cell.row] += loss / scored.length;
  }
  return losses;
}

/** Targets that the error is taken over: the continuous ones, or all if there are none. */
export function scoredTargets(targets: readonly Column[]): number[] {
  const continuous = targets.flatMap((column, j) => (isContinuous(column.type) ? [j] : []));
  return continuous.length > 0 ? continuous : targets.map((_, j) => j);
}
