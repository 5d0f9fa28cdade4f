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
  const texts = new Map<number, string>();
  cells.forEach(({ row, column }, i) => {
    // a level that training did not have counts as missing for the model, but stands in the table
    if (places[column] >= 0 && table.isMissing(row, places[column])) texts.set(row * table.columns.length + places[column], formatValue(columns[column], values[i]));
  });
  return (row, column) => texts.get(row * table.columns.length + column);
}
