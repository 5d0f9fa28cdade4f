import { readCell } from "../cells/format.ts";
import type { RawTable } from "../raw-table.ts";
import { writeLines, type Replace } from "./write-text.ts";

/** A column to be written, cell by cell as text; undefined: nothing. */
export interface TextColumn {
  name: string;
  cells: readonly (string | undefined)[];
  /** What a Parquet file makes of it; default: numbers where all its texts are. */
  kind?: "number" | "text";
}

/** Columns of equal length as CSV. */
export function writeColumns(columns: readonly TextColumn[]): string {
  const rows = Array.from({ length: columns[0].cells.length }, (_, row) => columns.map(({ cells }) => cells[row] ?? ""));
  return writeLines([columns.map(({ name }) => name), ...rows]);
}

/** A table's columns with some cells replaced, for a file of another format; missing cells that stay are empty, numbers have no marks but a point. */
export function textColumns(table: RawTable, replace: Replace): TextColumn[] {
  return table.columns.map((name, column) => {
    const { kind, format } = table.readingOf(column);
    const plain = (cell: string | undefined): string | undefined => (cell === undefined || kind !== "number" || !format ? cell : String(readCell(cell, format) ?? cell));
    return { name, cells: Array.from({ length: table.rows }, (_, row) => plain(replace(row, column) ?? table.observedCell(row, column))) };
  });
}
