import { autocovariance } from "./fft.ts";
import { normalQuantile } from "./special.ts";
import { averageRanks, mean, quantile, standardDeviation, variance } from "./statistics.ts";

/**
 * One scalar quantity's draws, [chain][draw], all chains of one length. Every diagnostic is NaN where it has no meaning:
 * fewer than four draws a chain, a draw that is not finite, or draws that are all equal.
 */
export type Draws = readonly ArrayLike<number>[];

export interface DrawsSummary {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly quantile5: number;
  readonly median: number;
  readonly quantile95: number;
  readonly mcseMean: number;
  readonly mcseStandardDeviation: number;
  readonly essBulk: number;
  readonly essTail: number;
  readonly rHat: number;
}

/** Rank-normalised split R-hat: the larger of that of the draws and that of their distance from the median. Near 1 where the chains agree; 1.01 is the usual limit. (Vehtari et al. 2021) */
export function rHat(draws: Draws): number {
  if (!isUsable(draws)) return NaN;
  const median = quantile(flatten(draws), 0.5);
  const folded = draws.map((chain) => Float64Array.from(chain, (x) => Math.abs(x - median)));
  return Math.max(plainRHat(rankNormalise(split(draws))), plainRHat(rankNormalise(split(folded))));
}

/** Effective number of draws for the centre of the distribution. (Vehtari et al. 2021) */
export function essBulk(draws: Draws): number {
  return isUsable(draws) ? effectiveSampleSize(rankNormalise(split(draws))) : NaN;
}

/** Effective number of draws for the tails: the smaller of those of the 5% and the 95% quantile. (Vehtari et al. 2021) */
export function essTail(draws: Draws): number {
  if (!isUsable(draws)) return NaN;
  const all = flatten(draws);
  const ess = [0.05, 0.95].map((p) => {
    const bound = quantile(all, p);
    return effectiveSampleSize(split(draws.map((chain) => Float64Array.from(chain, (x) => (x <= bound ? 1 : 0)))));
  });
  return Math.min(...ess);
}

/** Effective number of draws for the mean. */
export function essMean(draws: Draws): number {
  return isUsable(draws) ? effectiveSampleSize(split(draws)) : NaN;
}

/** Monte Carlo standard error of the mean. */
export function mcseMean(draws: Draws): number {
  return standardDeviation(flatten(draws)) / Math.sqrt(essMean(draws));
}

/** Monte Carlo standard error of the standard deviation, by the delta method from that of the variance. */
export function mcseStandardDeviation(draws: Draws): number {
  const centre = mean(flatten(draws));
  const squares = draws.map((chain) => Float64Array.from(chain, (x) => (x - centre) ** 2));
  const all = flatten(squares);
  const meanSquare = mean(all);
  // var(sd) = var(variance) / (4 variance), var(variance) = (E d^4 - (E d^2)^2) / ESS of d^2
  return Math.sqrt((mean(all.map((s) => s * s)) - meanSquare ** 2) / essMean(squares) / (4 * meanSquare));
}

/** Each chain's estimated Bayesian fraction of missing information, sum (E_t - E_{t-1})^2 / sum (E_t - mean)^2; below 0.3 the momentum draws explore the energies too slowly. (Betancourt 2016) */
export function energyBfmi(energies: Draws): number[] {
  return energies.map((chain) => {
    let steps = 0;
    for (let t = 1; t < chain.length; t++) steps += (chain[t] - chain[t - 1]) ** 2;
    return steps / (variance(chain) * (chain.length - 1));
  });
}

/** What one reports about a quantity. */
export function summarise(draws: Draws): DrawsSummary {
  const all = flatten(draws);
  return {
    mean: mean(all),
    standardDeviation: standardDeviation(all),
    quantile5: quantile(all, 0.05),
    median: quantile(all, 0.5),
    quantile95: quantile(all, 0.95),
    mcseMean: mcseMean(draws),
    mcseStandardDeviation: mcseStandardDeviation(draws),
    essBulk: essBulk(draws),
    essTail: essTail(draws),
    rHat: rHat(draws),
  };
}

function flatten(draws: Draws): Float64Array {
  return Float64Array.from(draws.flatMap((chain) => Array.from(chain)));
}

function isUsable(draws: Draws): boolean {
  if (draws.length === 0) return false;
  const lengths = draws.map((chain) => chain.length);
  if (lengths.some((length) => length !== lengths[0])) {
    throw new RangeError(`[diagnostics] expected chains of one length, got lengths ${lengths.join(", ")}; cut them to the shortest.`);
  }
  const all = flatten(draws);
  return lengths[0] >= 4 && all.every(Number.isFinite) && all.some((x) => x !== all[0]);
}

/** Each chain's first and second half; an odd chain's middle draw is dropped. */
function split(draws: Draws): Float64Array[] {
  return draws.flatMap((chain) => {
    const half = Math.floor(chain.length / 2);
    const values = Float64Array.from(chain);
    return [values.slice(0, half), values.slice(values.length - half)];
  });
}

/** The normal quantile of each draw's rank among all, (rank - 3/8) / (S + 1/4). */
function rankNormalise(chains: readonly Float64Array[]): Float64Array[] {
  const scores = averageRanks(flatten(chains)).map((rank, _, all) => normalQuantile((rank - 3 / 8) / (all.length + 1 / 4)));
  const n = chains[0].length;
  return chains.map((_, chain) => scores.slice(chain * n, (chain + 1) * n));
}

/** sqrt of (within + between) / within variance. (Gelman and Rubin 1992) */
function plainRHat(chains: readonly Float64Array[]): number {
  const n = chains[0].length;
  const within = mean(chains.map(variance));
  return Math.sqrt(((n - 1) / n) + variance(chains.map(mean)) / within);
}

/** Draws over their integrated autocorrelation time, by Geyer's initial monotone sequence over all chains. (Vehtari et al. 2021, eq. 10-13) */
function effectiveSampleSize(chains: readonly Float64Array[]): number {
  const n = chains[0].length;
  const covariances = chains.map(autocovariance);
  const within = (mean(covariances.map((c) => c[0])) * n) / (n - 1);
  const total = (within * (n - 1)) / n + variance(chains.map(mean));
  // rho_t = 1 - (W - mean over chains of the autocovariance at t) / var+
  const rho = (lag: number): number => (lag === 0 ? 1 : 1 - (within - mean(covariances.map((c) => c[lag]))) / total);

  // Sums of neighbours rho_2k + rho_2k+1, as long as they are positive, made non-increasing. The last lags are left out,
  // as Stan and ArviZ do: they rest on a handful of draws.
  let time = -1;
  let previous = Infinity;
  let lag = 0;
  for (; lag < n - 4; lag += 2) {
    const pair = rho(lag) + rho(lag + 1);
    if (!(pair > 0)) break;
    previous = Math.min(previous, pair);
    time += 2 * previous;
  }
  // The even lag after the last pair lowers the variance for antithetic chains.
  time += Math.max(0, rho(lag));
  const size = n * chains.length;
  // Antithetic chains may beat independent draws; the bound keeps noise from making it absurd.
  return size / Math.max(time, 1 / Math.log10(size));
}
