import { basename } from "node:path";
import {
  columnTypes, decideSchema, formatSchema, isDatePattern, parseKeepMissing, parseSchema, parseSplits, readAlike, readTableBytes, testRows, trainingRows, featureColumns, withKeepMissing,
  type Column, type ColumnType, type Decisions, type KeptColumns, type LevelRule, type RawTable, type Reading, type ReadOptions, type Schema, type Splits,
} from "../../data/index.ts";
import type { FileSet } from "../../model/index.ts";
import { readInput, shownName } from "./files.ts";
import { holdsImages } from "../images/load-images.ts";
import { UsageError } from "../usage-error.ts";

/** How to read a table, as given on the command line. */
export interface TableOptions extends Omit<ReadOptions, "dates"> {
  /** COLUMN=PATTERN */
  date?: string[];
}

/** How to describe its columns. */
export interface SchemaOptions {
  /** What few different numbers are; default: ordered levels. */
  levelRule?: LevelRule;
  schema?: string;
  type?: string[];
  /** COLUMN=LOW:HIGH */
  bounds?: string[];
  /** COLUMN, or COLUMN where OTHER=VALUE */
  keepMissing?: string[];
}

export interface SplitOptions {
  splits?: string;
  fold?: number;
}

/** Reads a table in any format, gzipped or not. */
export async function loadTable(path: string, options: TableOptions): Promise<RawTable> {
  if (await holdsImages(path)) throw new UsageError(`${path} holds pictures, and this command reads tables; \`hhvaem train\`, \`inpaint\`, \`evaluate\`, \`experiment images\` and \`experiment saia\` read pictures.`);
  const table = await readTableBytes(await readInput(path), { ...readOptions(options), source: shownName(path) });
  for (const name of (options.date ?? []).map((pair) => pair.slice(0, pair.lastIndexOf("=")))) {
    if (!table.columns.includes(name)) throw new UsageError(`--date: there is no column "${name}" in ${path}.`);
  }
  return table;
}

/** What the command line says of how a table is read, and what earlier tables of the model say. */
export function readOptions({ delimiter, header, missing, keep, encoding, sheet, decimal, date = [], before }: TableOptions): ReadOptions {
  const dates = Object.fromEntries(date.map((pair) => {
    const at = pair.lastIndexOf("=");
    if (at < 1 || !isDatePattern(pair.slice(at + 1))) throw new UsageError(`--date ${pair}: expected COLUMN=PATTERN, with yyyy, MM and dd or HH and mm, such as visit=MM/dd/yyyy.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
  if (keep?.includes("")) throw new UsageError('--keep "": expected a text, or COLUMN= for a column whose empty cells are a value of their own.');
  return readAlike(before, { delimiter: delimiter === "\\t" ? "\t" : delimiter, header, missing, keep, encoding, sheet, decimal, dates });
}

/** How the training table of a model was read. */
export function readingOf(files: FileSet): Reading | undefined {
  return schemaOf(files)?.reading;
}

/** The schema of a model's files; undefined where they lack one. Throws SchemaError. */
export function schemaOf(files: FileSet): Schema | undefined {
  const schema = files.get("schema.json");
  return schema && parseSchema(new TextDecoder().decode(schema));
}

/** The schema file, or what the training rows show. */
export async function loadSchema(table: RawTable, path: string, targets: readonly string[], options: SchemaOptions, rows?: ArrayLike<number>): Promise<Schema> {
  return (await loadDecisions(table, path, targets, options, rows)).schema;
}

/** The same with the reasons; a schema file says what, not why. */
export async function loadDecisions(table: RawTable, path: string, targets: readonly string[], options: SchemaOptions, rows?: ArrayLike<number>): Promise<Decisions> {
  if (options.schema === undefined) return decideSchema(table, { targets, types: parseTypes(options.type ?? []), bounds: parseBounds(options.bounds ?? []), keepMissing: keptColumns(options.keepMissing, table.columns), levelRule: options.levelRule, rows, source: shownName(path) });
  const schema = await givenSchema(options.schema, table, targets, options);
  return { schema, columns: schema.columns.map((column) => ({ column, why: "the schema file says so", notes: [] })), notes: table.notes };
}

/** How the tables of a schema file are read. */
export async function readingOfSchema(path: string | undefined): Promise<Reading | undefined> {
  return path === undefined ? undefined : parseSchema(new TextDecoder().decode(await readInput(path)), basename(path)).reading;
}

async function givenSchema(path: string, table: RawTable, targets: readonly string[], options: SchemaOptions): Promise<Schema> {
  const given = parseSchema(new TextDecoder().decode(await readInput(path)), basename(path));
  // pictures and old schema files have no reading
  const schema = given.reading === undefined ? given : { ...given, reading: { ...given.reading, ...table.reading } };
  for (const flag of ["type", "bounds"] as const) if ((options[flag] ?? []).length > 0) throw new UsageError(`--schema and --${flag} exclude each other: edit the schema file instead.`);
  return withKept(targets.length === 0 ? schema : withTargets(schema, path, targets), options.keepMissing);
}

function withTargets(schema: Schema, path: string, targets: readonly string[]): Schema {
  for (const target of targets) {
    if (!schema.columns.some((column) => column.name === target)) throw new UsageError(`--target ${target}: the schema has no such column.`);
  }
  const columns = schema.columns.map((column): Column => (column.role === "ignore" ? column : { ...column, role: targets.includes(column.name) ? "target" : "feature" }));
  // the features of a picture may have changed
  return parseSchema(formatSchema({ ...schema, columns }), basename(path));
}

/** Which holes are to stay. Throws UsageError for texts that name no such columns. */
function keptColumns(texts: readonly string[] | undefined, columns: readonly string[]): KeptColumns {
  const { kept, problems } = parseKeepMissing(texts ?? [], columns);
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `--keep-missing ${problem}`).join("\n"));
  return kept;
}

/** A schema in which more holes are to stay than it says itself. Throws UsageError. */
export function withKept(schema: Schema, texts: readonly string[] | undefined): Schema {
  const kept = keptColumns(texts, schema.columns.map(({ name }) => name));
  const ignored = Object.keys(kept).filter((name) => schema.columns.some((column) => column.name === name && column.role === "ignore"));
  if (ignored.length > 0) throw new UsageError(`--keep-missing ${ignored.join(", ")}: the column is not modelled and never filled; leave it out.`);
  return withKeepMissing(schema, kept);
}

export function parseTypes(pairs: readonly string[]): Record<string, ColumnType | "ignore"> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf("=");
      const type = pair.slice(at + 1) as ColumnType | "ignore";
      if (at < 1 || (type !== "ignore" && !columnTypes.includes(type))) {
        throw new UsageError(`--type ${pair}: expected COLUMN=TYPE with a type of ${columnTypes.join(", ")} or ignore.`);
      }
      return [pair.slice(0, at), type];
    }),
  );
}

/** Throws UsageError for what is no COLUMN=LOW:HIGH. */
export function parseBounds(pairs: readonly string[]): Record<string, [number, number]> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf("=");
      const ends = pair.slice(at + 1).split(":").map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
      if (at < 1 || ends.length !== 2 || !ends.every(Number.isFinite) || ends[0] >= ends[1]) throw new UsageError(`--bounds ${pair}: expected COLUMN=LOW:HIGH with two ascending numbers, such as age=0:120.`);
      return [pair.slice(0, at), ends as [number, number]];
    }),
  );
}

/** The splits file and fold, if given. Throws UsageError if only one of them is. */
export async function loadSplits(features: readonly string[], rows: number, options: SplitOptions): Promise<{ splits: Splits; fold: number } | undefined> {
  const { splits: path, fold } = options;
  if (path === undefined && fold === undefined) return undefined;
  if (path === undefined || fold === undefined) throw new UsageError("--splits FILE and --fold K go together.");
  return { splits: parseSplits(await readInput(path), features, rows, basename(path)), fold };
}

/** The row that --row gives: by its line in a text file, by its number in others. Throws UsageError if there is none. */
export function rowAtLine(table: RawTable, line: number): number {
  for (let row = 0; row < table.rows; row++) if (table.line(row) === line) return row;
  throw new UsageError(table.rows === 0 ? `--row ${line}: the table has no rows.` : `--row ${line}: the table has rows ${table.counts === "line" ? "on the lines " : ""}${table.line(0)} to ${table.line(table.rows - 1)}.`);
}

export function featureNames(schema: Schema): string[] {
  return featureColumns(schema).map((column) => column.name);
}

export { testRows, trainingRows };
