import { describeColumn, type ColumnDecision } from "./describe-column.ts";
import type { RawTable } from "../raw-table.ts";
import type { Note } from "../reading.ts";
import type { LevelRule } from "./infer-type.ts";
import { columnTypes, type Column, type ColumnType } from "./column.ts";
import { holesTogether } from "./holes-together.ts";
import type { KeptColumns } from "./keep-missing.ts";
import type { Schema } from "./schema.ts";
import { TableError, type TableProblem } from "../table-error.ts";

export interface InferOptions {
  targets: readonly string[];
  /** Types given by the user, by column; "ignore" leaves a column out. */
  types?: Readonly<Record<string, ColumnType | "ignore">>;
  /** The numbers that values of bounded columns lie between, by column. */
  bounds?: Readonly<Record<string, [number, number]>>;
  /** Training rows; statistics, types and levels come from them alone. Default: all. */
  rows?: ArrayLike<number>;
  source?: string;
  /** What few different numbers are; default: ordered levels. The paper's presets keep the paper's rule, "unordered". */
  levelRule?: LevelRule;
  /** Holes that mean "there is none" and are not to be filled. */
  keepMissing?: KeptColumns;
}

/** A schema with the reasons for it. */
export interface Decisions {
  schema: Schema;
  /** One a column of the table. */
  columns: (Pick<ColumnDecision, "why" | "notes"> & { column: Column })[];
  /** What was found and mended in reading the file. */
  notes: readonly Note[];
}

/** What each column holds, from the training rows' observed cells. Throws TableError with all problems. */
export function inferSchema(table: RawTable, options: InferOptions): Schema {
  return decideSchema(table, options).schema;
}

/** What each column holds and why it is taken for that. Throws TableError with all problems. */
export function decideSchema(table: RawTable, options: InferOptions): Decisions {
  const { targets, source, levelRule } = options;
  const types = new Map(Object.entries(options.types ?? {}));
  const bounds = new Map(Object.entries(options.bounds ?? {}));
  for (const name of bounds.keys()) if (!types.has(name)) types.set(name, "bounded");
  const problems = namingProblems(table, targets, types, options.keepMissing);
  for (const name of bounds.keys()) if (types.get(name) !== "bounded") problems.push({ column: name, message: `bounds are for columns of the type "bounded", and it was given the type "${types.get(name)}".` });
  if (problems.length > 0) throw new TableError(problems, source);
  const rows = options.rows ?? Array.from({ length: table.rows }, (_, row) => row);
  if (rows.length < 2) throw new TableError([{ message: `there ${rows.length === 0 ? "are no training rows" : "is one training row"}; expected at least two to learn from, and better some hundred.` }], source);
  const columns = table.columns.map((name, index): Decisions["columns"][number] => {
    const type = types.get(name);
    if (type === "ignore") return { column: { name, role: "ignore", type: "categorical" }, why: "you said so", notes: [] };
    const found = describeColumn(table, index, rows, type, { bounds: bounds.get(name), levelRule });
    const target = targets.includes(name);
    // folds of one table have the same features
    const leaveOut = type !== undefined || target ? undefined : options.rows === undefined ? found.leaveOut : leftOutOf(table, levelRule)(index);
    if (leaveOut !== undefined) {
      return { column: { name, role: "ignore", type: "categorical", reason: leaveOut }, why: leaveOut, notes: [{ text: `carried along, not modelled: ${leaveOut}`, ...(found.problems.length === 0 && { change: { option: "type", value: `${name}=${found.column.type}` } }) }] };
    }
    for (const problem of found.problems) problems.push(problem);
    if (target && found.problems.length === 0 && found.onlyValue !== undefined) problems.push({ column: name, message: `every cell that has a value holds ${JSON.stringify(found.onlyValue)}: a target of one value leaves nothing to learn; choose another, or none.` });
    return { column: { name, role: target ? "target" : "feature", ...found.column }, why: found.why, notes: found.notes };
  });
  if (!columns.some(({ column }) => column.role === "feature")) problems.push(noFeature(columns.map(({ column }) => column)));
  if (problems.length > 0) throw new TableError(problems, source);
  const together = holesTogether(table, columns.map(({ column }) => column), rows);
  const noted = columns.map((decision, index) => {
    const { column, notes } = decision;
    const keepMissing = column.role === "ignore" ? undefined : options.keepMissing?.[column.name];
    return keepMissing ? { ...decision, column: { ...column, keepMissing } } : { ...decision, notes: [...notes, ...together(index)] };
  });
  return { schema: { version: 1, columns: noted.map(({ column }) => column), reading: table.reading }, columns: noted, notes: table.notes };
}

/** Nothing is left to learn from, and why each column is not. */
export function noFeature(columns: readonly Column[]): TableProblem {
  const leftOut = columns.flatMap(({ name, role, reason }) => (role === "ignore" ? [`"${name}"${reason === undefined ? "" : ` (${reason})`}`] : []));
  const shown = leftOut.slice(0, 10).join(", ") + (leftOut.length > 10 ? ` and ${leftOut.length - 10} more` : "");
  if (leftOut.length === 0) return { message: "every column is a target; at least one column must be left to predict from." };
  return { message: `no column is left as a feature, and at least one is needed; left out: ${shown}. Give one of them a type.`, remedies: ["types"] };
}

const knownReasons = new WeakMap<RawTable, Map<string, string | undefined>>();

/** Why a column is left out by all rows of its table; found once for all folds. */
function leftOutOf(table: RawTable, levelRule: LevelRule | undefined): (index: number) => string | undefined {
  const known = knownReasons.get(table) ?? new Map<string, string | undefined>();
  knownReasons.set(table, known);
  return (index) => {
    const key = `${index} ${levelRule ?? ""}`;
    if (!known.has(key)) known.set(key, describeColumn(table, index, Array.from({ length: table.rows }, (_, row) => row), undefined, { levelRule }).leaveOut);
    return known.get(key);
  };
}

/** What is wrong with the columns that the user names. */
function namingProblems(table: RawTable, targets: readonly string[], types: ReadonlyMap<string, string>, keepMissing: KeptColumns = {}): TableProblem[] {
  const problems: TableProblem[] = [];
  for (const name of new Set([...targets, ...types.keys(), ...Object.keys(keepMissing)])) {
    if (!table.columns.includes(name)) problems.push({ column: name, message: `there is no such column; there are ${table.columns.map((column) => `"${column}"`).join(", ")}.` });
  }
  for (const [name, type] of types) {
    if (type === "ignore") {
      if (targets.includes(name)) problems.push({ column: name, message: "the column is both a target and ignored; choose one." });
    } else if (!columnTypes.some((known) => known === type)) {
      problems.push({ column: name, message: `unknown type "${type}"; use ${columnTypes.join(", ")} or ignore.` });
    }
  }
  return problems;
}
