import { masses } from "./quantile-map.ts";

/** A score of a held-back cell, and what it counts for. */
export interface Score {
  readonly z: number;
  readonly weight: number;
}

/** Scores in order, so that a quantile among several lists of them is found without joining those. */
export class WeightedScores {
  readonly total: number;
  private readonly values: Float64Array;
  /** Weight of a value and all before it. */
  private readonly sums: Float64Array;

  /** factor: of all weights. */
  constructor(scores: readonly Score[], factor = 1) {
    const sorted = [...scores].sort((a, b) => a.z - b.z);
    this.values = Float64Array.from(sorted, ({ z }) => z);
    let sum = 0;
    this.sums = Float64Array.from(sorted, ({ weight }) => (sum += factor * weight));
    this.total = sum;
  }

  /** Weight of the scores up to a value. */
  upTo(value: number): number {
    const after = firstWhere(this.values.length, (i) => this.values[i] > value);
    return after === 0 ? 0 : this.sums[after - 1];
  }

  /** The smallest score for which a condition holds that all larger ones meet too; Infinity: none. */
  first(holds: (value: number) => boolean): number {
    const at = firstWhere(this.values.length, (i) => holds(this.values[i]));
    return at < this.values.length ? this.values[at] : Infinity;
  }

  /** The largest score; -Infinity: there is none. */
  get largest(): number {
    return this.values.length > 0 ? this.values[this.values.length - 1] : -Infinity;
  }
}

/** Of n scores in some lists the ceil((n + 1) mass)-th at each of `masses`, at most the largest: the next score is no larger with at least that probability. */
export function conformal(lists: readonly WeightedScores[]): number[] {
  const n = lists.reduce((sum, { total }) => sum + total, 0);
  return masses.map((mass) => {
    // a rounding error of the sums must not push it to the next score
    const wanted = Math.min(n, mass * (n + 1)) * (1 - 1e-12);
    const reached = (value: number): boolean => lists.reduce((sum, list) => sum + list.upTo(value), 0) >= wanted;
    const first = Math.min(...lists.map((list) => list.first(reached)));
    return first < Infinity ? first : Math.max(...lists.map(({ largest }) => largest));
  });
}

/** The first of n places where a condition holds that all later ones meet too; n: none. */
function firstWhere(n: number, holds: (i: number) => boolean): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
