import { isNumber } from "../text/dialect.ts";
import type { Area, SheetCell, SheetRow } from "./sheet.ts";

/** Where a table stands on a sheet. */
export interface FoundTable {
  /** Index of the row of its header; -1: it has none. */
  header: number;
  /** Indices of its rows that hold something. */
  rows: number[];
  left: number;
  right: number;
  /** Texts of the lines before it. */
  skipped: string[];
}

/** Lines of titles at most. */
const mostSkipped = 50;

/** Finds the table on a sheet: after titles, where the columns begin that hold something. `text` gives what a cell shows. undefined: the sheet is empty. */
export function findTable(sheetRows: readonly SheetRow[], merged: readonly Area[], given: boolean | undefined, text: (cell: SheetCell) => string): FoundTable | undefined {
  const filled = (row: SheetRow): SheetCell[] => row.cells.filter((cell) => cell.value !== undefined && text(cell).trim() !== "");
  const all = sheetRows.map(filled);
  const rows = sheetRows.flatMap((_, i) => (all[i].length > 0 ? [i] : []));
  if (rows.length === 0) return undefined;
  const first = given === false ? 0 : titles(rows.map((row) => all[row]), (at) => merged.some(({ top, left, right }) => top === sheetRows[rows[at]].number && right > left));
  const skipped = rows.slice(0, first).map((row) => all[row].map(text).join(" "));
  const own = rows.slice(first);
  let [left, right] = [Number.POSITIVE_INFINITY, 0];
  for (const row of own) {
    left = Math.min(left, all[row][0].column);
    right = Math.max(right, all[row].at(-1)!.column);
  }
  const header = given ?? !all[own[0]].every((cell) => isNumber(text(cell)));
  return { header: header ? own[0] : -1, rows: header ? own.slice(1) : own, left, right, skipped };
}

/** How many of the first rows are titles: rows of one text, or of few, where others have many cells. */
function titles(rows: readonly (readonly SheetCell[])[], isMerged: (at: number) => boolean): number {
  const widths = rows.map((cells) => cells.length);
  const most = Math.max(...widths.slice(0, 200));
  const left = Math.min(...rows.slice(0, 200).map((cells) => cells[0].column));
  let at = 0;
  while (at < Math.min(mostSkipped, rows.length - 2)) {
    const few = widths[at] === 1 ? (most > 2 && rows[at][0].column === left) || (most > 1 && isMerged(at)) : 3 * widths[at] <= most;
    if (!few) break;
    at++;
  }
  // what is narrow throughout is a table with holes
  return widths[at] >= 0.5 * most ? at : 0;
}
