import { foldIn, permutation, uniform, type Key } from "../../math/key.ts";
import type { HostTable } from "../training/training-batch.ts";

/** Fewer rows than this are not split: they choose for themselves. */
const fewRows = 20;
/** More rows held back than this tell nothing more. */
const mostHeldBack = 500;
/** Masked copies of rows held back, at least and at most a row. */
const [wantedCopies, mostCopies] = [240, 8];

/** A part of the rows, drawn at random, and the others. */
export function splitRows(table: HostTable, part: number, key: Key): { training: HostTable; heldBack: HostTable } {
  if (table.rows < fewRows) return { training: table, heldBack: table };
  const count = Math.min(mostHeldBack, Math.max(2, Math.round(part * table.rows)));
  return splitBy(table, Array.from(permutation(key, table.rows)), 0, count);
}

/** The same several times over, parts of one size: each row is held back, one after another; to fill the last part a few rows are held back twice. */
export function crossSplits(table: HostTable, folds: number, key: Key): { training: HostTable; heldBack: HostTable }[] {
  const count = Math.ceil(table.rows / folds);
  const order = Array.from(permutation(key, table.rows));
  return Array.from({ length: folds }, (_, k) => splitBy(table, order, Math.min(k * count, table.rows - count), count));
}

/** The rows at places [from, from + count) of an order, and the others. */
function splitBy(table: HostTable, order: readonly number[], from: number, count: number): { training: HostTable; heldBack: HostTable } {
  const until = from + count;
  return { training: rowsOf(table, [...order.slice(0, from), ...order.slice(until)]), heldBack: rowsOf(table, order.slice(from, until)) };
}

/** The rows with these numbers, in the table's order. */
function rowsOf({ features: d, targets: p, x, observedX, y, observedY }: HostTable, numbers: readonly number[]): HostTable {
  const sorted = [...numbers].sort((a, b) => a - b);
  const take = (values: ArrayLike<number>, width: number): Float32Array => Float32Array.from(sorted.flatMap((row) => Array.from({ length: width }, (_, j) => values[row * width + j])));
  return { rows: sorted.length, features: d, targets: p, x: take(x, d), observedX: take(observedX, d), y: take(y, p), observedY: take(observedY, p) };
}

/** Rows held back, each several times with other masks: entries of features hidden at a rate U(0.2, 0.8) of the row's own, targets hidden. */
export class HeldBack {
  readonly rows: number;
  /** How many rows were held back; the i-th masked one is row i modulo this. */
  readonly originals: number;
  readonly features: number;
  readonly targets: number;
  /** Coded truth [rows, D], [rows, P], what is shown [rows, D] and what is scored [rows, D + P]. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly shown: Float32Array;
  readonly scored: Float32Array;

  /** apart: whether none of the rows is trained on; few rows are not split. among: of how many rows these are, which are guessed together. */
  constructor(table: HostTable, key: Key, readonly apart = true, among = table.rows) {
    const { features: d, targets: p } = table;
    const copies = Math.min(mostCopies, Math.ceil(wantedCopies / among));
    const order = Array.from({ length: copies * table.rows }, (_, i) => i % table.rows);
    const rate = uniform(foldIn(key, 1), order.length);
    const u = uniform(foldIn(key, 2), order.length * d);
    const each = (values: ArrayLike<number>, width: number): Float32Array => Float32Array.from({ length: order.length * width }, (_, i) => values[order[Math.floor(i / width)] * width + (i % width)]);
    [this.rows, this.originals, this.features, this.targets] = [order.length, table.rows, d, p];
    this.x = each(table.x, d);
    this.y = p > 0 ? each(table.y, p) : new Float32Array(0);
    const known = each(table.observedX, d);
    const knownY = p > 0 ? each(table.observedY, p) : new Float32Array(0);
    this.shown = known.map((seen, i) => Number(seen === 1 && u[i] >= 0.2 + 0.6 * rate[Math.floor(i / d)]));
    this.scored = Float32Array.from({ length: order.length * (d + p) }, (_, i) => {
      const [row, j] = [Math.floor(i / (d + p)), i % (d + p)];
      return j < d ? Number(known[row * d + j] === 1 && this.shown[row * d + j] === 0) : knownY[row * p + j - d];
    });
  }

  /** Several parts of rows, as many in each, as one. */
  static joined(parts: readonly HeldBack[]): HeldBack {
    const { features: d, targets: p, originals } = parts[0];
    const of = (values: (part: HeldBack) => Float32Array, width: number): Float32Array => Float32Array.from(joinedRows(parts.map(values), originals, width));
    const count = (values: (part: HeldBack) => number): number => parts.reduce((total, part) => total + values(part), 0);
    const own = {
      rows: count(({ rows }) => rows), originals: count((part) => part.originals), features: d, targets: p, apart: parts.every(({ apart }) => apart),
      x: of(({ x }) => x, d), y: of(({ y }) => y, p), shown: of(({ shown }) => shown, d), scored: of(({ scored }) => scored, d + p),
    };
    return Object.assign(Object.create(HeldBack.prototype) as HeldBack, own);
  }

  /** The coded truth of column j, features first. */
  truth(row: number, j: number): number {
    return j < this.features ? this.x[row * this.features + j] : this.y[row * this.targets + j - this.features];
  }
}

/** What there is of each part's rows, [C n, width] of n rows and their C copies, as of all K parts together, copy after copy: [C K n, width]. */
export function joinedRows<T>(parts: readonly ArrayLike<T>[], n: number, width: number): T[] {
  const size = n * width;
  const copies = size === 0 ? 0 : parts[0].length / size;
  return Array.from({ length: copies * parts.length }, (_, block) => {
    const [copy, part] = [Math.floor(block / parts.length), parts[block % parts.length]];
    return Array.from({ length: size }, (__, i) => part[copy * size + i]);
  }).flat();
}

/** What a predictor says of the rows held back, [rows, D + P] each: coded means of numbers, and log p of the truth; and of all that is scored of a row together [rows]. */
export interface Guesses {
  mean: Float32Array | Float64Array;
  logProb: Float32Array | Float64Array;
  joint: Float32Array | Float64Array;
}

/** Error of guesses: mean over columns of the RMSE of numbers, or the mean of 1 - p of levels; and the mean of -log p over cells. */
export function scoreGuesses({ mean, logProb }: Omit<Guesses, "joint">, heldBack: HeldBack, numbers: readonly boolean[]): { error: number; negativeLogLikelihood: number } {
  const width = numbers.length;
  const errors = numbers.map((number, j) => {
    let total = 0;
    let count = 0;
    for (let row = 0; row < heldBack.rows; row++) {
      const i = row * width + j;
      if (heldBack.scored[i] !== 1) continue;
      total += number ? (mean[i] - heldBack.truth(row, j)) ** 2 : 1 - Math.exp(logProb[i]);
      count++;
    }
    return count === 0 ? undefined : number ? Math.sqrt(total / count) : total / count;
  });
  const known = errors.filter((error): error is number => error !== undefined);
  let negativeLogLikelihood = 0;
  let cells = 0;
  heldBack.scored.forEach((scored, i) => {
    if (scored !== 1) return;
    negativeLogLikelihood -= logProb[i];
    cells++;
  });
  return { error: known.reduce((a, b) => a + b, 0) / known.length, negativeLogLikelihood: negativeLogLikelihood / cells };
}

/** What each row held back loses on its targets, (mean - y)^2 of numbers and 1 - p of levels, summed over its masked copies: one entry a row whose targets are known. */
export function targetLosses({ mean, logProb }: Omit<Guesses, "joint">, heldBack: HeldBack, numbers: readonly boolean[]): Float64Array {
  const { features: d, targets: p, originals } = heldBack;
  const losses = new Float64Array(originals);
  const known = new Uint8Array(originals);
  for (let row = 0; row < heldBack.rows; row++) {
    for (let j = d; j < d + p; j++) {
      const i = row * (d + p) + j;
      if (heldBack.scored[i] !== 1) continue;
      losses[row % originals] += numbers[j] ? (mean[i] - heldBack.truth(row, j)) ** 2 : 1 - Math.exp(logProb[i]);
      known[row % originals] = 1;
    }
  }
  return losses.filter((_, row) => known[row] === 1);
}
