import { codeValue, decodeValue, formatValue } from "./decode.ts";
import { isTimePattern } from "../cells/dates.ts";
import { readCell } from "../cells/format.ts";
import { hasComma, readNumber } from "./number.ts";
import { holds, limitsText } from "./scale.ts";
import { isContinuous, isWhole, type Column } from "../schema/column.ts";
import { LevelIndex } from "../schema/levels.ts";

/** A typed value, coded, perhaps with a remark; or what is wrong with it. */
export type ReadValue = { value: number; note?: string } | { problem: string };

/** A number farther than this many deviations from the training rows' mean is accepted with a note. */
const unusual = 5;

/** Reads what a person typed for a column: a number in original units or a level. Sentences begin with lower case and have no full stop. */
export function readValue(text: string, column: Column): ReadValue {
  const got = `expected ${expectedText(column)}, got ${JSON.stringify(text)}`;
  if (!isContinuous(column.type)) {
    const level = readLevel(text, column);
    return level === undefined ? { problem: got } : { value: level };
  }
  const value = readCell(text, column.format) ?? (column.format?.date === undefined ? readNumber(text) : undefined);
  if (value === undefined) return { problem: hasComma(text) ? `${got}; write it with a decimal point and no comma` : got };
  if (!holds(column, value)) return { problem: `expected ${expectedText(column)}, got ${text}; ${column.type === "bounded" ? "no value lies beyond the column's bounds" : "the training rows have no negative value"}` };
  if (isWhole(column.type) && !Number.isInteger(value)) return { problem: got };
  const coded = codeValue(column, value);
  if (!Number.isFinite(Math.fround(coded))) return { problem: `${text} is too far from what the model was trained on (usually ${usualText(column)})` };
  return { value: coded, ...(Math.abs(coded) > unusual ? { note: `${text} is far from the training rows (usually ${usualText(column)})` } : {}) };
}

/** A level's index, found as in a table: its label, the same number spelled otherwise, or the label in other letter case if that is unique; undefined for anything else. */
export function readLevel(text: string, { type, categories = [], format }: Column): number | undefined {
  return isContinuous(type) ? undefined : new LevelIndex(categories, format).find(text);
}

/** "a number from 0 on, usually 2.5 to 40" or "yes or no" */
export function expectedText(column: Column): string {
  if (column.format?.date !== undefined) return `a ${isTimePattern(column.format.date) ? "time" : "date"} such as ${usualText(column).split(" to ")[0]} (${column.format.date}), usually ${usualText(column)}`;
  if (isContinuous(column.type)) return `a ${isWhole(column.type) ? "whole number" : "number"}${limitsText(column) && ` ${limitsText(column)}`}, usually ${usualText(column)}`;
  const { categories = [] } = column;
  if (categories.length > 12) return `one of ${categories.slice(0, 12).join(", ")}, ... (${categories.length} levels)`;
  return categories.length < 2 ? categories.join("") : `${categories.slice(0, -1).join(", ")} or ${categories.at(-1)}`;
}

/** Where the training rows mostly lie: two deviations around the mean, on the coded scale. */
function usualText(column: Column): string {
  return [-2, 2].map((coded) => formatValue(column, decodeValue(column, coded))).join(" to ");
}
