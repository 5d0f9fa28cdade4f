import type { ColumnFormat } from "../../data/cells/format.ts";
import { writeDate } from "../../data/cells/dates.ts";
import { writeMarked } from "../../data/cells/marked-number.ts";

/** Four significant digits: enough to compare, short enough to read. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A value as the cells of its column are written: a date in its pattern, a number of four digits with the column's marks. */
export function valueText(value: number, format: ColumnFormat | undefined): string {
  return format?.date === undefined ? writeMarked(short(value), format ?? {}) : writeDate(value, format.date);
}

/** The same of a difference between values: of dates, days. */
export function spreadText(spread: number, format: ColumnFormat | undefined): string {
  return format?.date === undefined ? writeMarked(short(spread), format ?? {}) : `${short(spread)} days`;
}

/** A share in percent; a digit more near 0 and 1, where it says something. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.995 || share < 0.01 ? 1 : 0)} %`;
}
