import { choleskyFactor } from "../../src/math/cholesky.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";

/**
 * A class c and numbers that are Gaussian given c, with a mean of its own in each class and one covariance: whatever is known of a row, everything else has a
 * closed form, by enumerating c. Original units.
 */
export interface Truth {
  readonly classes: readonly number[];
  readonly names: readonly string[];
  /** [class][number] */
  readonly means: readonly (readonly number[])[];
  readonly covariance: readonly (readonly number[])[];
}

function correlated(names: readonly string[], deviations: readonly number[], correlations: Readonly<Record<string, number>>, classes: readonly number[], means: readonly (readonly number[])[]): Truth {
  const rho = (a: string, b: string): number => (a === b ? 1 : (correlations[`${a}${b}`] ?? correlations[`${b}${a}`] ?? 0));
  return { classes, names, means, covariance: names.map((a, i) => names.map((b, j) => deviations[i] * deviations[j] * rho(a, b))) };
}

const names = ["a", "b", "d", "y"] as const;
const classes = [0.5, 0.3, 0.2] as const;
const classMeans = [[0, 1, -0.5, 0], [0.8, -1, 0.2, 0.6], [-0.6, 2.5, 0.5, -0.5]] as const;
const deviations = [1, 2, 0.6, 1] as const;

/** The table of the issue: strong dependence among a, b, d and y. */
export const strong = correlated(names, deviations, { ab: 0.7, ad: 0.3, ay: 0.6, bd: 0.5, by: 0.3, dy: 0.7 }, classes, classMeans);
/** Its milder twin. */
export const mild = correlated(names, deviations, { ab: 0.5, ad: 0.5, ay: 0.5, bd: 0.5, by: 0.5, dy: 0.5 }, classes, classMeans);
/** A chain a -> b -> d -> y: neighbours correlate by 0.8. */
export const chain = correlated(names, [1, 1, 1, 1], { ab: 0.8, bd: 0.8, dy: 0.8, ad: 0.64, by: 0.64, ay: 0.512 }, [1], [[0, 0, 0, 0]]);

export interface TruthRows {
  readonly rows: number;
  /** [rows, numbers], complete. */
  readonly numbers: Float64Array;
  readonly classes: Uint8Array;
  /** 1 where seen: [rows, numbers + 1], the class last. */
  readonly observed: Uint8Array;
}

/**
 * Draws rows; a part `rate` of a, b, d and the class is hidden, never y. "random": completely at random; "depending": the more likely the larger d, which is then never hidden itself.
 */
export function drawRows(truth: Truth, rows: number, { seed, rate = 0.2, missing = "random" }: { seed: number; rate?: number; missing?: "random" | "depending" }): TruthRows {
  const n = truth.names.length;
  const key = keyFromSeed(seed);
  const [z, u, hide] = [normal(foldIn(key, 1), rows * n), uniform(foldIn(key, 2), rows), uniform(foldIn(key, 3), rows * (n + 1))];
  const factor = choleskyFactor(truth.covariance.flat(), n)!;
  const numbers = new Float64Array(rows * n);
  const classes = new Uint8Array(rows);
  const observed = new Uint8Array(rows * (n + 1)).fill(1);
  const [target, driver] = [truth.names.indexOf("y"), truth.names.indexOf("d")];
  for (let r = 0; r < rows; r++) {
    let c = 0;
    let left = u[r];
    while (c < truth.classes.length - 1 && left >= truth.classes[c]) left -= truth.classes[c++];
    classes[r] = c;
    for (let i = 0; i < n; i++) {
      let value = truth.means[c][i];
      for (let k = 0; k <= i; k++) value += factor[i * n + k] * z[r * n + k];
      numbers[r * n + i] = value;
    }
    const spread = Math.sqrt(truth.covariance[driver][driver]);
    const own = missing === "random" ? rate : Math.min(0.95, 2 * rate / (1 + Math.exp(-2 * (numbers[r * n + driver] / spread))));
    for (let j = 0; j <= n; j++) {
      if (j === target || (missing === "depending" && j === driver)) continue;
      if (hide[r * (n + 1) + j] < own) observed[r * (n + 1) + j] = 0;
    }
  }
  return { rows, numbers, classes, observed };
}

/** What is unknown of a row given the rest: for each class its probability, and the mean and covariance of the hidden numbers within it. */
export interface Exact {
  readonly hidden: readonly number[];
  readonly classes: Float64Array;
  readonly means: readonly Float64Array[];
  readonly covariance: Float64Array;
  readonly logDensity: number;
}

/** known: values by index, the class at index n; undefined is hidden. */
export function exact(truth: Truth, known: readonly (number | undefined)[]): Exact {
  const n = truth.names.length;
  const seen = truth.names.flatMap((_, i) => (known[i] === undefined ? [] : [i]));
  const hidden = truth.names.flatMap((_, i) => (known[i] === undefined ? [i] : []));
  const inverse = invert(seen.map((i) => seen.map((j) => truth.covariance[i][j])));
  const slope = hidden.map((h) => seen.map((_, a) => seen.reduce((total, s, b) => total + truth.covariance[h][s] * inverse.matrix[b][a], 0)));
  const covariance = Float64Array.from(hidden.flatMap((h, i) => hidden.map((g) => truth.covariance[h][g] - seen.reduce((total, s, b) => total + slope[i][b] * truth.covariance[s][g], 0))));
  const logs = truth.classes.map((p, c) => {
    if (known[n] !== undefined && known[n] !== c) return -Infinity;
    const deviation = seen.map((i) => known[i]! - truth.means[c][i]);
    const square = deviation.reduce((total, a, i) => total + a * deviation.reduce((sum, b, j) => sum + inverse.matrix[i][j] * b, 0), 0);
    return Math.log(p) - 0.5 * (square + inverse.logDeterminant + seen.length * Math.log(2 * Math.PI));
  });
  const top = Math.max(...logs);
  const total = top + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - top), 0));
  const means = truth.classes.map((_, c) => Float64Array.from(hidden, (h, i) => truth.means[c][h] + seen.reduce((sum, s, b) => sum + slope[i][b] * (known[s]! - truth.means[c][s]), 0)));
  return { hidden, classes: Float64Array.from(logs, (value) => Math.exp(value - total)), means, covariance, logDensity: total };
}

/** Inverse of a small symmetric positive definite matrix by Gauss and Jordan, and log det. */
function invert(matrix: readonly (readonly number[])[]): { matrix: number[][]; logDeterminant: number } {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => Number(i === j))]);
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    const pivot = work[i][i];
    logDeterminant += Math.log(pivot);
    for (let j = 0; j < 2 * n; j++) work[i][j] /= pivot;
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const factor = work[r][i];
      for (let j = 0; j < 2 * n; j++) work[r][j] -= factor * work[i][j];
    }
  }
  return { matrix: work.map((row) => row.slice(n)), logDeterminant };
}

/** log p of a hidden number's value, or of the class, given what is known. */
export function exactLogProb(truth: Truth, known: readonly (number | undefined)[], column: number, value: number): number {
  const given = exact(truth, known);
  return exact(truth, known.map((own, i) => (i === column ? value : own))).logDensity - given.logDensity;
}

/** I(x_i; y | known) by quadrature over x_i and y, or by enumerating the class: nats. */
export function exactInformation(truth: Truth, known: readonly (number | undefined)[], column: number): number {
  const n = truth.names.length;
  const target = truth.names.indexOf("y");
  const given = exact(truth, known);
  const at = (i: number): number => given.hidden.indexOf(i);
  const u = given.hidden.length;
  const moments = (i: number): { mean: (c: number) => number; variance: number } => ({ mean: (c) => given.means[c][at(i)], variance: given.covariance[at(i) * u + at(i)] });
  const entropy = (weights: ArrayLike<number>, means: readonly number[], variance: number): number => {
    const sd = Math.sqrt(variance);
    const low = Math.min(...means) - 8 * sd;
    const step = (Math.max(...means) + 8 * sd - low) / 600;
    let total = 0;
    for (let g = 0; g <= 600; g++) {
      const y = low + g * step;
      let p = 0;
      means.forEach((mean, c) => (p += (weights[c] * Math.exp(-0.5 * ((y - mean) / sd) ** 2)) / (sd * Math.sqrt(2 * Math.PI))));
      if (p > 0) total -= p * Math.log(p) * step;
    }
    return total;
  };
  const y = moments(target);
  const all = entropy(given.classes, truth.classes.map((_, c) => y.mean(c)), y.variance);
  if (column === n) return all - Array.from(given.classes).reduce((total, p, c) => total + (p > 1e-14 ? p * entropy([1], [y.mean(c)], y.variance) : 0), 0);
  // E over x_i of the entropy of y once x_i is known
  const x = moments(column);
  const sd = Math.sqrt(x.variance);
  const means = truth.classes.map((_, c) => x.mean(c));
  const low = Math.min(...means) - 7 * sd;
  const step = (Math.max(...means) + 7 * sd - low) / 160;
  const slope = given.covariance[at(column) * u + at(target)] / x.variance;
  const left = y.variance - slope * given.covariance[at(column) * u + at(target)];
  let expected = 0;
  for (let g = 0; g <= 160; g++) {
    const value = low + g * step;
    const joint = means.map((mean, c) => (given.classes[c] * Math.exp(-0.5 * ((value - mean) / sd) ** 2)) / (sd * Math.sqrt(2 * Math.PI)));
    const p = joint.reduce((a, b) => a + b, 0);
    if (p < 1e-14) continue;
    expected += p * step * entropy(joint.map((own) => own / p), means.map((mean, c) => y.mean(c) + slope * (value - mean)), left);
  }
  return all - expected;
}
