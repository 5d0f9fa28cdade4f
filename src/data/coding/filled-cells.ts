import { formatValue } from "./decode.ts";
import type { RawTable } from "../raw-table.ts";
import type { Column } from "../schema/column.ts";
import type { Replace } from "../text/write-text.ts";

/**
 * What stands in the filled holes of a table, for `writeTable` and `writeParquet`. cells: row of the table and index into `columns`; values: one per cell, in original units or
 * indices of levels.
 */
export function filledCells(table: RawTable, columns: readonly Column[], cells: readonly { row: number; column: number }[], values: ArrayLike<number>): Replace {
  const places = columns.map(({ name }) => table.columns.indexOf(name));
  const formats = columns.map((column, i) => (places[i] >= 0 ? table.formatFor(places[i], column) : undefined));
  const texts = new Map<number, string>();
  cells.forEach(({ row, column }, i) => {
    // a level that training did not have counts as missing for the model, but stands in the table
    const place = places[column];
    if (place >= 0 && table.isMissing(row, place, columns[column])) texts.set(row * table.columns.length + place, formatValue(columns[column], values[i], formats[column]));
  });
  return (row, column) => texts.get(row * table.columns.length + column);
}
