import type { Batch, Column, Table } from "@uwdata/flechette";
import type { Stored } from "../parquet/cell-type.ts";
import { declaredOf, type ReadOptions } from "../reading.ts";
import { reasonOf, TableError, type TableProblem } from "../table-error.ts";
import { namesOf } from "../text/names.ts";
import { ArrowTable, type ArrowColumn } from "./arrow-table.ts";
import { arrowType, typeIds, type ArrowType } from "./column-type.ts";
import { decompressLz4Frame } from "./lz4.ts";
import { verifyArrow } from "./verify.ts";

/** More cells than this do not fit into memory. */
const mostCells = 100_000_000;
const apart = "A cell of a table is one number or text: leave the column out of the file, or write its parts as columns of their own.";

/** Reads an Arrow IPC file (Feather, version 2) or stream of flat columns. Nulls and NaN are missing. Throws TableError with all problems. */
export async function readArrow(bytes: Uint8Array, options: ReadOptions & { source?: string } = {}): Promise<ArrowTable> {
  const { source = "" } = options;
  const fail = (...problems: TableProblem[]): never => {
    throw new TableError(problems, source);
  };
  if (bytes[0] === 0x46) fail({ message: "this is a Feather file of version 1, which is out of use; write it anew (in pandas: pandas.read_feather, then to_feather)." });
  const isFile = bytes[0] !== 0xff;
  let arrow: Table;
  try {
    verifyArrow(bytes, isFile);
    arrow = await decode(bytes);
  } catch (cause) {
    throw damaged(source, cause);
  }
  const { fields } = arrow.schema;
  const rows = arrow.numRows;
  if (fields.length === 0) fail({ message: "the table has no columns; expected at least one." });
  const { columns, nameless, notes } = namesOf(fields.map(({ name }) => name ?? ""));
  const types = fields.map(({ type }) => arrowType(type));
  const problems = types.flatMap((type, i): TableProblem[] => ("refused" in type ? [{ column: columns[i], message: `the column holds ${type.refused}. ${apart}` }] : []));
  if (rows === 0) problems.push({ message: "there are columns but no rows; expected at least one." });
  if (rows * fields.length > mostCells) problems.push({ message: `the table has ${rows} rows of ${fields.length} cells; the most is ${mostCells} cells. Split it.` });
  if (problems.length > 0) fail(...problems);
  const stored = arrow.children.map((column, i): ArrowColumn => {
    try {
      return { type: types[i] as ArrowType, values: valuesOf(column, types[i] as ArrowType, rows) };
    } catch (cause) {
      throw damaged(source, cause, columns[i]);
    }
  });
  return new ArrowTable(columns, stored, rows, bytes, arrow, isFile, { reading: declaredOf(options), notes, nameless });
}

async function decode(bytes: Uint8Array): Promise<Table> {
  const [{ tableFromIPC, setCompressionCodec }, { decompress }] = await Promise.all([import("@uwdata/flechette"), import("fzstd")]);
  const never = (): never => {
    throw new Error("[arrow] files are written without compression.");
  };
  setCompressionCodec(0, { decode: decompressLz4Frame, encode: never });
  setCompressionCodec(1, { decode: (input: Uint8Array) => aligned(decompress(input)), encode: never });
  return tableFromIPC(aligned(bytes), { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true } as Parameters<typeof tableFromIPC>[1]);
}

/** Buffers are views of the bytes, which therefore begin at a multiple of eight. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

/** A column's cells; what a buffer lacks throws. */
function valuesOf(column: Column<unknown>, { load }: ArrowType, rows: number): (Stored | null)[] {
  if (column.length !== rows) throw new RangeError(`${column.length} cells where other columns have ${rows}`);
  const values: (Stored | null)[] = [];
  for (const batch of column.data) {
    check(batch);
    for (let i = 0; i < batch.length; i++) {
      const value: unknown = batch.at(i);
      if (value === undefined) throw new RangeError(`cell ${values.length + 1} is missing`);
      values.push(value === null ? null : load(value));
    }
  }
  return values;
}

/** Checks that the buffers of a batch hold as many cells as it claims. */
function check({ length, nullCount, validity, offsets, values, type }: Batch<unknown>): void {
  if (nullCount > 0 && validity && validity.length > 0 && 8 * validity.length < length) throw new RangeError("the list of missing cells is cut off");
  if ((type as { typeId: number }).typeId === typeIds.bool && 8 * (values as Uint8Array).length < length) throw new RangeError("the values are cut off");
  if (!offsets) return;
  if (offsets.length < length + 1 && length > 0) throw new RangeError("the list of texts is cut off");
  for (let i = 0; i < length; i++) if (!(offsets[i] >= 0 && offsets[i + 1] >= offsets[i] && offsets[i + 1] <= values!.length)) throw new RangeError(`text ${i + 1} is outside the texts`);
}

function damaged(source: string, cause: unknown, column?: string): TableError {
  return new TableError([{ column, message: `the Arrow file is damaged or cut off; get it again, or write it anew. (${reasonOf(cause)})` }], source);
}
