import { quantileOfSorted } from "./statistics.ts";

/** A density estimate on a grid. */
interface DensityEstimate {
  x: Float64Array;
  density: Float64Array;
}

/**
 * Gaussian kernel density estimate of draws, with Silverman's bandwidth 0.9 min(sd, IQR / 1.34) n^(-1/5) (Silverman 1986, eq. 3.31). With `from` and `to` the draws
 * are bounded there, and what the kernels put beyond the bounds is reflected.
 */
export function densityEstimate(draws: ArrayLike<number>, options: { points?: number; from?: number; to?: number } = {}): DensityEstimate {
  const { points = 128, from = -Infinity, to = Infinity } = options;
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  const mean = sorted.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(sorted.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, n - 1));
  const spread = Math.min(sd, (quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25)) / 1.34) || sd;
  const bandwidth = 0.9 * spread * n ** -0.2 || Math.max(1e-9, 1e-3 * Math.abs(mean));
  const low = Math.max(from, sorted[0] - 3 * bandwidth);
  const high = Math.min(to, sorted[n - 1] + 3 * bandwidth);
  const x = Float64Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
  const kernel = (distance: number): number => Math.exp(-0.5 * (distance / bandwidth) ** 2);
  const density = x.map((at) => {
    let total = 0;
    for (const draw of sorted) total += kernel(at - draw) + [from, to].reduce((sum, bound) => sum + (Number.isFinite(bound) ? kernel(at + draw - 2 * bound) : 0), 0);
    return total / (n * bandwidth * Math.sqrt(2 * Math.PI));
  });
  return { x, density };
}
