import { uniform, type Key } from "../../math/key.ts";
import { masses } from "./quantile-map.ts";

/** p_k^(1/T) / sum_j p_j^(1/T): T > 1 draws probabilities together, T < 1 apart. (Guo et al. 2017) */
export function tempered(p: readonly number[], temperature: number): number[] {
  const top = Math.max(...p);
  const powers = p.map((own) => (own > 0 ? (own / top) ** (1 / temperature) : 0));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** Draws of levels from p as draws from q, each by uniform numbers of its own from two streams of the key. */
export function recoupledDraws(draws: ArrayLike<number>, p: readonly number[], q: readonly number[], key: Key, stream = 0): Float64Array {
  const [u, v] = [uniform(key, draws.length, stream), uniform(key, draws.length, stream + 1)];
  return Float64Array.from(draws, (level, i) => recoupled(level, p, q, [u[i], v[i]]));
}

/**
 * A draw from q, given one from p: the level as it is with probability min(1, q_k / p_k), else one from what q has more of (the maximal coupling, by which as few draws change as may be).
 * u: two uniform numbers of the draw's own.
 */
export function recoupled(level: number, p: readonly number[], q: readonly number[], [u, v]: readonly [number, number]): number {
  if (u * p[level] <= q[level]) return level;
  let left = v * q.reduce((total, own, k) => total + Math.max(0, own - p[k]), 0);
  let last = level;
  for (let k = 0; k < q.length; k++) {
    const more = q[k] - p[k];
    if (more <= 0) continue;
    last = k;
    left -= more;
    if (left < 0) break;
  }
  return last;
}

/**
 * Levels that hold the truth with at least the given probability, most probable first: the most probable one, and all whose probability is no less than that of the truth in as large a share of held-back cells (`least` at `masses`,
 * between them linear, beyond the last towards 0). Of all sets that hold it so often those are the smallest. (Conformal prediction sets: Sadinle, Lei & Wasserman 2019)
 */
export function predictionSet(p: readonly number[], least: readonly number[], coverage: number): number[] {
  const order = [...p.keys()].sort((a, b) => p[b] - p[a] || a - b);
  const needed = leastAt(least, coverage);
  return order.filter((level, rank) => rank === 0 || p[level] >= needed - 1e-9);
}

function leastAt(least: readonly number[], coverage: number): number {
  const [from, to] = [[0, ...masses, 1], [1, ...least, 0]];
  const i = from.findIndex((mass) => coverage <= mass);
  return i <= 0 ? to[0] : to[i - 1] + ((coverage - from[i - 1]) * (to[i] - to[i - 1])) / (from[i] - from[i - 1]);
}
