import type { ColumnFormat } from "../../data/cells/format.ts";
import { valueText } from "./numbers.ts";

/** How an axis of a column's values is labelled: as its cells are written, with room between the labels. Nothing for plain numbers. */
export function axisOf(format: ColumnFormat | undefined, width: number): { tickFormat: (value: number) => string; ticks: number } | undefined {
  if (format === undefined || format.code) return undefined;
  const characters = format.date === undefined ? 8 : format.date.length + 2;
  return { tickFormat: (value) => valueText(value, format), ticks: Math.max(2, Math.floor(width / (8 * characters))) };
}
