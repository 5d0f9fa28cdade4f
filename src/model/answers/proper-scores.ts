import { calibrateDraws } from "../calibration/calibrate-draws.ts";
import type { CellMap } from "../calibration/calibration.ts";
import { predictionSet, tempered } from "../calibration/level-map.ts";
import { quantileOfSorted } from "../../math/statistics.ts";

/** Draws by which a number's distribution is scored, at most. */
export const scoredDraws = 200;

/** What is told of a number's distribution before calibration: F just below the truth and F(truth), the same where it is no atom, and draws, all coded. */
interface ToldNumber {
  readonly truth: number;
  readonly low: number;
  readonly high: number;
  readonly draws: ArrayLike<number>;
}

/** How well it foretold the truth, on the coded scale. */
export interface NumberScore {
  /** F just below the truth and F(truth), calibrated. */
  readonly low: number;
  readonly high: number;
  /** What calibration adds to log p(truth). */
  readonly logRatio: number;
  /** Continuous ranked probability score, less is better. */
  readonly crps: number;
  /** The ends of the central 90 % interval. */
  readonly lower: number;
  readonly upper: number;
}

/** Scores a number's distribution, calibrated where there is a map. (Gneiting & Raftery 2007) */
export function scoreNumber({ truth, low, high, draws }: ToldNumber, map?: CellMap): NumberScore {
  const numbers = map?.numbers;
  const own = (numbers ? calibrateDraws(draws, numbers) : Float64Array.from(draws)).sort();
  const place = (u: number): number => numbers?.placeOf(u) ?? u;
  return { low: place(low), high: place(high), logRatio: numbers?.logDensity(low, high) ?? 0, crps: rankedScore(own, truth), lower: quantileOfSorted(own, 0.05), upper: quantileOfSorted(own, 0.95) };
}

/** The share of a truth's jump of F that lies within the central interval of a mass: 0 or 1 where it is no atom. (Randomised PIT in the mean: Czado, Gneiting & Held 2009) */
export function shareWithin(mass: number, low: number, high: number): number {
  const [from, to] = [(1 - mass) / 2, (1 + mass) / 2];
  if (high - low < 1e-6) return Number((low + high) / 2 >= from && (low + high) / 2 <= to);
  return Math.max(0, Math.min(high, to) - Math.max(low, from)) / (high - low);
}

/** CRPS of sorted draws: mean |x - y| - mean |x - x'| / 2 = 2 / n^2 sum_i (x_i - y) (n [y < x_i] - i + 1/2), i = 1, ..., n */
export function rankedScore(sorted: ArrayLike<number>, truth: number): number {
  const n = sorted.length;
  let total = 0;
  for (let i = 0; i < n; i++) total += (sorted[i] - truth) * ((truth < sorted[i] ? n : 0) - i - 0.5);
  return (2 * total) / (n * n);
}

/** The interval score of a central 90 % interval: its width, and 2 / 0.1 for how far the truth lies outside. */
export function intervalScore(lower: number, upper: number, truth: number): number {
  return upper - lower + 20 * (Math.max(0, lower - truth) + Math.max(0, truth - upper));
}

/** How well probabilities foretold a level: what calibration adds to log p(truth), and the set that is to hold 90 %. */
export interface LevelScore {
  readonly logRatio: number;
  /** Of calibrated columns: whether the set holds the truth, and how many levels it has. */
  readonly inSet: number;
  readonly setSize: number;
}

/** Scores probabilities of levels. */
export function scoreLevels(probabilities: readonly number[], truth: number, map?: CellMap): LevelScore {
  const levels = map?.levels;
  if (!levels) return { logRatio: 0, inSet: Number.NaN, setSize: Number.NaN };
  const own = tempered(probabilities, levels.temperature);
  const set = predictionSet(own, levels.least, 0.9);
  return { logRatio: probabilities[truth] > 0 ? Math.log(own[truth] / probabilities[truth]) : 0, inSet: Number(set.includes(truth)), setSize: set.length };
}
