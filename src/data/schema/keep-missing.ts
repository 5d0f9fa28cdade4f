import { readCell } from "../cells/format.ts";
import { readNumber } from "../coding/number.ts";
import type { RawTable } from "../raw-table.ts";
import type { Column, ColumnValue, KeepMissing } from "./column.ts";
import { folded } from "./levels.ts";
import type { Schema } from "./schema.ts";

/** Which columns' holes mean "there is none" and are not to be filled, by name. */
export type KeptColumns = Readonly<Record<string, KeepMissing>>;

/**
 * Which holes are to stay, from texts such as "PoolQC" (all holes of the column) and "PoolQC where PoolArea=0" (those in rows where another column has a value); several conditions
 * for one column hold side by side. Gives a sentence of what is wrong for each text that names no such columns.
 */
export function parseKeepMissing(texts: readonly string[], columns: readonly string[]): { kept: KeptColumns; problems: string[] } {
  const kept = new Map<string, KeepMissing>();
  const problems: string[] = [];
  for (const text of texts) {
    if (columns.includes(text)) {
      kept.set(text, true);
      continue;
    }
    const condition = conditionOf(text, columns);
    if (condition === undefined) {
      problems.push(`"${text}": expected a column, or COLUMN where OTHER=VALUE, such as "PoolQC where PoolArea=0"; there are the columns ${columns.map((name) => `"${name}"`).join(", ")}.`);
      continue;
    }
    const { name, where } = condition;
    const before = kept.get(name);
    if (before !== true) kept.set(name, [...(before ?? []), where]);
  }
  return { kept: Object.fromEntries(kept), problems };
}

const word = " where ";

/** "NAME where OTHER=VALUE", where names may hold what stands between them. */
function conditionOf(text: string, columns: readonly string[]): { name: string; where: ColumnValue } | undefined {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const name = text.slice(0, at);
    if (!columns.includes(name)) continue;
    const rest = text.slice(at + word.length);
    for (let equals = rest.indexOf("="); equals >= 0; equals = rest.indexOf("=", equals + 1)) {
      const column = rest.slice(0, equals);
      const value = rest.slice(equals + 1).trim();
      if (columns.includes(column) && column !== name && value !== "") return { name, where: { column, value } };
    }
  }
  return undefined;
}

/** "PoolQC where PoolArea=0" */
export function keptText(name: string, { column, value }: ColumnValue): string {
  return `${name}${word}${column}=${value}`;
}

/** What is wrong with the keepMissing of a schema's column. */
export function keepMissingProblem(value: unknown): string | undefined {
  const isWhere = (item: unknown): boolean => typeof (item as ColumnValue | null)?.column === "string" && typeof (item as ColumnValue).value === "string";
  const fits = value === true || (Array.isArray(value) && value.length > 0 && value.every(isWhere));
  return fits ? undefined : `expected keepMissing to be true or a list of {"column": ..., "value": ...} with texts, got ${JSON.stringify(value)}.`;
}

/** A schema in which more holes stay than so far. Throws RangeError for a column that it does not model. */
export function withKeepMissing(schema: Schema, more: KeptColumns): Schema {
  const given = new Map(Object.entries(more));
  if (given.size === 0) return schema;
  const columns = schema.columns.map((column): Column => {
    const added = given.get(column.name);
    if (added === undefined || column.role === "ignore") return column;
    given.delete(column.name);
    return { ...column, keepMissing: joined(column.keepMissing, added) };
  });
  const [unknown] = given.keys();
  if (unknown !== undefined) throw new RangeError(`[keepMissing] the model has no column "${unknown}"; what it does not model is never filled.`);
  return { ...schema, columns };
}

function joined(before: KeepMissing | undefined, more: KeepMissing): KeepMissing {
  return before === true || more === true ? true : [...(before ?? []), ...more];
}

/**
 * Whether a hole of the column stays in a row of the table, by what stands in other columns there; undefined where none does. `lacking` is told of columns that a condition asks for and
 * the table does not have: such a condition holds nowhere.
 */
export function keptHoles(table: RawTable, { columns }: Schema, { keepMissing }: Column, lacking: (column: string) => void): ((row: number) => boolean) | undefined {
  if (keepMissing === undefined) return undefined;
  if (keepMissing === true) return () => true;
  const tests = keepMissing.flatMap(({ column: name, value }) => {
    const at = table.columns.indexOf(name);
    if (at >= 0) return [hasValue(table, at, value, columns.find((column) => column.name === name && column.role !== "ignore"))];
    lacking(name);
    return [];
  });
  return tests.length === 0 ? undefined : (row) => tests.some((test) => test(row));
}

/** Whether a row has a value in a column: the same number, or the same text but for case and blanks around it. A hole has none. */
export function hasValue(table: RawTable, at: number, value: string, as: Column | undefined): (row: number) => boolean {
  const format = as && table.formatFor(at, as);
  const isMissing = table.missingIn(at, as);
  const number = readCell(value, format) ?? readNumber(value);
  return (row) => {
    const cell = table.cell(row, at);
    if (isMissing(cell)) return false;
    const own = number === undefined ? undefined : readCell(cell, format);
    return own === undefined ? folded(cell) === folded(value) : own === number;
  };
}
