import { imageProblems, type SchemaImage } from "../images/schema-image.ts";
import { formatProblem } from "../cells/format.ts";
import { readingProblems, type Reading } from "../reading.ts";
import { columnTypes, type ColumnType, mostLevels, type Column, type ColumnValue, isContinuous, type Atom, type Bins } from "./column.ts";
import { SchemaError, type TableProblem } from "../table-error.ts";
import { shownValue } from "../../math/shown-value.ts";

export interface Schema {
  version: 1;
  columns: Column[];
  /** The features are a picture's pixels. */
  image?: SchemaImage;
  /** How the training table was read; later tables are read alike. */
  reading?: Reading;
}

export function featureColumns(schema: Schema): Column[] {
  return schema.columns.filter((column) => column.role === "feature");
}

export function targetColumns(schema: Schema): Column[] {
  return schema.columns.filter((column) => column.role === "target");
}

/** The schema as text to read and edit. */
export function formatSchema(schema: Schema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Reads a schema file. Throws SchemaError with all that is wrong. */
export function parseSchema(text: string, source = "schema.json"): Schema {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new SchemaError([{ message: `not valid JSON: ${(cause as Error).message}; make a new one with \`hhvaem schema\`.` }], source);
  }
  const { version, columns } = (value ?? {}) as { version?: unknown; columns?: unknown };
  if (version !== 1 || !Array.isArray(columns)) {
    throw new SchemaError([{ message: `expected {"version": 1, "columns": [...]}, got version ${shownValue(version)}; make a new one with \`hhvaem schema\`.` }], source);
  }
  const problems = columns.flatMap((column: unknown, i) => columnProblems(column, i));
  const seen = new Set<unknown>();
  for (const column of columns) {
    const name = (column as Column | null)?.name;
    if (typeof name === "string" && seen.has(name)) problems.push({ column: name, message: "the column stands twice." });
    seen.add(name);
  }
  if (problems.length === 0 && featureColumns(value as Schema).length === 0) problems.push({ message: 'no column has the role "feature"; at least one is needed.' });
  const { reading } = value as { reading?: unknown };
  if (reading !== undefined) problems.push(...readingProblems(reading).map((message) => ({ message })));
  if (problems.length === 0) problems.push(...imageProblems(value as Schema));
  if (problems.length > 0) throw new SchemaError(problems, source);
  return value as Schema;
}

function columnProblems(value: unknown, i: number): TableProblem[] {
  if (typeof value !== "object" || value === null) return [{ message: `columns[${i}] must be an object, got ${shownValue(value)}.` }];
  const column = value as Partial<Column>;
  const name = typeof column.name === "string" ? column.name : `columns[${i}]`;
  const problems: string[] = [];
  if (typeof column.name !== "string" || column.name === "") problems.push("expected a name.");
  if (!["feature", "target", "ignore"].includes(column.role as string)) problems.push(`expected role "feature", "target" or "ignore", got ${shownValue(column.role)}.`);
  if (!columnTypes.includes(column.type as ColumnType)) problems.push(`expected type ${columnTypes.map((type) => `"${type}"`).join(", ")}, got ${shownValue(column.type)}.`);
  else if (column.role !== "ignore") problems.push(...typeProblems(column as Column));
  const format = column.format === undefined ? undefined : formatProblem(column.format);
  if (format !== undefined) problems.push(format);
  const kept = column.keepMissing === undefined ? undefined : keepMissingProblem(column.keepMissing);
  if (kept !== undefined) problems.push(kept);
  for (const key of ["missing", "keep"] as const) {
    const list: unknown = column[key];
    if (list !== undefined && !(Array.isArray(list) && list.every((text) => typeof text === "string"))) problems.push(`expected ${key} to be a list of texts, got ${shownValue(list)}.`);
  }
  return problems.map((message) => ({ column: name, message }));
}

function typeProblems(column: Column): string[] {
  if (isContinuous(column.type)) {
    const problems: string[] = [];
    if (!Number.isFinite(column.mean)) problems.push(`expected mean to be a number, got ${shownValue(column.mean)}.`);
    if (!(Number.isFinite(column.std) && column.std! > 0)) problems.push(`expected std to be a number above 0, got ${shownValue(column.std)}.`);
    if (column.decimals !== undefined && !(Number.isInteger(column.decimals) && column.decimals >= 0 && column.decimals <= 100)) problems.push(`expected decimals to be a whole number from 0 to 100, got ${shownValue(column.decimals)}.`);
    if (column.dropsZeros !== undefined && column.dropsZeros !== true) problems.push(`expected dropsZeros to be true, or nothing, got ${shownValue(column.dropsZeros)}.`);
    const { knots, bins, bounds, range, atoms } = column;
    if (column.type === "bounded" && !(isPair(bounds) && bounds[0] < bounds[1])) problems.push(`expected bounds to be two ascending numbers, got ${shownValue(bounds)}.`);
    if (range !== undefined && !(isPair(range) && range[0] <= range[1])) problems.push(`expected range to be the least and the largest value, got ${shownValue(range)}.`);
    if (atoms !== undefined && !(Array.isArray(atoms) && atoms.every(isAtomOfColumn))) problems.push("expected atoms to be a list of value, low, high and share, with low < value < high.");
    if (knots !== undefined && !ascending(knots)) problems.push("expected knots to be ascending numbers.");
    if (bins !== undefined && !areBins(bins)) problems.push("expected bins to be intervals side by side: low, high, mean and units, lists of one length.");
    return problems;
  }
  const { categories } = column;
  if (!Array.isArray(categories) || categories.some((label) => typeof label !== "string")) return ["expected categories to be a list of texts."];
  const problems: string[] = [];
  if (new Set(categories).size !== categories.length) problems.push("a category stands twice.");
  if (column.type === "binary" && categories.length !== 2) problems.push(`a binary column has 2 categories, got ${categories.length}.`);
  if (column.type === "ordinal" && categories.length < 2) problems.push(`an ordinal column has at least 2 categories, lowest first, got ${categories.length}.`);
  if (categories.length > mostLevels) problems.push(`${categories.length} categories; the most is ${mostLevels}.`);
  if (column.usual !== undefined && categories[column.usual] === undefined) problems.push(`expected usual to be the index of a category, got ${shownValue(column.usual)}.`);
  if (categories.length < 1) problems.push("expected at least one category.");
  if (column.positiveWeight !== undefined && !(column.positiveWeight > 0 && Number.isFinite(column.positiveWeight))) problems.push(`expected positiveWeight to be above 0, got ${shownValue(column.positiveWeight)}.`);
  return problems;
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((item) => Number.isFinite(item));
}

function isAtomOfColumn(item: unknown): boolean {
  const { value, low, high, share } = (item ?? {}) as Partial<Atom>;
  return [value, low, high, share].every((number) => Number.isFinite(number)) && low! < value! && value! < high!;
}

function ascending(list: unknown): boolean {
  return Array.isArray(list) && list.every((value, i) => Number.isFinite(value) && (i === 0 || value > list[i - 1]));
}

function areBins(value: unknown): boolean {
  const { low, high, mean, units, atoms = false } = (value ?? {}) as Partial<Bins>;
  if (typeof atoms !== "boolean" && !(Array.isArray(atoms) && atoms.length === low?.length && atoms.every((item) => typeof item === "boolean"))) return false;
  if (!ascending(low) || !ascending(high) || low!.length === 0) return false;
  const whole = [mean, units].every((list) => Array.isArray(list) && list.length === low!.length && list.every((item) => Number.isFinite(item)));
  return whole && high!.length === low!.length && low!.every((from, i) => from < high![i] && (i === 0 || from === high![i - 1]));
}

/** What is wrong with the keepMissing of a schema's column. */
function keepMissingProblem(value: unknown): string | undefined {
  const isWhere = (item: unknown): boolean => typeof (item as ColumnValue | null)?.column === "string" && typeof (item as ColumnValue).value === "string";
  const fits = value === true || (Array.isArray(value) && value.length > 0 && value.every(isWhere));
  return fits ? undefined : `expected keepMissing to be true or a list of {"column": ..., "value": ...} with texts, got ${shownValue(value)}.`;
}
