import { normalCdf, normalQuantile } from "../../math/special.ts";
import { quantileOfSorted } from "../../math/statistics.ts";
import type { QuantileMap } from "./quantile-map.ts";

/**
 * Draws of a cell under the calibrated distribution: each goes to the quantile of the same draws where its rank is mapped to, so that the order of draws stays, and with it how they go with other cells' (the copula). Beyond the
 * farthest draw the line through the last sixth goes on; values that occur more than once are atoms, and stay values that occur. draws: coded, in any order.
 */
export function calibrateDraws(draws: ArrayLike<number>, map: QuantileMap): Float64Array {
  const n = draws.length;
  if (n < 3) return Float64Array.from(draws);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => draws[a] - draws[b] || a - b);
  const sorted = Float64Array.from(order, (i) => draws[i]);
  const repeats = sorted.some((value, i) => i > 0 && value === sorted[i - 1]);
  const result = new Float64Array(n);
  const sources = map.sourcesOf(n);
  order.forEach((i, rank) => {
    const p = sources[rank];
    result[i] = repeats ? sorted[Math.min(n - 1, Math.max(0, Math.round(p * n - 0.5)))] : quantileBeyond(sorted, p);
  });
  return result;
}

/** The p-quantile of sorted draws, at (rank + 1/2) / n; beyond the first and the last along the line that normal scores give from one deviation on. */
export function quantileBeyond(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  const place = p * n - 0.5;
  if (place >= 0 && place <= n - 1) return quantileOfSorted(sorted, n === 1 ? 0 : place / (n - 1));
  const upper = place > 0;
  const [edge, inner] = upper ? [sorted[n - 1], quantileOfSorted(sorted, normalCdf(1))] : [sorted[0], quantileOfSorted(sorted, normalCdf(-1))];
  const z = normalQuantile((n - 0.5) / n);
  const slope = Math.abs(edge - inner) / Math.max(0.2, z - 1);
  const more = slope * Math.max(0, Math.abs(normalQuantile(Math.min(1 - 1e-6, Math.max(1e-6, p)))) - z);
  return upper ? edge + more : edge - more;
}
