import { formatOfName, isContinuous, TableError, writeColumns, type Column, type RawTable, type Replace, type Schema, type TextColumn } from "../../data/index.ts";
import { readCell } from "../../data/cells/format.ts";
import { LevelIndex } from "../../data/schema/levels.ts";
import { streamOutput } from "./stream-output.ts";
import { writeColumnsTo } from "./table-output.ts";

/** Names of the columns that say which table a row is of, 0 for the observed one, and which row it is, from 1 on: as R's mice has them. */
const [tableColumn, rowColumn] = [".imp", ".id"] as const;

/** Throws TableError where a column has a name that the long format needs. */
export function checkLongNames(columns: readonly string[], source: string): void {
  const taken = [tableColumn, rowColumn].filter((name) => columns.includes(name));
  if (taken.length > 0) throw new TableError(taken.map((column) => ({ column, message: "the long format has a column of this name of its own, which says what a row is of; rename it in the table." })), source);
}

/**
 * The observed table (`fill` undefined, number 0) or a completed one, for an analysis: numbers with a decimal point and no other marks, one spelling a level, dates as in the table; what the
 * model leaves out as it stands. Holes are undefined. `before`: rows of a larger table before its first one.
 */
export function longColumns(table: RawTable, schema: Schema, number: number, fill?: Replace, before = 0): TextColumn[] {
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const columns = table.columns.map((name, place): TextColumn => {
    const column = schema.columns.find((one) => one.name === name);
    const plain = plainCell(table, place, column);
    return { name, cells: rows.map((row) => plain(fill?.(row, place) ?? (column ? table.observedCell(row, place, column) : table.cell(row, place) || undefined))) };
  });
  return [{ name: tableColumn, cells: rows.map(() => String(number)) }, { name: rowColumn, cells: rows.map((row) => String(before + row + 1)) }, ...columns];
}

/** What a cell of a column becomes. */
function plainCell(table: RawTable, place: number, column: Column | undefined): (cell: string | undefined) => string | undefined {
  if (!column || column.role === "ignore") return (cell) => cell;
  if (!isContinuous(column.type)) {
    const { categories = [], format } = column;
    const levels = new LevelIndex(categories, format);
    return (cell) => (cell === undefined ? undefined : (categories[levels.find(cell) ?? -1] ?? cell).trim());
  }
  const format = table.formatFor(place, column);
  if (format?.date !== undefined) return (cell) => cell?.trim();
  return (cell) => (cell === undefined ? undefined : String(readCell(cell, format) ?? cell));
}

/** Lines of a text file, holes as NA, which R and Python read as missing in columns of texts too. */
export function longLines(columns: readonly TextColumn[]): string {
  const text = writeColumns(columns.map(({ name, cells }) => ({ name, cells: cells.map((cell) => cell ?? "NA") })));
  return text.slice(text.indexOf("\n") + 1);
}

/** The line of names. */
export function longHead(columns: readonly string[]): string {
  return writeColumns([tableColumn, rowColumn, ...columns].map((name) => ({ name, cells: [] })));
}

/** Whether a long table is written line by line; other formats are made as a whole. */
export function isLongText(path: string): boolean {
  return formatOfName(path).name === "csv";
}

/** Writes the observed table and the completed ones below it, in the format that the name asks for. */
export async function writeLongTo(path: string, table: RawTable, schema: Schema, fills: readonly Replace[]): Promise<void> {
  const all: readonly (Replace | undefined)[] = [undefined, ...fills];
  if (isLongText(path)) {
    // one completed table in memory at a time
    await streamOutput(path, (function* () {
      yield longHead(table.columns);
      for (const [number, fill] of all.entries()) yield longLines(longColumns(table, schema, number, fill));
    })());
    return;
  }
  const tables = all.map((fill, number) => longColumns(table, schema, number, fill));
  await writeColumnsTo(path, tables[0].map(({ name }, i) => ({ name, cells: tables.flatMap((columns) => columns[i].cells) })));
}
