import { extent } from "../../math/statistics.ts";

/** Values that differ by less than this share of themselves. */
const narrow = 1e-6;

/** Whether all numbers are nearly the same large one: their logarithms are then in proportion to them, and would lose their last digits. */
export function isNarrow(numbers: readonly number[]): boolean {
  const [low, high] = extent(numbers);
  return low > 0 && high > low && high - low < narrow * low;
}

/** Mean and population deviation; a constant column gets deviation 1, so that its coded value is 0. */
export function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const std = deviation(values, mean);
  if (std > narrow * Math.abs(mean)) return { mean, std };
  // a sum of large values loses the digits in which they differ: distances from the first one are exact
  const distances = values.map((value) => value - values[0]);
  const centre = distances.reduce((a, b) => a + b, 0) / values.length;
  return { mean: values[0] + centre, std: deviation(distances, centre) || 1 };
}

function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
}
