import { codeTable, decideSchema, parseKeepMissing, TableError, type Column, type ColumnType, type LevelRule, type Note, type RawTable, type Schema, type TableProblem } from "../../../data/index.ts";
import { noFeature } from "../../../data/schema/infer-schema.ts";
import { describeColumn } from "../../../data/schema/describe-column.ts";

/** What the user says of the columns. */
export interface Choices {
  targets: string[];
  /** Only where the user wishes something else than what was found. */
  types: Record<string, ColumnType | "ignore">;
  /** Numbers that no value of a column lies beyond. */
  bounds?: Record<string, [number, number]>;
  /** Holes that stay: "COLUMN", or "COLUMN where OTHER=VALUE". */
  keepMissing?: string[];
  /** A schema file: what it says of a column stands until the user decides otherwise. */
  schema?: Schema;
}

/** What a column is taken for. One that cannot be used as it is has problems and is left out. */
export interface DecidedColumn {
  column: Column;
  why: string;
  notes: readonly Note[];
  problems: readonly TableProblem[];
}

export interface Decided {
  columns: DecidedColumn[];
  /** What stands against a training; with nothing, there is a schema. */
  problems: readonly TableProblem[];
  schema?: Schema;
}

const leftOut = (name: string): Column => ({ name, role: "ignore", type: "categorical" });

/** What the columns of a table are by themselves and by the user's choices. A column that nobody asked for and that cannot be used is left out, with its problems. */
export function decide(raw: RawTable, choices: Choices, source: string, levelRule?: LevelRule): Decided {
  return choices.schema ? decideBySchema(raw, choices, choices.schema, source) : decideByCells(raw, choices, source, levelRule);
}

function decideByCells(raw: RawTable, { targets, types, bounds, keepMissing = [] }: Choices, source: string, levelRule?: LevelRule): Decided {
  const failed = new Map<string, TableProblem[]>();
  const asked = (name: string): boolean => Object.hasOwn(types, name) || targets.includes(name);
  for (;;) {
    const wished = { ...types, ...Object.fromEntries([...failed.keys()].map((name) => [name, "ignore" as const])) };
    try {
      const found = decideSchema(raw, { targets: targets.filter((name) => !failed.has(name)), types: wished, bounds, keepMissing: parseKeepMissing(keepMissing, raw.columns).kept, levelRule, source });
      const columns = found.columns.map((decided): DecidedColumn => (failed.has(decided.column.name) ? failedColumn(raw, decided.column.name, types, failed) : { ...decided, problems: [] }));
      const problems = [...failed].flatMap(([name, own]) => (asked(name) ? own : []));
      return { columns, problems, ...(problems.length === 0 && { schema: found.schema }) };
    } catch (cause) {
      if (!(cause instanceof TableError)) throw cause;
      let more = false;
      for (const problem of cause.problems) {
        const { column } = problem;
        if (column === undefined || !raw.columns.includes(column)) continue;
        more ||= !failed.has(column);
        failed.set(column, [...(failed.get(column) ?? []), problem]);
      }
      // nothing that could be left out is in the way: it is the table as a whole
      if (!more) return { columns: raw.columns.map((name) => failedColumn(raw, name, types, failed)), problems: [...cause.problems, ...[...failed.values()].flat()] };
    }
  }
}

/** A column of a table that cannot be used: still with what is known about it. */
function failedColumn(raw: RawTable, name: string, types: Choices["types"], failed: ReadonlyMap<string, TableProblem[]>): DecidedColumn {
  const wish = types[name];
  if (wish === "ignore") return { column: leftOut(name), why: "you said so", notes: [], problems: [] };
  const rows = Array.from({ length: raw.rows }, (_, row) => row);
  const { why, notes, leaveOut } = describeColumn(raw, raw.columns.indexOf(name), rows, wish);
  return { column: { ...leftOut(name), ...(leaveOut !== undefined && { reason: leaveOut }) }, why, notes, problems: failed.get(name) ?? [] };
}

/** A schema file says what the columns are; those that the user has given another type are found anew. */
function decideBySchema(raw: RawTable, choices: Choices, given: Schema, source: string): Decided {
  const { targets, types, bounds = {} } = choices;
  const changed = new Set([...Object.keys(types), ...Object.keys(bounds)]);
  const anew = changed.size > 0 ? decideByCells(raw, choices, source) : undefined;
  const known = new Map(given.columns.map((column) => [column.name, column]));
  const columns = raw.columns.map((name, index): DecidedColumn => {
    if (anew && changed.has(name)) return anew.columns[index];
    const column = known.get(name);
    if (!column) return { column: leftOut(name), why: "the schema file does not have it", notes: [], problems: [] };
    const role = column.role === "ignore" ? "ignore" : targets.includes(name) ? "target" : "feature";
    return { column: { ...column, role }, why: "the schema file says so", notes: [], problems: [] };
  });
  const problems = anew?.problems.filter(({ column }) => column !== undefined && changed.has(column)) ?? [];
  if (problems.length > 0) return { columns, problems };
  const inTable = new Map(columns.map(({ column }) => [column.name, column]));
  const order = [...given.columns.map(({ name }) => name), ...raw.columns.filter((name) => !known.has(name))];
  const schema: Schema = { ...given, columns: order.map((name) => inTable.get(name) ?? known.get(name)!), reading: { ...given.reading, ...raw.reading } };
  if (!schema.columns.some(({ role }) => role === "feature")) return { columns, problems: [noFeature(schema.columns)] };
  // at use such a feature counts as missing; to learn from there is nothing
  const lacking = schema.columns.filter(({ name, role }) => role === "feature" && !raw.columns.includes(name));
  if (lacking.length > 0) return { columns, problems: lacking.map(({ name }) => ({ column: name, message: "the table lacks this feature, which the schema file has; open the table that the file is for, or decide without it." })) };
  try {
    codeTable(raw, schema, { source });
    return { columns, problems: [], schema };
  } catch (cause) {
    if (cause instanceof TableError) return { columns, problems: cause.problems };
    throw cause;
  }
}
