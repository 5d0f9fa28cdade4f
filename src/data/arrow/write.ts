import type { Column, DataType, Table } from "@uwdata/flechette";
import { checkCounter } from "../counter-column.ts";
import type { RawTable } from "../raw-table.ts";
import { TableError } from "../table-error.ts";
import type { TextColumn } from "../text/text-columns.ts";
import type { Replace } from "../text/write-text.ts";
import { typedResults, typedTable, type TypedColumn } from "../typed-columns.ts";
import { ArrowTable } from "./arrow-table.ts";
import { filledColumn } from "./fill-column.ts";

/**
 * A table as an Arrow IPC file, as a stream if the path ends in .arrows. One that came so keeps its form, types, dictionaries and notes, and the
 * buffers of all columns that have nothing filled in. Throws TableError where a column's type cannot hold what is to be filled in.
 */
export async function writeArrow(table: RawTable, completions: readonly Replace[], counter?: string, path = ""): Promise<Uint8Array> {
  checkCounter(table, counter);
  if (!(table instanceof ArrowTable) || counter !== undefined) return encode(await anew(typedTable(table, completions, counter)), !namesStream(path));
  const problems = new Map<number, string>();
  const fields = [...table.arrow.schema.fields];
  const children = table.arrow.children.map((column, i) => {
    const cells = Array.from({ length: table.rows }, (_, row) => completions[0](row, i));
    if (cells.every((cell) => cell === undefined)) return column;
    const filled = filledColumn(column, table.stored[i].type, cells, (text) => problems.set(i, text));
    fields[i] = { ...fields[i], type: filled.type, nullable: true };
    return filled;
  });
  if (problems.size > 0) throw new TableError([...problems].map(([i, text]) => ({ column: table.columns[i], message: `the file's column holds ${table.stored[i].type.cell.name} and cannot hold ${JSON.stringify(text)}; write the result as CSV, or convert the column.` })));
  return encode({ schema: { ...table.arrow.schema, fields }, children } as Table, path === "" || !/\.(feather|ipc)(\.gz)?$/i.test(path) ? table.isFile && !namesStream(path) : true);
}

/** Columns of results as an Arrow IPC file. */
export async function writeArrowColumns(columns: readonly TextColumn[], path = ""): Promise<Uint8Array> {
  return encode(await anew(typedResults(columns)), !namesStream(path));
}

function namesStream(path: string): boolean {
  return /\.arrows(\.gz)?$/i.test(path);
}

async function encode(table: Table, isFile: boolean): Promise<Uint8Array> {
  const { tableToIPC } = await import("@uwdata/flechette");
  return tableToIPC(table, { format: isFile ? "file" : "stream" })!;
}

async function anew(columns: readonly TypedColumn[]): Promise<Table> {
  const { bool, columnFromArray, dateDay, float64, int64, tableFromColumns, timestamp, utf8 } = await import("@uwdata/flechette");
  const made = columns.map((column): [string, Column<unknown>] => {
    const cells = <T, U>(list: readonly (T | undefined)[], of: (cell: T) => U): (U | null)[] => list.map((cell) => (cell === undefined ? null : of(cell)));
    const from = (list: unknown[], type: DataType): [string, Column<unknown>] => [column.name, columnFromArray(list, type) as Column<unknown>];
    switch (column.kind) {
      case "number": {
        const whole = column.cells.some((cell) => cell !== undefined) && column.cells.every((cell) => cell === undefined || (/^-?\d{1,18}$/.test(cell) && cell !== "-0"));
        return whole ? from(cells(column.cells, BigInt), int64()) : from(cells(column.cells, Number), float64());
      }
      case "boolean":
        return from(cells(column.cells, (cell) => cell), bool());
      case "date": {
        const days = column.cells.every((day) => day === undefined || Number.isInteger(day));
        return from(cells(column.cells, (day) => new Date(Math.round(day * 86_400_000))), days ? dateDay() : timestamp(1));
      }
      default:
        return from(cells(column.cells, (cell) => cell), utf8());
    }
  });
  return tableFromColumns(made as never) as Table;
}
