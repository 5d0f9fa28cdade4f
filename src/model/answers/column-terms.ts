import { asInColumn, formatValue, isContinuous, type Column } from "../../data/index.ts";
import type { CellSummary } from "./predictive.ts";

/** A summary in the column's own terms: levels and dates by name, whole numbers whole, with an interval that holds what it held. */
export function inColumnTerms(summary: Omit<CellSummary, "row" | "column">, column: Column): Omit<CellSummary, "row" | "column"> {
  const { value, lower, upper } = summary;
  if (!isContinuous(column.type) || column.format?.date !== undefined) return { ...summary, label: formatValue(column, value) };
  if (asInColumn(column, 0.5) === 0.5) return summary;
  return { ...summary, value: asInColumn(column, value), ...(lower !== undefined && { lower: Math.floor(lower) }), ...(upper !== undefined && { upper: Math.ceil(upper) }) };
}
