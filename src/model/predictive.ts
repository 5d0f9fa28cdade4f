import { decodeValue, type Column } from "../data/index.ts";
import type { MixedColumn } from "../likelihood/mixed.ts";
import { normal, uniform, type Key } from "../math/key.ts";
import { sigmoid } from "../math/special.ts";
import { quantileOfSorted } from "../math/statistics.ts";
import type { CellSummary } from "./api.ts";
import type { ThetaOf } from "./evaluate.ts";

/** Probability of each level of a discrete column, averaged over the draws. */
export function levelProbabilities(theta: ThetaOf, column: MixedColumn): number[] {
  const levels = column.kind === "bernoulli" ? 2 : column.levels;
  const sums = new Array<number>(levels).fill(0);
  for (let s = 0; s < theta.draws; s++) levelsOfDraw(theta, column, s).forEach((p, c) => (sums[c] += p));
  return sums.map((total) => total / theta.draws);
}

/** Probability of each level at one draw. */
function levelsOfDraw(theta: ThetaOf, column: MixedColumn, s: number): number[] {
  const start = offset(theta, s);
  if (column.kind === "bernoulli") {
    const positive = sigmoid(theta.theta[start]);
    return [1 - positive, positive];
  }
  const logits = Array.from(theta.theta.subarray(start, start + column.levels));
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

/**
 * The predictive mean of a continuous column in original units. For x = mean + std u, u ~ N(m, v): mean + std m; on the
 * log1p scale E[e^x - 1] = exp(mean + std m + std^2 v / 2) - 1, in closed form at each draw.
 */
export function meanInUnits(theta: ThetaOf, column: Column, variance: number): number {
  const { mean = 0, std = 1 } = column;
  let total = 0;
  for (let s = 0; s < theta.draws; s++) {
    const m = theta.theta[offset(theta, s)];
    total += column.type === "positive" ? Math.max(0, Math.expm1(mean + std * m + (std * std * variance) / 2)) : mean + std * m;
  }
  return total / theta.draws;
}

/** Summary of one missing cell from the draws: moments, interval or level probabilities; and one joint draw per posterior draw. */
export function summarise(theta: ThetaOf, column: Column, mixed: MixedColumn, options: { key: Key; variance: number; interval: number }): { summary: Omit<CellSummary, "row" | "column">; draws: Float64Array } {
  if (mixed.kind !== "gaussian") {
    const probabilities = levelProbabilities(theta, mixed);
    const u = uniform(options.key, theta.draws);
    const draws = Float64Array.from({ length: theta.draws }, (_, s) => pick(levelsOfDraw(theta, mixed, s), u[s]));
    return { summary: { value: probabilities.indexOf(Math.max(...probabilities)), probabilities }, draws };
  }
  const noise = normal(options.key, theta.draws);
  const draws = Float64Array.from({ length: theta.draws }, (_, s) => decodeValue(column, theta.theta[offset(theta, s)] + Math.sqrt(options.variance) * noise[s]));
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  const sd = Math.sqrt(draws.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, draws.length - 1));
  const sorted = Float64Array.from(draws).sort();
  const tail = (1 - options.interval) / 2;
  return {
    summary: { value: meanInUnits(theta, column, options.variance), sd, lower: quantileOfSorted(sorted, tail), upper: quantileOfSorted(sorted, 1 - tail) },
    draws,
  };
}

function offset(theta: ThetaOf, s: number): number {
  const params = theta.theta.length / (theta.draws * theta.columns);
  return (s * theta.columns + theta.at) * params;
}

function pick(probabilities: readonly number[], u: number): number {
  let sum = 0;
  for (let c = 0; c < probabilities.length - 1; c++) if (u < (sum += probabilities[c])) return c;
  return probabilities.length - 1;
}
