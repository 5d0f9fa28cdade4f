import { extent } from "../../math/statistics.ts";
import { isTimePattern, lastTime, writeDate } from "../cells/dates.ts";
import type { ColumnFormat } from "../cells/format.ts";
import type { Column } from "./column.ts";
import { dayBegin, goesRound } from "./circles.ts";
import { levelsOf } from "./levels.ts";
import { isNarrow } from "./narrow.ts";
import type { ColumnCells } from "./read-column.ts";
import { namesCodes } from "./suspicious.ts";

/**
 * What few different numbers are. "ordered": levels in the order of their numbers, and codes by their name levels without one.
 * "unordered": the paper's rule, by which fewer than ten different numbers are levels without an order.
 */
export type LevelRule = "ordered" | "unordered";

/** A column's type and why it is that. */
export interface InferredType extends Pick<Column, "type" | "bounds"> {
  why: string;
  /** Minutes after midnight at which the day of a column of times begins. */
  turn?: number;
}

/** Fewer distinct values than this make a numeric column discrete, where they repeat this often in the mean. */
const [discreteBelow, repeated] = [10, 3];
/** Numbers that are not whole repeat this often; scales such as 1 to 11 are not longer than that. */
const [oftenRepeated, longestScale] = [10, 11];
/** This share of the cells, that many cells, and that many times more than others have in the mean make an end of a range one that stops values. */
const [endShare, endCount, moreThanOthers] = [0.01, 5, 3];

/** What a column is by its observed cells. */
export function inferType(name: string, cells: ColumnCells, { isCode, format, levelRule }: { isCode: boolean; format: ColumnFormat | undefined; levelRule: LevelRule }): InferredType {
  const { numbers, texts, labels, values } = cells;
  if (texts.length > 0) return { type: levelsOf(labels).length === 2 ? "binary" : "categorical", why: "texts" };
  if (isCode) return { type: values.size === 2 ? "binary" : "categorical", why: "digits with zeros in front: codes" };
  if (format?.date !== undefined) return dateType(format.date, numbers, levelRule);
  const levels = levelRule === "ordered" ? orderedLevels(name, cells) : unorderedLevels(cells);
  if (levels) return levels;
  const bounded = levelRule === "ordered" ? boundsOf(name, numbers, format) : undefined;
  if (bounded) return bounded;
  const negative = numbers.some((value) => value < 0);
  if (isNarrow(numbers)) return { type: "real", why: "numbers that differ in their last digits alone" };
  return { type: negative ? "real" : "positive", why: `numbers, ${negative ? "some below 0" : "none below 0"}` };
}

/** A time of day lies within the day, which begins where fewest times are: what is near in time is so in numbers. */
function dateType(pattern: string, numbers: readonly number[], levelRule: LevelRule): InferredType {
  if (!isTimePattern(pattern)) return { type: "real", why: "dates" };
  if (levelRule === "unordered") return { type: "positive", why: "times of day" };
  const turn = dayBegin(numbers);
  const begin = turn ?? 0;
  return { type: "bounded", bounds: [begin, begin + lastTime(pattern)], why: `times of day${turn === undefined ? "" : `, the day taken to begin at ${writeDate(turn, "HH:mm")}, where fewest are`}`, ...(turn !== undefined && { turn }) };
}

/** The paper's rule. */
function unorderedLevels({ seen, values }: ColumnCells): InferredType | undefined {
  if (values.size >= discreteBelow || !isFew(seen, values.size)) return undefined;
  return { type: values.size === 2 ? "binary" : "categorical", why: numbersText(values.size) };
}

function numbersText(different: number): string {
  return different === 1 ? "one number" : `${different} different numbers that repeat`;
}

/** Whether so few values repeat enough to be levels. */
function isFew(seen: number, different: number): boolean {
  return different <= 2 ? seen > different || different === 1 : seen >= repeated * different;
}

function orderedLevels(name: string, { seen, numbers, values }: ColumnCells): InferredType | undefined {
  const different = values.size;
  const why = numbersText(different);
  const isWhole = numbers.every(Number.isInteger);
  if (different <= 2) return isFew(seen, different) ? { type: different === 2 ? "binary" : "categorical", why } : undefined;
  if (goesRound(name, values.keys(), seen)) return { type: "categorical", why: "whole numbers that go round: the last is followed by the first" };
  if (isWhole && seen > different && namesCodes(name)) return { type: "categorical", why: `whole numbers under a name of codes` };
  if (different < discreteBelow && seen >= (isWhole ? repeated : oftenRepeated) * different) return { type: "ordinal", why: `${why}, in their order` };
  if (different > longestScale || !isWhole || seen < repeated * different) return undefined;
  const sorted = [...values.keys()].sort((a, b) => a - b);
  return sorted[0] >= 0 && sorted[0] <= 1 && sorted[different - 1] - sorted[0] === different - 1 ? { type: "ordinal", why: `a scale from ${sorted[0]} to ${sorted[different - 1]}` } : undefined;
}

const shareName = /percent|pct|share|proportion|fraction|prob|prozent|anteil|%/i;

/** Percentages and shares that pile up where they have to stop; undefined for numbers that may well go on. */
function boundsOf(name: string, numbers: readonly number[], format: ColumnFormat | undefined): InferredType | undefined {
  const [low, high] = extent(numbers);
  if (low < 0) return undefined;
  if (format?.suffix?.trim() === "%" && high <= 100) return { type: "bounded", bounds: [0, 100], why: "percentages, none beyond 0 and 100" };
  const top = high <= 1 ? 1 : 100;
  if (high > top) return undefined;
  const different = new Set(numbers).size;
  const stopsAt = (end: number): boolean => {
    let count = 0;
    for (const value of numbers) if (value === end) count++;
    return count >= endCount && count >= endShare * numbers.length && count >= (moreThanOthers * (numbers.length - count)) / Math.max(1, different - 1);
  };
  // many zeros alone are those of rain and of porches
  if (!stopsAt(top) && !(shareName.test(name) && stopsAt(0))) return undefined;
  return { type: "bounded", bounds: [0, top], why: `numbers from 0 to ${top}, many of them at an end` };
}
