import { cellDecimals, readCell, type ColumnFormat } from "../cells/format.ts";
import type { RawTable } from "../raw-table.ts";
import { mostLevels, type Column } from "./column.ts";

/** What the observed cells of a column are. */
export interface ColumnCells {
  seen: number;
  numbers: number[];
  /** Rows of the table whose cell is not a number. */
  texts: number[];
  /** By spelling and, for numbers, by value, with their counts: at most one more than a column may have levels. */
  labels: Map<string, number>;
  values: Map<number, { label: string; count: number }>;
  /** Digits after the point; undefined where a number has an exponent. */
  decimals: number | undefined;
  /** Fewest digits after the point, and whether a cell ends in a zero there that its number does not need. */
  fewestDecimals: number;
  padded: boolean;
  /** Whether all cells are digits, and some begin with a zero that a number would lose. */
  zeros: boolean;
}

const mostDecimals = 12;

export function readColumn(table: RawTable, index: number, rows: ArrayLike<number>, format: ColumnFormat | undefined, as?: Column): ColumnCells {
  const cells: ColumnCells = { seen: 0, numbers: [], texts: [], labels: new Map(), values: new Map(), decimals: 0, fewestDecimals: Infinity, padded: false, zeros: false };
  let digits = true;
  const isMissing = table.missingIn(index, as);
  for (let i = 0; i < rows.length; i++) {
    const cell = table.cell(rows[i], index);
    if (isMissing(cell)) continue;
    cells.seen++;
    if (cells.labels.size <= mostLevels) cells.labels.set(cell, (cells.labels.get(cell) ?? 0) + 1);
    const value = readCell(cell, format);
    if (value === undefined) {
      cells.texts.push(rows[i]);
      continue;
    }
    cells.numbers.push(value);
    // 0 and -0 are one key
    if (cells.values.size <= mostLevels) {
      const known = cells.values.get(value);
      if (known) known.count++;
      else cells.values.set(value, { label: cell.trim(), count: 1 });
    }
    if (cells.decimals !== undefined) {
      const own = cellDecimals(cell, format);
      cells.decimals = own === undefined ? undefined : Math.max(cells.decimals, Math.min(mostDecimals, own));
      if (own !== undefined) {
        cells.fewestDecimals = Math.min(cells.fewestDecimals, own);
        cells.padded ||= own > 0 && needsFewer(value, own);
      }
    }
    if (digits && !/^\d+$/.test(cell)) digits = false;
    else if (digits && /^0\d/.test(cell)) cells.zeros = true;
  }
  cells.zeros &&= digits && cells.texts.length === 0;
  return cells;
}

/** Whether a number that is written with so many decimals has a zero at their end. */
function needsFewer(value: number, decimals: number): boolean {
  const shifted = value * 10 ** (decimals - 1);
  return Math.abs(shifted - Math.round(shifted)) < 0.01;
}
