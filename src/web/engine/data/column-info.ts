import { isContinuous, type ColumnType, type Note, type RawTable, type Role } from "../../../data/index.ts";
import { readCell } from "../../../data/cells/format.ts";
import { formatTexts, missingTexts } from "../../../report/decisions.ts";
import { valueText } from "../../parts/numbers.ts";
import type { DecidedColumn } from "./decide.ts";
import { withFixes, type Fixable } from "./fixes.ts";

/** A column as the page shows it. */
export interface ColumnInfo {
  name: string;
  role: Role;
  /** What it is taken for, and what it was found to be; "ignore" where it is left out. */
  type: ColumnType | "ignore";
  found: ColumnType | "ignore";
  why: string;
  /** How its cells are written; the pattern of its dates. */
  format: string[];
  date?: string;
  /** Why it cannot be used as it is. */
  problems: Fixable[];
  /** What looks odd about it. */
  notes: Note[];
  missing: number;
  /** What stands in the holes: the most frequent texts. */
  holes: { text: string; count: number }[];
  /** "12,5 to 18,2, median 15", or the most frequent levels. */
  values: string;
}

const [shownLevels, shownHoles] = [5, 12];

/** What a column is taken for, in texts. `found`: what it would be without the user's wish. */
export function columnInfo(raw: RawTable, index: number, decided: DecidedColumn, found: DecidedColumn): ColumnInfo {
  const { column, why, notes, problems } = decided;
  const holes = missingTexts(raw, index, column);
  const missing = [...holes.values()].reduce((a, b) => a + b, 0);
  const typeOf = ({ column: { role, type } }: DecidedColumn): ColumnInfo["type"] => (role === "ignore" ? "ignore" : type);
  const { date } = column.format ?? {};
  return {
    name: column.name, role: column.role, type: typeOf(decided), found: typeOf(found), why: column.role === "ignore" ? (column.reason ?? why) : why,
    format: formatTexts(column), ...(date !== undefined && { date }), problems: withFixes(problems), notes: [...notes], missing,
    holes: [...holes].slice(0, shownHoles).map(([text, count]) => ({ text, count })),
    values: valuesText(raw, index, decided),
  };
}

function valuesText(raw: RawTable, index: number, { column }: DecidedColumn): string {
  const used = column.role !== "ignore";
  const isMissing = raw.missingIn(index, used ? column : undefined);
  const format = used && isContinuous(column.type) ? raw.formatFor(index, column) : undefined;
  const numbers: number[] = [];
  const counts = new Map<string, number>();
  for (let row = 0; row < raw.rows; row++) {
    const cell = raw.cell(row, index);
    if (isMissing(cell)) continue;
    if (!used || !isContinuous(column.type)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    else {
      const value = readCell(cell, format);
      if (value !== undefined) numbers.push(value);
    }
  }
  if (numbers.length > 0) {
    const sorted = Float64Array.from(numbers).sort();
    const [low, middle, high] = [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]].map((value) => valueText(value, format));
    return `${low} to ${high}, median ${middle}`;
  }
  const levels = [...counts].sort(([, a], [, b]) => b - a);
  const distinct = used ? (column.categories?.length ?? levels.length) : levels.length;
  const shown = levels.slice(0, shownLevels);
  return shown.map(([label, count]) => `${label.trim()} (${count})`).join(", ") + (distinct > shown.length ? ` and ${distinct - shown.length} more` : "");
}
