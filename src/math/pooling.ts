import { normalCdf } from "./special.ts";
import { mean, variance } from "./statistics.ts";
import { studentQuantile, studentTwoSided } from "./student-t.ts";

/** An estimate from one completed table, with its squared standard error. */
export interface Estimate {
  readonly estimate: number;
  readonly variance: number;
}

export interface PoolOptions {
  /** Degrees of freedom that the analysis would have with complete data: rows less coefficients. Default: infinitely many. */
  completeDf?: number;
  /** Mass of the interval; default: 0.95. */
  level?: number;
}

/** What the estimates of all completed tables say together. */
export interface Pooled {
  readonly estimate: number;
  readonly standardError: number;
  /** Degrees of freedom of its t distribution; Infinity where it is normal. */
  readonly df: number;
  /** Central interval of the asked mass. */
  readonly lower: number;
  readonly upper: number;
  /** estimate / standard error, and the two-sided probability of one as large where the truth is 0. */
  readonly statistic: number;
  readonly p: number;
  /** Mean variance within the tables, variance between their estimates, and both together. */
  readonly within: number;
  readonly between: number;
  readonly total: number;
  /** Relative increase in variance due to what is missing. */
  readonly increase: number;
  /** Share of the total variance that is due to what is missing. */
  readonly lambda: number;
  /** Fraction of the information that is missing. */
  readonly missingInformation: number;
}

/**
 * One estimate from those of m >= 2 completed tables by Rubin's rules, with the degrees of freedom of small samples. Throws RangeError for fewer than two estimates, and for values that no
 * analysis gives. (Rubin 1987, Multiple Imputation for Nonresponse in Surveys, chapter 3; Barnard and Rubin 1999, Biometrika 86)
 */
export function pool(estimates: readonly Estimate[], { completeDf = Infinity, level = 0.95 }: PoolOptions = {}): Pooled {
  const m = estimates.length;
  if (m < 2) throw new RangeError(`[pool] expected the estimates of at least two completed tables, got ${m}; what is between them tells how much is missing.`);
  if (!(completeDf > 0)) throw new RangeError(`[pool] expected degrees of freedom above 0, got ${completeDf}.`);
  if (!(level > 0 && level < 1)) throw new RangeError(`[pool] expected a level between 0 and 1, such as 0.95, got ${level}.`);
  for (const one of estimates) {
    if (!Number.isFinite(one.estimate)) throw new RangeError(`[pool] expected an estimate that is a finite number, got ${one.estimate}.`);
    if (!(one.variance > 0 && Number.isFinite(one.variance))) throw new RangeError(`[pool] expected a variance that is a finite number above 0, got ${one.variance}.`);
  }
  // Q = mean Q_i, W = mean U_i, B = sum (Q_i - Q)^2 / (m - 1), T = W + (1 + 1/m) B
  const estimate = mean(estimates.map((one) => one.estimate));
  const within = mean(estimates.map((one) => one.variance));
  const between = variance(estimates.map((one) => one.estimate));
  const missing = (1 + 1 / m) * between;
  const total = within + missing;
  const standardError = Math.sqrt(total);
  // r = (1 + 1/m) B / W, lambda = (1 + 1/m) B / T
  const [increase, lambda] = [missing / within, missing / total];
  const df = degreesOfFreedom(m, lambda, completeDf);
  // gamma = (r + 2 / (nu + 3)) / (r + 1)
  const missingInformation = (increase + 2 / (df + 3)) / (increase + 1);
  const half = studentQuantile(0.5 + level / 2, df) * standardError;
  const statistic = estimate / standardError;
  const p = df === Infinity ? 2 * normalCdf(-Math.abs(statistic)) : studentTwoSided(statistic, df);
  return { estimate, standardError, df, lower: estimate - half, upper: estimate + half, statistic, p, within, between, total, increase, lambda, missingInformation };
}

/**
 * 1 / (1 / nu_m + 1 / nu_obs): nu_m = (m - 1) / lambda^2 counts the completed tables (Rubin), nu_obs = (nu + 1) / (nu + 3) nu (1 - lambda) what is left of the
 * complete data's nu (Barnard and Rubin). Never above nu.
 */
function degreesOfFreedom(m: number, lambda: number, completeDf: number): number {
  const ofTables = (m - 1) / lambda ** 2;
  if (completeDf === Infinity) return ofTables;
  const ofData = ((completeDf + 1) / (completeDf + 3)) * completeDf * (1 - lambda);
  return 1 / (1 / ofTables + 1 / ofData);
}
