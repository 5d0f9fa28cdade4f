import type { Atom, Column } from "./column.ts";

/** A value is an atom where at least this share of the cells have it, that many cells, and that many times more than other values have in the mean. */
const [leastShare, leastCount, moreThanOthers] = [0.05, 5, 5];
/** The most frequent ones only. */
const mostAtoms = 3;

/** Range and atoms of a column's observed training values. */
export function numberFacts(numbers: readonly number[]): Pick<Column, "range" | "atoms"> {
  const sorted = Float64Array.from(numbers).sort();
  const different: { value: number; count: number }[] = [];
  for (const value of sorted) {
    const last = different[different.length - 1];
    // 0 and -0 are one value
    if (last !== undefined && last.value === value) last.count++;
    else different.push({ value: value + 0, count: 1 });
  }
  const atoms = atomsOf(different, sorted.length);
  return { range: [sorted[0] + 0, sorted[sorted.length - 1] + 0], ...(atoms.length > 0 && { atoms }) };
}

/** Zeros of a porch, the 100 of a percentage: values that are more than one among many. `different`: ascending. */
function atomsOf(different: readonly { value: number; count: number }[], n: number): Atom[] {
  if (different.length < 3) return [];
  const isOne = ({ count }: { count: number }): boolean => count >= leastCount && count >= leastShare * n && count >= (moreThanOthers * (n - count)) / (different.length - 1);
  const chosen = [...different.keys()].filter((i) => isOne(different[i])).sort((a, b) => different[b].count - different[a].count).slice(0, mostAtoms);
  return chosen
    .sort((a, b) => a - b)
    .map((i) => {
      const { value, count } = different[i];
      const [before, after] = [different[i - 1]?.value, different[i + 1]?.value];
      // at an end as far as on the other side
      return { value, low: before === undefined ? value - (after - value) / 2 : (before + value) / 2, high: after === undefined ? value + (value - before) / 2 : (value + after) / 2, share: count / n };
    });
}
