import { foldIn, uniform, type Key } from "../../math/key.ts";
import { levelAt, MixtureDensity, type ColumnPlaces, type MixtureParameters } from "./mixture-density.ts";

/** Coded rows of all columns, features first: [rows, C]. */
export interface MixtureRows {
  readonly rows: number;
  readonly x: ArrayLike<number>;
  readonly observed: ArrayLike<number>;
}

export interface MixtureSetting {
  parts: number;
  /** Rows' worth of the covariance within all parts together that every part's own is shrunk by; Infinity: one covariance for all parts. */
  sharing: number;
  /** Gain of an iteration, nats a row, below which the fit ends. */
  tolerance: number;
}

/** Least variance of a direction, on the coded scale, and rows' worth of the overall frequencies in each part's. */
const [leastVariance, levelRows] = [1e-4, 1] as const;
const mostIterations = 200;
/** A part with less of a row is left out of the sums. */
const leastShare = 1e-12;
/** Gain in nats a row by which a fit is at its end; of one that is only compared with others, where much is hidden and fits are slow. */
export const [converged, roughly] = [1e-5, 1e-4] as const;

/**
 * Fits the mixture to incomplete rows by EM: what is missing is integrated out, which is right where it is missing at random. The estimates are shrunk: weights by
 * one row a part, covariances as `sharing` says, levels by the overall frequencies. (Ghahramani and Jordan 1994)
 */
function fitMixture(data: MixtureRows, places: ColumnPlaces, { parts, sharing, tolerance }: MixtureSetting, key: Key): { parameters: MixtureParameters; logDensity: number } {
  let parameters = startingPoint(data, places, parts, key);
  let before = -Infinity;
  for (let iteration = 0; ; iteration++) {
    const sums = expectation(data, places, new MixtureDensity(parameters, places));
    const logDensity = sums.logDensity / data.rows;
    if (iteration >= mostIterations || Math.abs(logDensity - before) < tolerance) return { parameters, logDensity };
    before = logDensity;
    parameters = maximisation(sums, data, places, sharing);
  }
}

/** Expected sufficient statistics. */
interface Sums {
  logDensity: number;
  count: Float64Array;
  /** [K, N] */
  first: Float64Array;
  /** [K, N, N] */
  second: Float64Array;
  /** [K, L] */
  levels: Float64Array;
}

function expectation({ rows, x, observed }: MixtureRows, places: ColumnPlaces, density: MixtureDensity): Sums {
  const n = places.numbers.length;
  const columns = places.number.length;
  const { parts } = density;
  const sums: Sums = { logDensity: 0, count: new Float64Array(parts), first: new Float64Array(parts * n), second: new Float64Array(parts * n * n), levels: new Float64Array(parts * places.levels) };
  const { count, first, second, levels } = sums;
  const expected = new Float64Array(n);
  const shares = new Float64Array(parts);
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    const { pattern, logWeights, logDensity, mean } = density.condition(x, observed, at);
    const { seen, hidden, regressions } = pattern;
    sums.logDensity += logDensity;
    const u = hidden.length;
    for (const i of seen) expected[i] = x[at + places.numbers[i]];
    for (let k = 0; k < parts; k++) {
      const share = (shares[k] = Math.exp(logWeights[k]));
      if (share < leastShare) continue;
      count[k] += share;
      for (let j = 0; j < u; j++) expected[hidden[j]] = mean[k * u + j];
      for (let i = 0; i < n; i++) {
        const own = share * expected[i];
        first[k * n + i] += own;
        for (let j = 0; j <= i; j++) second[(k * n + i) * n + j] += own * expected[j];
      }
      const { covariance } = regressions[k];
      for (let a = 0; a < u; a++) for (let b = 0; b <= a; b++) second[(k * n + hidden[a]) * n + hidden[b]] += share * covariance[a * u + b];
    }
    for (let j = 0; j < columns; j++) {
      const begin = places.firstLevel[j];
      if (begin < 0 || Number(observed[at + j]) !== 1) continue;
      const level = begin + levelAt(places, j, x[at + j]);
      for (let k = 0; k < parts; k++) if (shares[k] >= leastShare) levels[k * places.levels + level] += shares[k];
    }
  }
  return sums;
}

function maximisation({ count, first, second, levels }: Sums, { rows }: MixtureRows, places: ColumnPlaces, sharing: number): MixtureParameters {
  const n = places.numbers.length;
  const parts = count.length;
  const weights = count.map((own) => (own + 1) / (rows + parts));
  const mean = new Float64Array(parts * n);
  const scatter = new Float64Array(parts * n * n);
  const pooled = new Float64Array(n * n);
  const overall = new Float64Array(n);
  for (let k = 0; k < parts; k++) for (let i = 0; i < n; i++) overall[i] += first[k * n + i] / rows;
  for (let k = 0; k < parts; k++) {
    // a part without rows stands where all do
    for (let i = 0; i < n; i++) mean[k * n + i] = (first[k * n + i] + 0.1 * overall[i]) / (count[k] + 0.1);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const [mi, mj] = [mean[k * n + i], mean[k * n + j]];
        // sum (x - m)(x - m)'
        const value = second[(k * n + i) * n + j] - first[k * n + i] * mj - first[k * n + j] * mi + count[k] * mi * mj;
        scatter[(k * n + i) * n + j] = value;
        pooled[i * n + j] += value / rows;
      }
    }
  }
  const covariance = new Float64Array(parts * n * n);
  for (let k = 0; k < parts; k++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const shared = sharing === Infinity ? pooled[i * n + j] : (scatter[(k * n + i) * n + j] + sharing * pooled[i * n + j]) / (count[k] + sharing);
        covariance[(k * n + i) * n + j] = covariance[(k * n + j) * n + i] = shared + (i === j ? leastVariance : 0);
      }
    }
  }
  return { weights, mean, covariance, levels: levelFrequencies(levels, places, parts) };
}

/** (n_kl + m f_l) / (n_k + m), f the frequencies over all parts, with one row's worth of even ones beneath. */
function levelFrequencies(counts: Float64Array, { firstLevel, levelCounts, levels }: ColumnPlaces, parts: number): Float64Array {
  const result = new Float64Array(parts * levels);
  firstLevel.forEach((first, j) => {
    if (first < 0) return;
    const own = (k: number, l: number): number => counts[k * levels + first + l];
    const each = Array.from({ length: levelCounts[j] }, (_, l) => Array.from({ length: parts }, (_, k) => own(k, l)).reduce((a, b) => a + b, 0));
    const all = each.reduce((a, b) => a + b, 0);
    for (let k = 0; k < parts; k++) {
      const total = each.reduce((sum, _, l) => sum + own(k, l), 0);
      for (let l = 0; l < levelCounts[j]; l++) {
        const overall = (each[l] + 1 / levelCounts[j]) / (all + 1);
        result[k * levels + first + l] = (own(k, l) + levelRows * overall) / (total + levelRows);
      }
    }
  });
  return result;
}

/** Parts around rows that are far from each other (k-means++ on entries that are known, missing ones at the mean), with the whole spread. */
function startingPoint({ rows, x, observed }: MixtureRows, places: ColumnPlaces, parts: number, key: Key): MixtureParameters {
  const columns = places.number.length;
  const n = places.numbers.length;
  const centres: number[] = [];
  const distances = new Float64Array(rows).fill(Infinity);
  const u = uniform(key, parts);
  const seen = (row: number, j: number): boolean => Number(observed[row * columns + j]) === 1;
  const isNumberAt = (row: number, j: number): boolean => seen(row, j) && levelAt(places, j, x[row * columns + j]) === 0;
  const distance = (a: number, b: number): number => {
    let total = 0;
    for (let j = 0; j < columns; j++) {
      const [left, right] = [a * columns + j, b * columns + j];
      if (places.number[j] >= 0) total += ((seen(a, j) ? x[left] : 0) - (seen(b, j) ? x[right] : 0)) ** 2;
      else total += Number(seen(a, j) && seen(b, j) && x[left] !== x[right]);
    }
    return total;
  };
  for (let k = 0; k < parts; k++) {
    const total = distances.reduce((a, b) => a + b, 0);
    let left = u[k] * total;
    let chosen = k === 0 ? Math.min(rows - 1, Math.floor(u[0] * rows)) : distances.findIndex((own) => (left -= own) < 0);
    if (chosen < 0) chosen = Math.min(rows - 1, Math.floor(u[k] * rows));
    centres.push(chosen);
    for (let row = 0; row < rows; row++) distances[row] = Math.min(distances[row], distance(row, chosen));
  }
  const nearest = Array.from({ length: rows }, (_, row) => {
    let best = 0;
    let least = Infinity;
    centres.forEach((centre, k) => {
      const own = distance(row, centre);
      if (own < least) [least, best] = [own, k];
    });
    return best;
  });
  // statistics of the groups, missing numbers at the mean with the whole spread
  const sums: Sums = { logDensity: 0, count: new Float64Array(parts), first: new Float64Array(parts * n), second: new Float64Array(parts * n * n), levels: new Float64Array(parts * places.levels) };
  for (let row = 0; row < rows; row++) {
    const k = nearest[row];
    sums.count[k]++;
    for (let j = 0; j < columns; j++) {
      const i = places.number[j];
      const value = x[row * columns + j];
      if (seen(row, j) && places.firstLevel[j] >= 0) sums.levels[k * places.levels + places.firstLevel[j] + levelAt(places, j, value)]++;
      if (i < 0) continue;
      if (!isNumberAt(row, j)) {
        sums.second[(k * n + i) * n + i] += 1;
        continue;
      }
      sums.first[k * n + i] += value;
      for (let other = 0; other <= i; other++) {
        const column = places.numbers[other];
        if (isNumberAt(row, column)) sums.second[(k * n + i) * n + other] += value * x[row * columns + column];
      }
    }
  }
  return maximisation(sums, { rows, x, observed }, places, Infinity);
}

/** The best of several fits from different starting points. */
export function fitMixtureBest(data: MixtureRows, places: ColumnPlaces, setting: MixtureSetting, key: Key, starts: number): MixtureParameters {
  const fits = Array.from({ length: setting.parts === 1 ? 1 : starts }, (_, i) => fitMixture(data, places, setting, foldIn(key, i)));
  return fits.reduce((a, b) => (b.logDensity > a.logDensity ? b : a)).parameters;
}
