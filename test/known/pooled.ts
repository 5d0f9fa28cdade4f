import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { leastSquares } from "../../src/math/least-squares.ts";
import type { Estimate } from "../../src/math/pooling.ts";

/** y = 1 + 0.8 x + 0.5 w + e; x and w correlate by 0.5. x lacks three entries of ten, the more likely the larger w. [rows, 3]: w, x, y */
export const trueSlope = 0.8;

export function regressionRows(rows: number, seed: number): { values: Float64Array; observed: Uint8Array } {
  const key = keyFromSeed(seed);
  const [z, u] = [normal(foldIn(key, 1), 3 * rows), uniform(foldIn(key, 2), rows)];
  const values = new Float64Array(3 * rows);
  const observed = new Uint8Array(3 * rows).fill(1);
  for (let r = 0; r < rows; r++) {
    const w = z[3 * r];
    const x = 0.5 * w + Math.sqrt(0.75) * z[3 * r + 1];
    values.set([w, x, 1 + 0.8 * x + 0.5 * w + z[3 * r + 2]], 3 * r);
    // a logistic in w whose mean is 0.3
    if (u[r] < 1 / (1 + Math.exp(1.05 - 1.2 * w))) observed[3 * r + 1] = 0;
  }
  return { values, observed };
}

/** Least squares of y on 1, w and x: the slope of x and its squared standard error. */
export function slopeOfX(values: ArrayLike<number>, rows: number): Estimate {
  const design = Float64Array.from({ length: 3 * rows }, (_, i) => (i % 3 === 0 ? 1 : values[i - 1]));
  return leastSquares(design, Float64Array.from({ length: rows }, (_, r) => values[3 * r + 2]), 3).coefficients[2];
}
