/** Arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample variance (divisor n - 1); NaN for fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return sum / (values.length - 1);
}

/** The least and the largest value; Infinity and -Infinity where there is none. */
export function extent(values: Iterable<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Sample standard deviation (divisor n - 1). */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/** Standard error of the mean of independent values. */
export function standardError(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values) / values.length);
}

/** The p-quantile, linear between order statistics (type 7 of Hyndman and Fan, as NumPy's default); NaN for no values. */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/** `quantile` of values in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  // NaN sorts last, and makes every quantile NaN.
  if (sorted.length === 0 || Number.isNaN(sorted[sorted.length - 1])) return NaN;
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  if (place === below) return sorted[below];
  const [low, high] = [sorted[below], sorted[below + 1]];
  return low === high ? low : low + (place - below) * (high - low);
}

/** The smallest value whose share of the weight, with all smaller values, reaches p. Weights are non-negative. */
export function weightedQuantile(values: ArrayLike<number>, weights: ArrayLike<number>, p: number): number {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  let total = 0;
  for (const i of order) total += weights[i];
  let sum = 0;
  let last = NaN;
  for (const i of order) {
    if (!(weights[i] > 0)) continue;
    sum += weights[i];
    last = values[i];
    // A rounding error of the sum must not push the quantile to the next value.
    if (sum >= p * total * (1 - 1e-12)) return last;
  }
  return last;
}

/** Root mean squared error. */
export function rootMeanSquaredError(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += (predicted[i] - truth[i]) ** 2;
  return Math.sqrt(sum / truth.length);
}

/** Ranks from 1 in ascending order; equal values share the mean of their ranks. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Area under the ROC curve: how often a positive (label 1) scores above a negative (label 0), ties counting half; NaN without one of each. */
export function areaUnderRoc(scores: ArrayLike<number>, labels: ArrayLike<number | boolean>): number {
  const ranks = averageRanks(scores);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (!labels[i]) continue;
    positives++;
    rankSum += ranks[i];
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (ranks.length - positives));
}

interface KolmogorovSmirnov {
  /** The largest distance between the two empirical distribution functions. */
  readonly statistic: number;
  /** Probability of one at least as large for equal distributions (asymptotic, with Stephens' correction). */
  readonly pValue: number;
}

/** The two-sample Kolmogorov-Smirnov test of independent samples. */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): KolmogorovSmirnov {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  let statistic = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / x.length - j / y.length));
  }
  const root = Math.sqrt((x.length * y.length) / (x.length + y.length));
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** P(sup |Brownian bridge| > lambda). */
function kolmogorovTail(lambda: number): number {
  // The alternating series needs many terms for small lambda, where the answer is 1 to 11 digits.
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 60; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * lambda) ** 2);
  return Math.min(1, Math.max(0, sum));
}
