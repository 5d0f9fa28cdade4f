import { readCell } from "../cells/format.ts";
import type { RawTable } from "../raw-table.ts";
import type { Note } from "../reading.ts";
import type { Column } from "./column.ts";
import { keptText } from "./keep-missing.ts";
import { folded } from "./levels.ts";

/** So many holes, and nearly all of them where another column has one value, and nearly all such rows with a hole. */
const [leastHoles, nearlyAll] = [10, 0.99];
/** Holes that are looked at first: few pairs of columns go together. */
const firstLook = 50;
/** As many other sets of rows of that size, for each pair of columns, make it no accident. */
const leastOdds = 1000;

/** Where the holes of a column go together with one value of another. */
interface Together {
  other: number;
  value: string;
  /** Rows with a hole and the value, with a hole, and with the value. */
  both: number;
  holes: number;
  having: number;
}

/**
 * Notes on holes that may mean "there is none", by index of the column: those of a pool's quality are where its area is 0. Looks at pairs of columns of which the first has holes; what
 * takes more than a first look is rare.
 */
export function holesTogether(table: RawTable, columns: readonly Column[], rows: ArrayLike<number>): (index: number) => Note[] {
  const keys = columns.map((column, index) => (column.role === "ignore" ? undefined : keyOf(table, index, column)));
  const fewest = Math.log(leastOdds * columns.length ** 2);
  return (index) => {
    const own = keys[index];
    if (!own) return [];
    const holes: number[] = [];
    for (let i = 0; i < rows.length; i++) if (own(rows[i]) === undefined) holes.push(rows[i]);
    if (holes.length < leastHoles || logChoose(rows.length, holes.length) < fewest) return [];
    const found = keys.flatMap((key, other) => (key && other !== index && columns[other].role === "feature" ? (pairOf(key, other, holes, rows) ?? []) : []));
    if (found.length === 0) return [];
    const quality = ({ both, holes: all, having, value }: Together): number => (2 * both) / (all + having) + (Number(value) === 0 ? 1e-3 : 0);
    return [noteOf(columns, index, found.reduce((best, pair) => (quality(pair) > quality(best) ? pair : best)))];
  };
}

/** What a row has in a column, the same for the same number or level; undefined for a hole. */
function keyOf(table: RawTable, index: number, column: Column): (row: number) => string | undefined {
  const format = table.formatFor(index, column);
  const isMissing = table.missingIn(index, column);
  return (row) => {
    const cell = table.cell(row, index);
    if (isMissing(cell)) return undefined;
    const value = readCell(cell, format);
    return value === undefined || format?.date !== undefined ? folded(cell) : String(value);
  };
}

type Key = (row: number) => string | undefined;

function pairOf(key: Key, other: number, holes: readonly number[], rows: ArrayLike<number>): Together | undefined {
  const first = Math.min(firstLook, holes.length);
  const looked = Array.from({ length: first }, (_, i) => key(holes[Math.floor((i * holes.length) / first)]));
  const value = mostFrequent(looked);
  if (value === undefined || looked.filter((found) => found !== value).length > 0.1 * looked.length) return undefined;
  let both = 0;
  for (const row of holes) if (key(row) === value) both++;
  if (both < nearlyAll * holes.length) return undefined;
  let having = 0;
  for (let i = 0; i < rows.length; i++) if (key(rows[i]) === value) having++;
  // where nearly all rows have both, the others must differ too
  const [withoutHole, valueAlone] = [rows.length - holes.length, having - both];
  if (both < nearlyAll * having || valueAlone > 0.1 * withoutHole || holes.length - both > 0.1 * (rows.length - having)) return undefined;
  return { other, value, both, holes: holes.length, having };
}

function mostFrequent(values: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: string | undefined;
  for (const [value, count] of counts) if (best === undefined || count > counts.get(best)!) best = value;
  return best;
}

function noteOf(columns: readonly Column[], index: number, { other, value, both, holes, having }: Together): Note {
  const count = (n: number): string => n.toLocaleString("en-US");
  const exactly = both === holes && both === having;
  const label = columns[other].categories?.find((category) => folded(category) === value) ?? value;
  const where = `where "${columns[other].name}" is ${label}`;
  const text = exactly ? `the ${count(holes)} holes are exactly ${where}` : `${count(both)} of the ${count(holes)} holes are ${where}, which ${count(having)} rows have`;
  return { text: `${text}; if they mean "there is none", leave them`, change: { option: "keep-missing", value: keptText(columns[index].name, { column: columns[other].name, value: label }) } };
}

/** log of n over k, by sum_i log((n - k + i) / i). */
function logChoose(n: number, k: number): number {
  const few = Math.min(k, n - k);
  let total = 0;
  // enough to be no accident
  for (let i = 1; i <= few && total < 100; i++) total += Math.log((n - few + i) / i);
  return total;
}
