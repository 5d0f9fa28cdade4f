import { readNumber } from "../coding/number.ts";
import { packedDates } from "./date-patterns.ts";
import { isMissingAmongNumbers } from "./missing-words.ts";

/** Cells as texts. */
export interface CellSource {
  readonly columns: readonly string[];
  readonly rows: number;
  cell(row: number, column: number): string;
}

/** What stands in a column, before anything is decided about it. */
export interface ColumnFacts {
  /** Cells that are numbers as programs write them, those of them with a point that cannot stand between thousands, and different ones (ten at most). */
  plain: number;
  pointed: number;
  distinct: Set<number>;
  /** Of those cells the ones that are dates of eight digits, by pattern. */
  packed: Map<string, number>;
  /** Texts that mean "missing" if the rest are numbers, as written, with their counts. */
  words: Map<string, number>;
  /** Other texts with their counts: the first 2,000 different ones. */
  texts: Map<string, number>;
}

const packedPatterns = Object.entries(packedDates);
const mostTexts = 2000;
/** Rows that are looked at, evenly over the table: how a column is written does not need more. */
const mostRows = 100_000;
const enough = 10;

export function columnFacts(source: CellSource, column: number, isMissing: (cell: string) => boolean, keep: ReadonlySet<string>): ColumnFacts {
  const facts: ColumnFacts = { plain: 0, pointed: 0, distinct: new Set(), packed: new Map(), words: new Map(), texts: new Map() };
  const step = Math.ceil(source.rows / mostRows);
  for (let row = 0; row < source.rows; row += step) {
    const cell = source.cell(row, column);
    if (isMissing(cell)) continue;
    const value = readNumber(cell);
    if (value !== undefined) {
      facts.plain++;
      if (facts.distinct.size < enough) facts.distinct.add(value);
      if (cell.length === 8) for (const [pattern, test] of packedPatterns) if (test.test(cell)) facts.packed.set(pattern, (facts.packed.get(pattern) ?? 0) + 1);
      const point = cell.indexOf(".");
      if (point >= 0 && !(cell.length - point >= 4 && /^\s*[+-]?[1-9]\d{0,2}(\.\d{3})+\s*$/.test(cell))) facts.pointed++;
      continue;
    }
    const text = cell.trim();
    const counts = isMissingAmongNumbers(text) && !keep.has(text.toLowerCase()) ? facts.words : facts.texts;
    const before = counts.get(text);
    if (before !== undefined || counts.size < mostTexts) counts.set(text, (before ?? 0) + 1);
  }
  return facts;
}
