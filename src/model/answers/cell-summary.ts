import type { CellMap } from "../calibration/calibration.ts";
import { predictionSet, tempered } from "../calibration/level-map.ts";
import { formatValue, holdsWholes, isOrdered, rangeOf, type Column } from "../../data/index.ts";

/** Answers for one cell that was missing. Numbers in original units; discrete columns: levels by index with probabilities. */
export interface CellSummary {
  row: number;
  /** Column index among the features, or D + target index. */
  column: number;
  /** The column's name. */
  name: string;
  /** Continuous: predictive median; discrete: index of the most probable level. */
  value: number;
  /** The level's label, or the date. */
  label?: string;
  /** Continuous only: predictive mean and standard deviation. */
  mean?: number;
  sd?: number;
  /** The central interval of continuous columns, in whole numbers where the column has no others, and of ordered levels, by index. */
  lower?: number;
  upper?: number;
  /** Discrete only: probability per level. */
  probabilities?: number[];
  /** Discrete only, of calibrated models: levels by index, most probable first, that hold the truth with at least the interval's probability. */
  set?: number[];
}

/** What can stand for a number: the middle of its distribution, which no tail moves, or its mean, whose squared error is least. */
export const points = ["median", "mean"] as const;
export type Point = (typeof points)[number];

/** The point that stands for a cell; of discrete columns always the most probable level, of counts always the median. */
export function pointOf({ value, mean = value }: Pick<CellSummary, "value" | "mean">, point: Point = "median"): number {
  return point === "mean" ? mean : value;
}

/** The summary of a cell whose place is known to whoever asks. */
export type CellAnswer = Omit<CellSummary, "row" | "column">;

/** The summary of a number: what stands for it, its moments, and the ends of the interval of its draws, in original units. */
export function numberAnswer(column: Column, { value, mean, sd, ends: [low, high] }: { value: number; mean: number; sd: number; ends: readonly [number, number] }): CellAnswer {
  // few draws may leave the median out
  const bounds = { lower: Math.min(value, low), upper: Math.max(value, high) };
  const whole = holdsWholes(column) && { lower: Math.floor(bounds.lower), upper: Math.ceil(bounds.upper) };
  const label = column.format?.date !== undefined && { label: formatValue(column, value) };
  return { name: column.name, value, ...label, mean, sd, ...bounds, ...whole };
}

/** The summary of levels by their probabilities. interval: mass of the central interval, of ordered ones, and of the prediction set; map: how the probabilities are calibrated. */
export function levelAnswer(column: Column, raw: number[], interval: number, map?: CellMap): CellAnswer {
  const levels = map?.levels;
  const probabilities = levels ? tempered(raw, levels.temperature) : raw;
  const set = levels && { set: predictionSet(probabilities, levels.least, interval) };
  const tail = (1 - interval) / 2;
  const bounds = isOrdered(column.type) && { lower: pick(probabilities, tail), upper: pick(probabilities, 1 - tail) };
  const value = mostProbable(probabilities);
  return { name: column.name, value, label: formatValue(column, value), ...bounds, probabilities, ...set };
}

/** The most probable of levels, the lowest of several. */
export function mostProbable(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** No value that stands for a cell lies beyond all that was seen. */
export function withinRange(column: Column, value: number): number {
  const [low, high] = rangeOf(column) ?? [-Infinity, Infinity];
  return Math.min(high, Math.max(low, value));
}

/** The level in which the share u of the probability, from the lowest on, lies. */
export function pick(probabilities: ArrayLike<number>, u: number): number {
  let sum = 0;
  for (let c = 0; c < probabilities.length - 1; c++) if (u < (sum += probabilities[c])) return c;
  return probabilities.length - 1;
}
