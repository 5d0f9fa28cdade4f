import { checkCounter } from "../counter-column.ts";
import type { RawTable } from "../raw-table.ts";
import type { TextColumn } from "../text/text-columns.ts";
import type { Replace } from "../text/write-text.ts";
import { typedResults, typedTable } from "../typed-columns.ts";
import { fillCells } from "./fill-cells.ts";
import { newWorkbook } from "./new-workbook.ts";
import { recalculated, withoutChain } from "./formulas.ts";
import { XlsxTable } from "./xlsx-table.ts";
import { zip } from "./zip.ts";

/**
 * A table as an Excel workbook. One that came as a workbook keeps all of it but the filled cells: other sheets, formats, formulas, charts.
 * Completions below one another, counted by the column `counter`, and other tables give a new workbook. Throws TableError.
 */
export async function writeXlsx(table: RawTable, completions: readonly Replace[], counter?: string): Promise<Uint8Array> {
  checkCounter(table, counter);
  if (!(table instanceof XlsxTable) || counter !== undefined) return newWorkbook(typedTable(table, completions, counter));
  const { text, filled, formulas } = fillCells(table, completions[0]);
  if (filled === 0) return table.content;
  const parts = new Map(table.parts);
  parts.set(table.place.path, new TextEncoder().encode(text));
  if (formulas > 0) await withoutChain(parts, table.place.workbook.path);
  recalculated(parts, table.place.workbook);
  return zip(parts);
}

/** Columns of results as an Excel workbook. */
export async function writeXlsxColumns(columns: readonly TextColumn[]): Promise<Uint8Array> {
  return newWorkbook(typedResults(columns));
}
