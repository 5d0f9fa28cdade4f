import { logSumExp } from "./special.ts";

/** Effective share of draws with these log weights: (sum w)^2 / (n sum w^2), between 1/n and 1; 0 if no weight is finite. (Kish 1965) */
export function effectiveShare(logWeights: ArrayLike<number>): number {
  const weights = Array.from(logWeights);
  const share = Math.exp(2 * logSumExp(weights) - logSumExp(weights.map((w) => 2 * w))) / weights.length;
  return Number.isFinite(share) ? share : 0;
}

/** Draws of each row resampled in proportion to their weights, logWeights [rows, S], by one shift a row: the index of what takes each place, over all rows, and each row's effective share. */
export function resampledRows(logWeights: Float32Array, shifts: ArrayLike<number>): { index: Uint32Array; effective: Float64Array } {
  const rows = shifts.length;
  const draws = logWeights.length / rows;
  const index = new Uint32Array(logWeights.length);
  const effective = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const weights = logWeights.subarray(r * draws, (r + 1) * draws);
    effective[r] = effectiveShare(weights);
    systematicResampling(weights, shifts[r]).forEach((s, i) => (index[r * draws + i] = r * draws + s));
  }
  return { index, effective };
}

/** n indices in proportion to the weights, by one uniform shift in [0, 1) (systematic resampling): draw i serves round(n w_i) times, give or take one. */
export function systematicResampling(logWeights: ArrayLike<number>, shift: number): Uint32Array {
  const n = logWeights.length;
  const total = logSumExp(Array.from(logWeights));
  const chosen = new Uint32Array(n);
  let reached = 0;
  let i = -1;
  for (let s = 0; s < n; s++) {
    // the s-th of n evenly spaced points of the cumulative weight
    while (i < n - 1 && reached <= (s + shift) / n) reached += Math.exp(logWeights[++i] - total);
    chosen[s] = Math.max(i, 0);
  }
  return chosen;
}
