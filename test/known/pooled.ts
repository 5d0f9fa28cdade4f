import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { mean, variance } from "../../src/math/statistics.ts";

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
export function slopeOfX(values: ArrayLike<number>, rows: number): { slope: number; variance: number } {
  const xx = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const xy = [0, 0, 0];
  for (let r = 0; r < rows; r++) {
    const row = [1, values[3 * r], values[3 * r + 1]];
    for (let i = 0; i < 3; i++) {
      xy[i] += row[i] * values[3 * r + 2];
      for (let j = 0; j < 3; j++) xx[3 * i + j] += row[i] * row[j];
    }
  }
  const inverse = inverse3(xx);
  const beta = [0, 1, 2].map((i) => [0, 1, 2].reduce((sum, j) => sum + inverse[3 * i + j] * xy[j], 0));
  let left = 0;
  for (let r = 0; r < rows; r++) left += (values[3 * r + 2] - beta[0] - beta[1] * values[3 * r] - beta[2] * values[3 * r + 1]) ** 2;
  return { slope: beta[2], variance: (inverse[8] * left) / (rows - 3) };
}

function inverse3(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d].map((value) => value / det);
}

/** Rubin's rules: the pooled estimate, and its 95 % interval with t's degrees of freedom. (Rubin 1987) */
export function pooled(estimates: readonly { slope: number; variance: number }[]): { slope: number; lower: number; upper: number } {
  const m = estimates.length;
  const slope = mean(estimates.map((one) => one.slope));
  const within = mean(estimates.map((one) => one.variance));
  const between = variance(estimates.map((one) => one.slope));
  const total = within + (1 + 1 / m) * between;
  const freedom = (m - 1) * (1 + within / ((1 + 1 / m) * between)) ** 2;
  // t's quantile by Cornish and Fisher
  const z = 1.959964;
  const t = z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
  return { slope, lower: slope - t * Math.sqrt(total), upper: slope + t * Math.sqrt(total) };
}
