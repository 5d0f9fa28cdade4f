import { isContinuous, isWhole, type Column } from "../schema/column.ts";
import { codeValue, decodeValue } from "./decode.ts";
import { holds } from "./scale.ts";

/** Draws go beyond the training rows' range by this part of it at most. */
export const beyondRange = 0.5;

/** Least and largest training value in original units; of schemas that do not say it the ends of the encoding's pieces; undefined where nothing is known. */
export function rangeOf(column: Column): readonly [number, number] | undefined {
  const { range, knots } = column;
  if (range !== undefined || knots === undefined || knots.length === 0) return range;
  return [decodeValue(column, knots[0]), decodeValue(column, knots[knots.length - 1])];
}

/** What draws lie between, in original units: the range with half of it on either side, as far as the column can hold such numbers. */
export function drawLimits(column: Column): readonly [number, number] {
  const range = rangeOf(column);
  if (range === undefined) return [-Infinity, Infinity];
  const more = beyondRange * (range[1] - range[0]);
  const [low, high] = [range[0] - more, range[1] + more];
  if (column.bounds) return [Math.max(column.bounds[0], low), Math.min(column.bounds[1], high)];
  return [holds(column, low) ? low : Math.min(0, range[0]), high];
}

/** The same on the coded scale. */
export function codedDrawLimits(column: Column): [number, number] {
  const [low, high] = drawLimits(column);
  return [low === -Infinity ? low : codeValue(column, low), high === Infinity ? high : codeValue(column, high)];
}

/** Whether all numbers of a column are whole: counts, and columns whose training cells are; dates are no numbers. */
export function holdsWholes({ type, decimals, format }: Column): boolean {
  return isWhole(type) || (isContinuous(type) && decimals === 0 && format?.date === undefined);
}

/** Reads coded draws of a column in original units, as cells could hold them: within the limits of draws, and whole where the training cells are. */
export function drawDecoder(column: Column): (coded: number) => number {
  const [low, high] = drawLimits(column);
  const whole = holdsWholes(column);
  return (coded) => {
    const units = Math.min(high, Math.max(low, decodeValue(column, coded)));
    // 0, not -0
    return whole ? Math.round(units) + 0 : units;
  };
}
