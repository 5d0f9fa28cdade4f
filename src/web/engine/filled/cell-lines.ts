import { formatValue, isContinuous, writeColumns, type Column, type RawTable } from "../../../data/index.ts";
import type { ColumnFormat } from "../../../data/cells/format.ts";
import type { CellSummary } from "../../../model/index.ts";

/** Filled cells as CSV, a line each: line of the file, column, value, how unsure it is, the ends of its interval, the probabilities of its levels. */
export function cellLines(raw: RawTable, columns: readonly Column[], formats: readonly (ColumnFormat | undefined)[], cells: readonly CellSummary[], uncertainties: readonly number[]): string {
  const text = ({ column }: CellSummary, value: number | undefined): string | undefined => (value === undefined ? undefined : formatValue(columns[column], value, formats[column]));
  const numbersOnly = (cell: CellSummary, value: number | undefined): string | undefined => (isContinuous(columns[cell.column].type) ? text(cell, value) : undefined);
  return writeColumns([
    { name: "line", cells: cells.map(({ row }) => String(raw.line(row))) },
    { name: "column", kind: "text", cells: cells.map(({ column }) => columns[column].name) },
    { name: "value", kind: "text", cells: cells.map((cell) => text(cell, cell.value)) },
    { name: "unsure", kind: "number", cells: uncertainties.map((share) => share.toFixed(3)) },
    { name: "lower", kind: "text", cells: cells.map((cell) => numbersOnly(cell, cell.lower)) },
    { name: "upper", kind: "text", cells: cells.map((cell) => numbersOnly(cell, cell.upper)) },
    { name: "probabilities", kind: "text", cells: cells.map(({ column, probabilities }) => probabilities?.map((p, level) => `${columns[column].categories![level]}=${p.toFixed(4)}`).join("; ")) },
  ]);
}
