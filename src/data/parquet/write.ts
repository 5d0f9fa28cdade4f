import type { KeyValue, SchemaElement } from "hyparquet";
import { checkCounter } from "../counter-column.ts";
import type { RawTable } from "../raw-table.ts";
import { TableError, type TableProblem } from "../table-error.ts";
import { textColumns, type TextColumn } from "../text/text-columns.ts";
import type { Replace } from "../text/write-text.ts";
import type { CellType, Stored } from "./cell-type.ts";
import { inferColumn } from "./infer.ts";
import { ParquetTable } from "./parquet-table.ts";

interface Column {
  element: SchemaElement;
  type: CellType;
  values: (Stored | null)[];
}

const rowsOfGroup = 100_000;

/**
 * A table as a Parquet file, once for each completion, one below the other; `counter` names a column that counts them. A table that came from
 * Parquet keeps its types and the values of all cells that stay; of text, columns of numbers become INT64 or DOUBLE. Throws TableError where a
 * column's type cannot hold what is to be filled in.
 */
export async function writeParquet(table: RawTable, completions: readonly Replace[], counter?: string): Promise<Uint8Array> {
  const columns = table instanceof ParquetTable ? filledColumns(table, completions) : inferredColumns(table, completions);
  if (counter === undefined) return write(columns, table);
  checkCounter(table, counter);
  const cells = completions.flatMap((_, m) => Array<string>(table.rows).fill(String(m + 1)));
  return write([asColumn({ name: counter, cells }), ...columns], table);
}

/** Columns of texts as a Parquet file. */
export function writeParquetColumns(columns: readonly TextColumn[]): Promise<Uint8Array> {
  return write(columns.map(asColumn));
}

function filledColumns(table: ParquetTable, completions: readonly Replace[]): Column[] {
  const problems: TableProblem[] = [];
  const columns = table.stored.map(({ element, type, values }, column): Column => {
    // a column of nulls that was never given a type takes that of what is filled in
    if (element.logical_type?.type === "NULL") {
      const cells = completions.flatMap((replace) => values.map((_, row) => replace(row, column)));
      if (cells.some((cell) => cell !== undefined)) return asColumn({ name: element.name, cells });
    }
    const parsed = new Map<string, Stored | undefined>();
    const fill = (text: string): Stored | null => {
      if (!parsed.has(text)) parsed.set(text, type.parse(text));
      const value = parsed.get(text);
      if (value !== undefined) return value;
      if (!problems.some((problem) => problem.column === element.name)) {
        problems.push({ column: element.name, message: `the file's column holds ${type.name} and cannot hold ${JSON.stringify(text)}; write the result as CSV, or convert the column.` });
      }
      return null;
    };
    const filled = completions.flatMap((replace) => values.map((value, row) => {
      const text = replace(row, column);
      return text === undefined ? value : fill(text);
    }));
    return { element: writable(element), type, values: filled };
  });
  if (problems.length > 0) throw new TableError(problems);
  return columns;
}

/** What stands for the column in a new file. INT96, which is out of use, becomes what took its place. */
function writable(element: SchemaElement): SchemaElement {
  const { logical_type: logical, ...rest } = element;
  if (element.type === "INT96") return { ...rest, type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "NANOS" } };
  // hyparquet-writer 0.17 writes the width with a Thrift type that other readers refuse; the converted type says the same
  if (logical?.type === "INTEGER") return { ...rest, converted_type: `${logical.isSigned ? "" : "U"}INT_${logical.bitWidth as 8 | 16 | 32 | 64}` };
  return element;
}

function inferredColumns(table: RawTable, completions: readonly Replace[]): Column[] {
  const each = completions.map((replace) => textColumns(table, replace));
  return table.columns.map((name, column) => asColumn({ name, cells: each.flatMap((columns) => columns[column].cells) }));
}

function asColumn(column: TextColumn): Column {
  const { element, type } = inferColumn(column);
  return { element, type, values: column.cells.map((cell) => (cell === undefined ? null : type.parse(cell)!)) };
}

async function write(columns: readonly Column[], table?: RawTable): Promise<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const kvMetadata = table instanceof ParquetTable ? notesOf(table, columns) : undefined;
  const schema = (elements: SchemaElement[]): SchemaElement[] => [{ name: "schema", num_children: elements.length }, ...elements];
  const writer = new ByteWriter();
  // cells are written as they are stored; what they mean stands in the footer
  const file = new ParquetWriter({ writer, schema: schema(columns.map(({ element }) => physical(element))), codec: "SNAPPY", kvMetadata, createdBy: "hhvaem" });
  const columnData = columns.map(({ element, type, values }) => ({
    name: element.name,
    data: values.map((value) => (value === null ? null : type.store(value))),
    statistics: type.ordered,
  }));
  await file.write({ columnData, rowGroupSize: rowsOfGroup });
  file.schema = schema(columns.map(({ element }) => element));
  await file.finish();
  return new Uint8Array(writer.getBuffer());
}

/** What other programs noted, unless columns have come or changed since: Arrow's note describes each. */
function notesOf({ footerNotes: notes, stored }: ParquetTable, columns: readonly Column[]): KeyValue[] | undefined {
  const same = columns.length === stored.length && columns.every(({ type }, i) => type === stored[i].type);
  return notes.length > 0 && same ? [...notes] : undefined;
}

function physical({ name, type, type_length, repetition_type }: SchemaElement): SchemaElement {
  return { name, type, type_length, repetition_type };
}
