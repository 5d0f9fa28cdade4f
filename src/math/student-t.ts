import { logGamma, normalQuantile } from "./special.ts";

/** P(|T| >= |t|) of Student's t with n degrees of freedom: I_x(n/2, 1/2) at x = n / (n + t^2). */
export function studentTwoSided(t: number, freedom: number): number {
  if (Number.isNaN(t) || freedom <= 0) return Number.NaN;
  return regularisedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The t below which Student's t with n degrees of freedom lies with probability p; n = Infinity is the normal distribution. */
export function studentQuantile(p: number, freedom: number): number {
  if (Number.isNaN(p) || p < 0 || p > 1 || !(freedom > 0)) return Number.NaN;
  if (p === 0.5) return 0;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  const z = normalQuantile(p);
  // t = z + (z^3 + z) / (4 n) + (5 z^5 + 16 z^3 + 3 z) / (96 n^2) + O(n^-3) (Abramowitz and Stegun 26.7.5)
  if (freedom > 1e5) return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
  // P(|T| >= t) = 2 (1 - p), which falls in t: doubled until beyond it, then halved
  const tail = 2 * (1 - p);
  let [low, high] = [0, 1];
  while (studentTwoSided(high, freedom) > tail && high < 1e300) [low, high] = [high, 2 * high];
  while (high - low > 4 * Number.EPSILON * high) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (studentTwoSided(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz). */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // the fraction converges fast below the mean; above it I_x(a, b) = 1 - I_{1-x}(b, a)
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / Math.max(tiny, 1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    for (const term of [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))]) {
      const [down, up] = [1 + term * d, 1 + term / c];
      d = 1 / (Math.abs(down) < tiny ? tiny : down);
      c = Math.abs(up) < tiny ? tiny : up;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return front * fraction;
}

/**
 * Two-sided p of Wilcoxon's signed-rank test, exact for the ranks as they are (ties share theirs); differences of 0 are left out.
 * NaN if none is left. At most 60 differences.
 */
export function signedRankTwoSided(differences: readonly number[]): number {
  const kept = differences.filter((value) => value !== 0);
  const n = kept.length;
  if (n === 0) return Number.NaN;
  if (n > 60) throw new RangeError(`[signedRankTwoSided] expected at most 60 differences, got ${n}.`);
  const order = [...kept].sort((a, b) => Math.abs(a) - Math.abs(b));
  // doubled ranks are whole numbers also where ties share one
  const doubled = order.map((value) => {
    const first = order.findIndex((other) => Math.abs(other) === Math.abs(value));
    const last = order.findLastIndex((other) => Math.abs(other) === Math.abs(value));
    return first + last + 2;
  });
  const total = doubled.reduce((a, b) => a + b, 0);
  // ways[s]: probability that the positive ranks sum to s
  let ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of doubled) {
    const next = new Float64Array(total + 1);
    for (let s = 0; s <= total; s++) next[s] = 0.5 * (ways[s] + (s >= rank ? ways[s - rank] : 0));
    ways = next;
  }
  const positive = doubled.reduce((sum, rank, i) => sum + (order[i] > 0 ? rank : 0), 0);
  const least = Math.min(positive, total - positive);
  return Math.min(1, 2 * ways.subarray(0, least + 1).reduce((a, b) => a + b, 0));
}
