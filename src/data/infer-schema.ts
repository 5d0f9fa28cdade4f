import type { RawTable } from "./csv.ts";
import { readNumber } from "./number.ts";
import { columnTypes, isContinuous, type Column, type ColumnType, type Schema } from "./schema.ts";
import { TableError, type TableProblem } from "./table-error.ts";

export interface InferOptions {
  targets: readonly string[];
  /** Types given by the user, by column; "ignore" leaves a column out. */
  types?: Readonly<Record<string, ColumnType | "ignore">>;
  /** Training rows; statistics, types and levels come from them alone. Default: all. */
  rows?: ArrayLike<number>;
  source?: string;
}

/** Fewer distinct values than this make a numeric column discrete. */
const discreteBelow = 10;
const mostLevels = 1000;
/** A column with at least this share of numbers is numeric; what is not a number in it is a problem. */
const numericShare = 0.95;

/** What each column holds, from the training rows' observed cells. Throws TableError with all problems. */
export function inferSchema(table: RawTable, options: InferOptions): Schema {
  const { targets, types = {} } = options;
  const problems: TableProblem[] = [];
  for (const name of [...targets, ...Object.keys(types)]) {
    if (!table.columns.includes(name)) problems.push({ column: name, message: `there is no such column; there are ${table.columns.map((column) => `"${column}"`).join(", ")}.` });
  }
  for (const [name, type] of Object.entries(types)) {
    if (type !== "ignore" && !columnTypes.includes(type)) problems.push({ column: name, message: `unknown type "${String(type)}"; use ${columnTypes.join(", ")} or ignore.` });
  }
  if (problems.length > 0) throw new TableError(problems, options.source);
  const rows = options.rows ?? Array.from({ length: table.rows }, (_, row) => row);
  const columns = table.columns.map((name, index): Column => {
    if (types[name] === "ignore") return { name, role: "ignore", type: "categorical" };
    const role = targets.includes(name) ? "target" : "feature";
    const found = describe(table, index, rows, types[name] as ColumnType | undefined);
    problems.push(...found.problems.map((problem) => ({ ...problem, column: name })));
    return { name, role, ...found.column };
  });
  if (!columns.some((column) => column.role === "feature")) problems.push({ message: "no column is left as a feature; at least one is needed." });
  if (problems.length > 0) throw new TableError(problems, options.source);
  return { version: 1, columns };
}

type Description = Omit<Column, "name" | "role">;

function describe(table: RawTable, index: number, rows: ArrayLike<number>, wanted: ColumnType | undefined): { column: Description; problems: TableProblem[] } {
  const none: Description = { type: wanted ?? "real", mean: 0, std: 1 };
  const numbers: number[] = [];
  const levels = new Map<string, number>();
  const texts: { row: number; cell: string }[] = [];
  let decimals = 0;
  let seen = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (table.isMissing(row, index)) continue;
    const cell = table.cell(row, index);
    seen++;
    levels.set(cell, (levels.get(cell) ?? 0) + 1);
    const value = readNumber(cell);
    if (value === undefined) texts.push({ row, cell });
    else {
      numbers.push(value);
      decimals = Math.max(decimals, decimalsOf(cell));
    }
  }
  if (seen === 0) return { column: none, problems: [{ message: "every cell is missing; leave the column out with --type COLUMN=ignore." }] };
  const numeric = numbers.length >= numericShare * seen;
  const mustBeNumeric = wanted !== undefined && isContinuous(wanted);
  if (texts.length > 0 && (mustBeNumeric || (numeric && wanted === undefined))) {
    return {
      column: none,
      problems: texts.map(({ row, cell }) => ({
        row: table.line(row),
        message: `expected a number, got ${JSON.stringify(cell.slice(0, 40))}; add it to the missing tokens (--missing), or make the column text with --type COLUMN=categorical.`,
      })),
    };
  }
  const distinct = new Set(numeric ? numbers.map(String) : levels.keys()).size;
  const type = wanted ?? (!numeric ? (distinct === 2 ? "binary" : "categorical") : distinct < discreteBelow ? (distinct === 2 ? "binary" : "categorical") : numbers.some((value) => value < 0) ? "real" : "positive");
  if (!isContinuous(type)) return discrete(type, levels, numeric);
  if (type === "positive" && numbers.some((value) => value < 0)) {
    return { column: none, problems: [{ message: `a positive column holds ${numbers.find((value) => value < 0)}; use --type COLUMN=real.` }] };
  }
  return { column: { type, ...moments(type === "positive" ? numbers.map(Math.log1p) : numbers), decimals }, problems: [] };
}

function discrete(type: ColumnType, levels: Map<string, number>, numeric: boolean): { column: Description; problems: TableProblem[] } {
  const compare = numeric ? (a: string, b: string): number => Number(a) - Number(b) : (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  // "1" and "1.0" are one level where all labels are numbers
  const counts = new Map<string, number>();
  const byNumber = new Map<number, string>();
  for (const [label, count] of levels) {
    const key = numeric ? (byNumber.get(Number(label)) ?? label) : label;
    if (numeric) byNumber.set(Number(label), key);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  const categories = [...counts.keys()].sort(compare);
  const column: Description = { type, categories };
  if (categories.length > mostLevels) {
    return { column, problems: [{ message: `${categories.length} different texts; a categorical column has at most ${mostLevels}. Leave it out with --type COLUMN=ignore.` }] };
  }
  if (type === "binary" && categories.length !== 2) {
    return { column, problems: [{ message: `a binary column has 2 levels, this one has ${categories.length} in the training rows; use --type COLUMN=categorical.` }] };
  }
  if (type === "binary") column.positiveWeight = counts.get(categories[0])! / counts.get(categories[1])!;
  return { column, problems: [] };
}

/** Mean and population deviation; a constant column gets deviation 1, so that its coded value is 0. */
function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  const std = Math.sqrt(variance);
  return { mean, std: std > 1e-12 * Math.max(1, Math.abs(mean)) ? std : 1 };
}

/** Digits after the point, 0 for whole numbers; what is in exponent form counts as 6. */
function decimalsOf(cell: string): number {
  if (/e/i.test(cell)) return 6;
  const point = cell.indexOf(".");
  return point < 0 ? 0 : Math.min(12, cell.length - point - 1);
}
