import { hasComma, isInfinite, readNumber } from "../coding/number.ts";
import type { RawTable } from "../raw-table.ts";
import { isContinuous, isOnLogScale, isOrdered, isWhole, mostLevels, type Column, type ColumnType } from "./column.ts";
import type { Remedy, TableProblem } from "../table-error.ts";

/** Fewer distinct values than this make a numeric column discrete. */
const discreteBelow = 10;
/** A column with at least this share of numbers is numeric; what is not a number in it is a problem. */
const numericShare = 0.95;
const mostDecimals = 12;

export type Description = Omit<Column, "name" | "role">;

/** What a column holds, from its observed cells in the given rows; `wanted` overrides the type. */
export function describeColumn(table: RawTable, index: number, rows: ArrayLike<number>, wanted: ColumnType | undefined): { column: Description; problems: TableProblem[] } {
  const cells = readColumn(table, index, rows);
  const name = table.columns[index];
  const failed = (problems: TableProblem[]): { column: Description; problems: TableProblem[] } => ({ column: { type: wanted ?? "real" }, problems });
  if (cells.seen === 0) {
    const where = rows.length === table.rows ? "every cell is missing" : `every cell is missing in the ${rows.length} training rows`;
    return failed([{ column: name, message: `${where}; leave the column out (type "ignore").`, remedies: ["types"] }]);
  }
  if (wanted === undefined ? cells.texts.length > 0 && isNumeric(cells, (row) => table.cell(row, index)) : isContinuous(wanted) && cells.texts.length > 0) {
    return failed(cells.texts.map((row) => ({ row: table.line(row), column: name, ...notANumber(table.cell(row, index), wanted === undefined) })));
  }
  const type = wanted ?? inferType(cells);
  if (!isContinuous(type)) return describeDiscrete(type, cells, name);
  const { numbers, decimals } = cells;
  const negative = numbers.find((value) => value < 0);
  if (isOnLogScale(type) && negative !== undefined) {
    return failed([{ column: name, message: `a ${type} column holds ${negative}; set its type to "real".`, remedies: ["types"] }]);
  }
  const fraction = numbers.find((value) => !Number.isInteger(value));
  if (isWhole(type) && fraction !== undefined) {
    return failed([{ column: name, message: `a ${type} column holds ${fraction}, which is no whole number; set its type to "positive".`, remedies: ["types"] }]);
  }
  return { column: { type, ...moments(isOnLogScale(type) ? numbers.map(Math.log1p) : numbers), ...(decimals === undefined ? {} : { decimals }) }, problems: [] };
}

/** What to say of a cell that should be a number; `inferred`: the column's type is not the user's, so that another is possible. */
export function notANumber(cell: string, inferred = false): Pick<TableProblem, "message" | "remedies"> {
  const text = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
  const comma = hasComma(cell);
  const advice = comma ? "write it with a decimal point and no comma" : `add ${text} to the missing tokens`;
  return {
    message: `expected a number, got ${text}; ${advice}${inferred ? `, or set the column's type to "categorical"` : ""}.`,
    remedies: [...(comma ? [] : (["missing"] as const)), ...(inferred ? (["types"] as const) : [])],
  };
}

interface Level {
  label: string;
  count: number;
}

interface Cells {
  seen: number;
  numbers: number[];
  /** Rows of the table whose cell is not a number. */
  texts: number[];
  /** By label and, for numbers, by value: at most one more than a column may have. */
  labels: Map<string, Level>;
  values: Map<number, Level>;
  /** Digits after the point; undefined where a number has an exponent. */
  decimals: number | undefined;
}

function readColumn(table: RawTable, index: number, rows: ArrayLike<number>): Cells {
  const cells: Cells = { seen: 0, numbers: [], texts: [], labels: new Map(), values: new Map(), decimals: 0 };
  for (let i = 0; i < rows.length; i++) {
    const cell = table.observedCell(rows[i], index);
    if (cell === undefined) continue;
    cells.seen++;
    count(cells.labels, cell, cell);
    const value = readNumber(cell);
    if (value === undefined) {
      cells.texts.push(rows[i]);
      continue;
    }
    cells.numbers.push(value);
    // 0 and -0 are one key
    count(cells.values, value, cell);
    if (cells.decimals !== undefined) cells.decimals = /e/i.test(cell) ? undefined : Math.max(cells.decimals, decimalsOf(cell.trim()));
  }
  return cells;
}

function count<K>(levels: Map<K, Level>, key: K, label: string): void {
  if (levels.size > mostLevels) return;
  const level = levels.get(key);
  if (level === undefined) levels.set(key, { label, count: 1 });
  else level.count++;
}

/** Whether a column that holds some texts is meant to be numeric. */
function isNumeric({ seen, numbers, texts, labels }: Cells, cellOf: (row: number) => string): boolean {
  // few levels such as "1,2" and "2,3" may well be texts
  const commas = labels.size >= discreteBelow;
  const alike = texts.filter((row) => isInfinite(cellOf(row)) || (commas && hasComma(cellOf(row))));
  return numbers.length + alike.length >= numericShare * seen;
}

function inferType({ numbers, texts, labels, values }: Cells): ColumnType {
  if (texts.length > 0) return labels.size === 2 ? "binary" : "categorical";
  if (values.size < discreteBelow) return values.size === 2 ? "binary" : "categorical";
  return numbers.some((value) => value < 0) ? "real" : "positive";
}

function describeDiscrete(type: ColumnType, cells: Cells, name: string): { column: Description; problems: TableProblem[] } {
  // "1" and "1.0" are one level where all labels are numbers
  const levels =
    cells.texts.length === 0
      ? [...cells.values].sort(([a], [b]) => a - b).map(([, level]) => level)
      : [...cells.labels.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
  const column: Description = { type, categories: levels.map(({ label }) => label) };
  const problem = (message: string, remedy: Remedy = "types"): { column: Description; problems: TableProblem[] } => ({ column, problems: [{ column: name, message, remedies: [remedy] }] });
  if (levels.length > mostLevels) return problem(`more than ${mostLevels} different ${cells.texts.length === 0 ? "values" : "texts"}, too many for a categorical column; leave it out (type "ignore").`);
  if (type === "binary" && levels.length !== 2) return problem(`a binary column has 2 levels, this one has ${levels.length} in the training rows; set its type to "categorical".`);
  if (isOrdered(type)) {
    if (levels.length < 2) return problem(`an ordinal column has at least 2 levels, this one has ${levels.length} in the training rows; leave it out (type "ignore").`);
    if (cells.texts.length > 0) return problem(`levels of an ordinal column that are texts (${shownLevels(levels)}) have no order of their own; give a schema in which the column has the type "ordinal" and its categories stand in order, lowest first.`, "schema");
  }
  if (type === "binary") column.positiveWeight = levels[0].count / levels[1].count;
  return { column, problems: [] };
}

function shownLevels(levels: readonly Level[]): string {
  return `${levels.slice(0, 3).map(({ label }) => JSON.stringify(label)).join(", ")}${levels.length > 3 ? ", ..." : ""}`;
}

/** Mean and population deviation; a constant column gets deviation 1, so that its coded value is 0. */
function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const std = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
  // the mean of equal values is off by rounding
  return { mean, std: std > 1e-12 * Math.abs(mean) ? std : 1 };
}

/** Digits after the point, 0 for whole numbers. */
function decimalsOf(cell: string): number {
  const point = cell.indexOf(".");
  return point < 0 ? 0 : Math.min(mostDecimals, cell.length - point - 1);
}
