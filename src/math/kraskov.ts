import { digamma } from "./special.ts";

/**
 * Mutual information of two continuous variables from n pairs, nats, by nearest neighbours (Kraskov, Stoegbauer and
 * Grassberger 2004, estimator 1): psi(k) + psi(n) - mean(psi(n_x + 1) + psi(n_y + 1)), where n_x and n_y count the points
 * that are closer in x, in y, than the k-th neighbour is in the larger of both. Takes O(n^2) time.
 */
export function kraskovInformation(x: ArrayLike<number>, y: ArrayLike<number>, k = 3): number {
  const n = x.length;
  if (y.length !== n) throw new RangeError(`[kraskov] expected as many y as x, got ${y.length} and ${n}.`);
  if (!(Number.isInteger(k) && k >= 1 && k < n)) throw new RangeError(`[kraskov] expected k from 1 to ${n - 1}, one less than the ${n} points, got ${k}.`);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const radius = kthDistance(x, y, i, k);
    let nx = 0;
    let ny = 0;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      if (Math.abs(x[j] - x[i]) < radius) nx++;
      if (Math.abs(y[j] - y[i]) < radius) ny++;
    }
    total += digamma(nx + 1) + digamma(ny + 1);
  }
  return digamma(k) + digamma(n) - total / n;
}

/** Distance of point i to its k-th neighbour in the maximum norm. */
function kthDistance(x: ArrayLike<number>, y: ArrayLike<number>, i: number, k: number): number {
  const nearest = new Float64Array(k).fill(Infinity);
  for (let j = 0; j < x.length; j++) {
    if (j === i) continue;
    const distance = Math.max(Math.abs(x[j] - x[i]), Math.abs(y[j] - y[i]));
    if (distance >= nearest[k - 1]) continue;
    let at = k - 1;
    while (at > 0 && nearest[at - 1] > distance) nearest[at] = nearest[--at];
    nearest[at] = distance;
  }
  return nearest[k - 1];
}
