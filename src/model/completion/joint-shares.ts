import { logSumExp } from "../../math/special.ts";
import { mean, standardError } from "../../math/statistics.ts";

/** Standard errors by which other parts have to be better than the simple one to get a share. */
const clearly = 2;

/** Rounds of EM, and digits that shares are given with. */
const [rounds, digits] = [200, 4];

/** The shares under which a mixture makes rows most likely, from log p of each row under each part; of a part that is undefined 0. By EM. (Stacking of predictive distributions: Yao et al. 2018) */
export function stackedShares(parts: readonly (ArrayLike<number> | undefined)[]): number[] {
  const used = parts.flatMap((part, m) => (part ? [{ part, m }] : []));
  let shares = used.map(() => 1 / used.length);
  const rows = used[0].part.length;
  for (let round = 0; round < rounds; round++) {
    const sums = used.map(() => 0);
    for (let row = 0; row < rows; row++) {
      // w_m p_m / sum_k w_k p_k
      const logs = used.map(({ part }, i) => Math.log(shares[i]) + part[row]);
      const total = logSumExp(logs);
      logs.forEach((log, i) => (sums[i] += Math.exp(log - total)));
    }
    shares = sums.map((sum) => sum / rows);
  }
  const result = parts.map(() => 0);
  used.forEach(({ m }, i) => (result[m] = Number(shares[i].toFixed(digits))));
  return result;
}

/**
 * The shares of completed rows, from log p of what is hidden of each row together under each part; of a part that is undefined 0. The part `simple`, where there is one, answers alone unless the stacked
 * parts are better than it by two standard errors: a mixture always looks better on the rows it was chosen by, and a part that is drawn from without need blurs what a row's cells say of each other. Row i is a copy of row i modulo `originals`:
 * copies are no new evidence. (The rule: Breiman et al. 1984, with two errors for one)
 */
export function jointShares(parts: readonly (ArrayLike<number> | undefined)[], simple: number, originals: number): number[] {
  const shares = stackedShares(parts);
  const reference = parts[simple];
  if (!reference) return shares;
  const rows = reference.length;
  const gains = new Float64Array(originals);
  for (let row = 0; row < rows; row++) {
    const logs = parts.flatMap((part, m) => (part && shares[m] > 0 ? [Math.log(shares[m]) + part[row]] : []));
    gains[row % originals] += (logSumExp(logs) - reference[row]) / (rows / originals);
  }
  return mean(gains) > clearly * standardError(gains) ? shares : parts.map((_, m) => Number(m === simple));
}
