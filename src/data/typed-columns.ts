import { readCell } from "./cells/format.ts";
import { isPlainNumber } from "./parquet/infer.ts";
import type { RawTable } from "./raw-table.ts";
import type { TextColumn } from "./text/text-columns.ts";
import type { Replace } from "./text/write-text.ts";

/** What the cells of a column are in a file that tells numbers, dates and truth values from texts. */
export type CellKind = "number" | "date" | "boolean" | "text";

/** A column to be written into such a file: numbers as texts of digits, dates in days since 1970-01-01, undefined where there is nothing. */
export type TypedColumn = { name: string } & (
  | { kind: "number" | "text"; cells: (string | undefined)[] }
  | { kind: "boolean"; cells: (boolean | undefined)[] }
  | { kind: "date"; cells: (number | undefined)[] }
);

/** Columns of results with their kinds; codes such as 007 stay texts. */
export function typedResults(columns: readonly TextColumn[]): TypedColumn[] {
  return columns.map(({ name, cells, kind }) => ownKind(name, [...cells], kind));
}

/** A table's columns with some cells replaced, once for each completion and one below the other; dates as texts for a file that has none. */
export function typedTable(table: RawTable, completions: readonly Replace[], counter?: string, { dates = true } = {}): TypedColumn[] {
  const columns = table.columns.map((name, column): TypedColumn => {
    const { kind, format } = table.readingOf(column);
    const cells = completions.flatMap((replace) => Array.from({ length: table.rows }, (_, row) => replace(row, column) ?? table.observedCell(row, column)));
    if (kind === "date" && dates) {
      const days = cells.map((cell) => (cell === undefined ? undefined : readCell(cell, format)));
      return days.every((day, i) => day !== undefined || cells[i] === undefined) ? { name, kind, cells: days } : { name, kind: "text", cells };
    }
    const plain = kind === "number" && format ? cells.map((cell) => (cell === undefined ? undefined : String(readCell(cell, format) ?? cell))) : cells;
    return ownKind(name, plain);
  });
  if (counter === undefined) return columns;
  return [{ name: counter, kind: "number", cells: completions.flatMap((_, m) => Array<string>(table.rows).fill(String(m + 1))) }, ...columns];
}

function ownKind(name: string, cells: (string | undefined)[], kind?: TextColumn["kind"]): TypedColumn {
  const filled = cells.filter((cell) => cell !== undefined);
  if (kind === "text") return { name, kind, cells };
  if (kind === "number" || (filled.length > 0 && filled.every(isPlainNumber))) return { name, kind: "number", cells: cells.map((cell) => cell?.trim()) };
  if (filled.length > 0 && filled.every((cell) => /^(true|false)$/i.test(cell))) return { name, kind: "boolean", cells: cells.map((cell) => (cell === undefined ? undefined : /^true$/i.test(cell))) };
  return { name, kind: "text", cells };
}
