import { readNumber } from "../coding/number.ts";
import { afterTurn, dayMinutes, isDatePattern, isTimePattern, readDate, writeDate } from "./dates.ts";
import { readMarked, writeMarked, type NumberMarks } from "./marked-number.ts";
import { shownValue } from "../../math/shown-value.ts";

/** How a column's cells are written, where not as plain numbers or texts: decided once, kept in the schema. */
export interface ColumnFormat extends NumberMarks {
  /** The pattern of its dates. */
  date?: string;
  /** Of times of day: minutes after midnight at which a column's day begins; earlier times count as the end of the day before, as 1440 minutes more. */
  turn?: number;
  /** Digits that are a code: 02033 is no number. */
  code?: true;
}

/** The number that a cell spells in its column's format, a date in days since 1970-01-01, a time in minutes; undefined for anything else. */
export function readCell(cell: string, format: ColumnFormat | undefined): number | undefined {
  if (format === undefined) return readNumber(cell);
  if (format.date !== undefined) {
    const value = readDate(cell, format.date);
    return value === undefined || format.turn === undefined ? value : afterTurn(value, format.turn);
  }
  return format.code ? undefined : readMarked(cell, format)?.value;
}

/** Digits after the decimal mark of a cell that is a number; undefined with an exponent. */
export function cellDecimals(cell: string, format: ColumnFormat | undefined): number | undefined {
  if (format?.date !== undefined) return 0;
  if (format !== undefined) return readMarked(cell, format)?.decimals;
  if (cell.includes("e") || cell.includes("E")) return undefined;
  const point = cell.indexOf(".");
  return point < 0 ? 0 : cell.trimEnd().length - point - 1;
}

/** A number as its column writes it, from digits with a decimal point. */
export function writeCell(value: number, digits: string, format: ColumnFormat | undefined): string {
  if (format?.date !== undefined) return writeDate(value, format.date);
  return format === undefined ? digits : writeMarked(digits, format);
}

/** Whether two columns are written alike; when their days begin is not written. */
export function sameFormat(a: ColumnFormat | undefined, b: ColumnFormat | undefined): boolean {
  return (["decimal", "thousands", "prefix", "suffix", "date", "code"] as const).every((key) => a?.[key] === b?.[key]);
}

/** What is wrong with a format in a schema file; undefined: nothing. */
export function formatProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return `expected format to be an object, got ${shownValue(value)}.`;
  const { decimal, thousands, prefix, suffix, date, turn, code } = value as Record<string, unknown>;
  if (decimal !== undefined && decimal !== ",") return `expected format.decimal to be ",", or nothing for a point, got ${shownValue(decimal)}.`;
  for (const [name, text] of Object.entries({ thousands, prefix, suffix })) if (text !== undefined && typeof text !== "string") return `expected format.${name} to be a text, got ${shownValue(text)}.`;
  if (date !== undefined && !(typeof date === "string" && isDatePattern(date))) return `expected format.date to be a pattern such as "yyyy-MM-dd", got ${shownValue(date)}.`;
  if (turn !== undefined && !(typeof date === "string" && isTimePattern(date) && Number.isFinite(turn) && (turn as number) > 0 && (turn as number) < dayMinutes)) return `expected format.turn to be minutes after midnight, above 0 and below ${dayMinutes}, of a column of times, got ${shownValue(turn)}.`;
  return code === undefined || code === true ? undefined : `expected format.code to be true, or nothing, got ${shownValue(code)}.`;
}
