import { readCell, type ColumnFormat } from "../cells/format.ts";

/** Words for no and yes: columns of them alone are told in any case. */
const yesNo = [["no", "yes"], ["n", "y"], ["false", "true"], ["f", "t"], ["off", "on"], ["nein", "ja"], ["non", "oui"], ["nee", "ja"], ["não", "sim"], ["no", "si"], ["no", "sí"], ["absent", "present"], ["negative", "positive"]];

/** A spelling without what does not tell levels apart: blanks around it, and case. */
export function folded(label: string): string {
  return label.trim().toLowerCase();
}

/** A level with its spellings, the most frequent one first. */
export interface Level {
  label: string;
  count: number;
  spellings: string[];
}

/** Levels from their spellings: those that differ by blanks are one, and those that differ by case unless they are to stay apart. */
export function levelsOf(spellings: ReadonlyMap<string, number>, apart = false): Level[] {
  const levels = new Map<string, { spelling: string; count: number }[]>();
  for (const [spelling, count] of spellings) {
    const key = apart ? spelling.trim() : folded(spelling);
    const level = levels.get(key);
    if (level) level.push({ spelling, count });
    else levels.set(key, [{ spelling, count }]);
  }
  return [...levels.values()].map((found) => {
    const sorted = [...found].sort((a, b) => b.count - a.count);
    return { label: sorted[0].spelling, count: found.reduce((total, { count }) => total + count, 0), spellings: sorted.map(({ spelling }) => spelling) };
  });
}

/** Whether the levels are no and yes, in whatever words. */
export function isYesNo(levels: readonly { label: string }[]): boolean {
  const words = levels.map(({ label }) => folded(label));
  return words.length === 2 && yesNo.some((pair) => words.every((word) => pair.includes(word)));
}

/** Finds the level of a cell: its label, the same number spelled otherwise (unless they are codes), or the label in another case if that is unique. */
export class LevelIndex {
  private readonly exact: Map<string, number>;
  private readonly close = new Map<string, number | undefined>();

  constructor(categories: readonly string[], private readonly format: ColumnFormat | undefined) {
    this.exact = new Map(categories.map((label, i) => [label, i]));
    categories.forEach((label, i) => {
      const key = folded(label);
      this.close.set(key, this.close.has(key) ? undefined : i);
      const value = readCell(label, format);
      if (value !== undefined && !this.exact.has(String(value))) this.exact.set(String(value), i);
    });
  }

  find(cell: string): number | undefined {
    const index = this.exact.get(cell) ?? this.exact.get(cell.trim());
    if (index !== undefined) return index;
    const value = readCell(cell, this.format);
    return (value === undefined ? undefined : this.exact.get(String(value))) ?? this.close.get(folded(cell));
  }
}
