import { isNumber, levelCount, type MixedColumn } from "../../likelihood/mixed.ts";
import type { Key } from "../../math/key.ts";

/** Results of a number; a column of levels has one for each level. */
const numberWidth = 9;

/** A cell of which the draws are summed up: row and column of those that were drawn for, a truth whose place is wanted, the key of its own draws. */
export interface SummarisedCell {
  readonly row: number;
  readonly column: number;
  readonly truth?: number;
  readonly key?: Key;
  /** Where the lower end of the wanted interval is a quantile; absent: (1 - interval) / 2. The upper end lies as far from 1. */
  readonly tail?: number;
}

/** What is wanted of one draw of a cell at each draw: deviation, median and an interval of this mass, unless it is absent, and some of the draws themselves. */
export interface WantedDraws {
  readonly interval?: number;
  readonly completions: number;
  readonly kept: number;
}

/** Results of a cell. */
export function widthOf(column: MixedColumn, draws: WantedDraws | undefined): number {
  return (isNumber(column) ? numberWidth : levelCount(column)) + (draws ? draws.completions + draws.kept : 0);
}

/** What stands in the results of a number; moments and the median are of the draws' distributions, the rest of one draw at each. */
export interface NumberSummary {
  /** The mean, coded, and in original units less `unitsBase`. */
  readonly mean: number;
  readonly units: number;
  /** F(truth). */
  readonly place: number;
  /** Coded; of counts the number itself. */
  readonly median: number;
  /** In original units. */
  readonly deviation: number;
  /** The draws, coded, on either side of the interval's ends. */
  readonly lower: readonly [number, number];
  readonly upper: readonly [number, number];
}

/** Reads the results of a number that begin at `at`. */
export function numberSummary(results: Float32Array, at: number): NumberSummary {
  const [mean, units, place, median, deviation, ...ends] = results.subarray(at, at + numberWidth);
  return { mean, units, place, median, deviation, lower: [ends[0], ends[1]], upper: [ends[2], ends[3]] };
}

/** The probability of each level, from sums over n draws that begin at `at`. */
export function levelSummary(results: Float32Array, at: number, levels: number, draws: number): number[] {
  return Array.from(results.subarray(at, at + levels), (total) => total / draws);
}

/** The draws that were picked of a cell, coded: completions, and those kept. */
export function pickedDraws(results: Float32Array, at: number, column: MixedColumn, { completions, kept }: WantedDraws): { completions: Float32Array; kept: Float32Array } {
  const from = at + (isNumber(column) ? numberWidth : levelCount(column));
  return { completions: results.subarray(from, from + completions), kept: results.subarray(from + completions, from + completions + kept) };
}
