import { normalCdf, normalQuantile } from "../../math/special.ts";

/** Masses of central intervals at which a map is known. */
export const masses = [0.5, 0.8, 0.9, 0.95] as const;

/** z at the upper ends of those intervals, of N(0, 1). */
const ends: readonly number[] = masses.map(endOf);

/** Beyond this the density of a predictive distribution is stretched evenly: |z| = 3.5 is beaten once in 2,000 times, which no held-back cells tell. */
const farthest = 3.5;

/** z at the upper end of the central interval of a mass. */
export function endOf(mass: number): number {
  return normalQuantile((1 + mass) / 2);
}

/**
 * A monotone map of a predictive distribution's quantiles, odd about the median. On the scale of normal scores, z = Phi^-1(F(x)): a draw at z goes to h(z), h linear between 0 and its values at the ends of
 * central intervals, and parallel to z beyond the last. So the calibrated distribution is M(F(x)), M(u) = Phi(h^-1(Phi^-1(u))).
 * (Recalibration: Kuleshov, Fenner & Ermon 2018; the values are split-conformal quantiles: Vovk, Gammerman & Shafer 2005.)
 */
export class QuantileMap {
  private readonly from: readonly number[];
  private readonly to: readonly number[];
  private readonly ranks = new Map<number, Float64Array>();
  private widening?: number;

  /** values: h at the upper ends of the central intervals of `masses`, ascending and above 0. Throws RangeError for others. */
  constructor(values: readonly number[]) {
    const fits = values.length === ends.length && values.every((value, i) => Number.isFinite(value) && value > (values[i - 1] ?? 0));
    if (!fits) throw new RangeError(`[quantile map] expected ${ends.length} ascending numbers above 0, got ${values.join(", ")}.`);
    this.from = [0, ...ends];
    this.to = [0, ...values];
  }

  /** Where the source has the p-quantile of the calibrated distribution: M^-1(p) = Phi(h(Phi^-1(p))). */
  sourceOf(p: number): number {
    return p <= 0 || p >= 1 ? p : normalCdf(through(this.from, this.to, normalQuantile(p)));
  }

  /** M(u): where the calibrated distribution has the source's u-quantile. Linear in u beyond |z| = 3.5. */
  placeOf(u: number): number {
    const tail = normalCdf(-farthest);
    const within = Math.min(1 - tail, Math.max(tail, u));
    const place = normalCdf(through(this.to, this.from, normalQuantile(within)));
    if (u === within) return place;
    return u < tail ? place * Math.max(0, u / tail) : 1 - (1 - place) * Math.max(0, (1 - u) / tail);
  }

  /**
   * log of how much denser the calibrated distribution is about F(x) = u, or at an atom from F = low to high: log (M(high) - M(low)) / (high - low). 0 beyond all that F holds, where a completion network's density is the broad one beneath its bins.
   */
  logDensity(low: number, high: number): number {
    const least = 1e-4;
    if (high < 1e-9 || low > 1 - 1e-9) return 0;
    const middle = Math.min(1 - least / 2, Math.max(least / 2, (low + high) / 2));
    const [a, b] = high - low >= least ? [low, high] : [middle - least / 2, middle + least / 2];
    return Math.log(Math.max(1e-12, this.placeOf(b) - this.placeOf(a)) / (b - a));
  }

  /** Where the source has the quantiles of n draws in order, M^-1((i + 1/2) / n): made once for each n. */
  sourcesOf(n: number): Float64Array {
    const known = this.ranks.get(n);
    if (known) return known;
    const sources = Float64Array.from({ length: n }, (_, rank) => this.sourceOf((rank + 0.5) / n));
    this.ranks.set(n, sources);
    return sources;
  }

  /** By how much a normal distribution's deviation grows: sqrt(E h(Z)^2). */
  get deviation(): number {
    return (this.widening ??= this.findDeviation());
  }

  private findDeviation(): number {
    const places = 400;
    let total = 0;
    for (let i = 0; i < places; i++) total += through(this.from, this.to, normalQuantile((i + 0.5) / places)) ** 2;
    return Math.sqrt(total / places);
  }
}

/** The odd function through the given points, from 0 on, linear between them and of slope 1 beyond. */
function through(from: readonly number[], to: readonly number[], z: number): number {
  const size = Math.abs(z);
  const last = from.length - 1;
  const i = from.findIndex((end) => size < end);
  const value = i < 0 ? to[last] + size - from[last] : to[i - 1] + ((size - from[i - 1]) * (to[i] - to[i - 1])) / (from[i] - from[i - 1]);
  return z < 0 ? -value : value;
}
