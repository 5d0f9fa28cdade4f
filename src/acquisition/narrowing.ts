import { quantileOfSorted } from "../math/statistics.ts";
import { binLabels } from "./labels.ts";

/** Draws of a target in ascending order, sorted once for all candidates: the draws within a bin are then in order too. */
export class Intervals {
  /** Indices of the draws, NaN last. */
  private readonly order: Uint32Array;
  private readonly sorted: Float64Array;

  /** mass: of the central interval. */
  constructor(
    values: Float64Array,
    private readonly mass: number,
  ) {
    const isNaN = (s: number): number => Number(Number.isNaN(values[s]));
    this.order = new Uint32Array(values.keys()).sort((a, b) => values[a] - values[b] || isNaN(a) - isNaN(b));
    this.sorted = new Float64Array(values.length);
    this.order.forEach((s, i) => (this.sorted[i] = values[s]));
  }

  /** Width of the central interval of all draws. */
  get width(): number {
    return this.widthOf(this.sorted);
  }

  /** The width that is expected once x is known: the mean over x's bins of the width within each. x: draws [S]. */
  expectedWidth(x: ArrayLike<number>, options: { levels: number; bins: number }): number {
    const { labels, bins } = binLabels(x, options.levels, options.bins);
    const counts = new Uint32Array(bins);
    for (let s = 0; s < labels.length; s++) counts[labels[s]]++;
    // where each bin's draws go on, side by side
    const next = new Uint32Array(bins);
    for (let b = 1; b < bins; b++) next[b] = next[b - 1] + counts[b - 1];
    const inBins = new Float64Array(labels.length);
    for (let i = 0; i < labels.length; i++) inBins[next[labels[this.order[i]]]++] = this.sorted[i];
    let total = 0;
    for (let b = 0; b < bins; b++) {
      if (counts[b] > 0) total += (counts[b] / labels.length) * this.widthOf(inBins.subarray(next[b] - counts[b], next[b]));
    }
    return total;
  }

  private widthOf(sorted: Float64Array): number {
    return quantileOfSorted(sorted, (1 + this.mass) / 2) - quantileOfSorted(sorted, (1 - this.mass) / 2);
  }
}
