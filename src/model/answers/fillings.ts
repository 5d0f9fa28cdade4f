import type { Table } from "../../data/index.ts";
import { expectedAt } from "./predictive.ts";
import type { RowDraws } from "../posterior/entry-draws.ts";

/** What each cell is expected to be, given draws of the latents; observed cells are as they are. Coded scale: of a binary cell the probability of 1. D features. */
export interface Fillings {
  /** K, the draws that are kept of each row. */
  kept: number;
  /** Expected values given each of the first K draws. [rows, K, D] */
  perDraw: Float32Array;
  /** Mean and standard deviation of those expectations over all draws: how far draws differ. [rows, D] */
  mean: Float32Array;
  deviation: Float32Array;
}

/** Collects fillings as rows come in. */
export class FillingsOf implements Fillings {
  readonly perDraw: Float32Array;
  readonly mean: Float32Array;
  readonly deviation: Float32Array;

  constructor(private readonly table: Table, readonly kept: number) {
    const { rows, features } = table;
    this.perDraw = new Float32Array(rows * kept * features);
    this.mean = new Float32Array(rows * features);
    this.deviation = new Float32Array(rows * features);
  }

  add(sample: RowDraws): void {
    const { features: d, x, observedX } = this.table;
    for (let r = 0; r < sample.rows; r++) {
      const row = sample.firstRow + r;
      const [sums, squares] = [new Float64Array(d), new Float64Array(d)];
      let s = 0;
      for (const { features } of sample.parts) {
        const width = features.theta.length / sample.rows;
        const theta = features.theta.subarray(r * width, (r + 1) * width);
        for (let own = 0; own < features.draws; own++, s++) {
          for (let j = 0; j < d; j++) {
            const value = observedX[row * d + j] === 1 ? x[row * d + j] : expectedAt({ theta, draws: features.draws, at: j, columns: d, mixed: features.mixed[j], variance: features.variance }, own);
            sums[j] += value;
            squares[j] += value * value;
            if (s < this.kept) this.perDraw[(row * this.kept + s) * d + j] = value;
          }
        }
      }
      for (let j = 0; j < d; j++) {
        const mean = sums[j] / sample.draws;
        this.mean[row * d + j] = mean;
        this.deviation[row * d + j] = Math.sqrt(Math.max(0, squares[j] / sample.draws - mean * mean));
      }
    }
  }
}
