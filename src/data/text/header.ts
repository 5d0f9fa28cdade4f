import { isMissingAmongNumbers, missingTest } from "../cells/missing-words.ts";
import { isNumber } from "./dialect.ts";

/** Rows below the first that are looked at. */
const looked = 200;
/** A column of numbers has at least this share of them. */
const mostly = 0.8;

const isMissing = missingTest({});
const isValue = (field: string): boolean => !isMissing(field) && !isMissingAmongNumbers(field);

/**
 * Whether the first line names the columns. It does not if all of it is numbers; nor if it looks like the rows below it: fractions above
 * numbers, texts that come again in their column, and no text above numbers.
 */
export function isHeader(first: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const filled = first.filter((field) => field !== "");
  if (first.every(isNumber)) return false;
  if (filled.length === 0 || rows.length < 3) return true;
  let [alike, names, certain] = [0, 0, false];
  for (const [j, field] of first.entries()) {
    // "?" and "NA" are in rows, not in headers
    if (!isValue(field)) continue;
    const below = rows.slice(0, looked).map((row) => row[j] ?? "").filter(isValue);
    if (below.length === 0) return true;
    const numbers = below.filter(isNumber).length >= mostly * below.length;
    if (isNumber(field)) {
      if (!numbers) return true;
      alike++;
      // years name columns, fractions do not
      certain ||= !/^\s*[+-]?\d+\s*$/.test(field);
    } else if (numbers) {
      return true;
    } else if (below.includes(field) && new Set(below).size > 1) {
      alike++;
      certain = true;
    } else names++;
  }
  return !(certain && alike > names);
}
