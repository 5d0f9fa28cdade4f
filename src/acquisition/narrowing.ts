import { quantileOfSorted } from "../math/statistics.ts";
import { binLabels } from "./labels.ts";

/** Width of the central interval that holds this mass of the values. */
export function centralWidth(values: Float64Array, mass: number): number {
  const sorted = values.slice().sort();
  return quantileOfSorted(sorted, (1 + mass) / 2) - quantileOfSorted(sorted, (1 - mass) / 2);
}

/** The width that is expected once x is known: the mean over x's bins of the width within each. x, y: draws [S]. */
export function expectedWidth(x: ArrayLike<number>, y: Float64Array, options: { levels: number; bins: number; mass: number }): number {
  const { labels, bins } = binLabels(x, options.levels, options.bins);
  let total = 0;
  for (let b = 0; b < bins; b++) {
    const inside = y.filter((_, s) => labels[s] === b);
    if (inside.length > 0) total += (inside.length / y.length) * centralWidth(inside, options.mass);
  }
  return total;
}
