import type { FileMetaData, RowGroup, SchemaElement, SchemaTree } from "hyparquet";
import { declaredOf, type ReadOptions } from "../reading.ts";
import { reasonOf, TableError, type TableProblem } from "../table-error.ts";
import type { CellType, Stored } from "./cell-type.ts";
import { ChunkReader } from "./chunk.ts";
import { columnType, NotText } from "./column-type.ts";
import { ParquetTable, type ParquetColumn } from "./parquet-table.ts";
import { knownCodecs, loadDecompressors, loadParts } from "./parts.ts";

export interface ParquetOptions extends Pick<ReadOptions, "missing" | "keep" | "dates"> {
  /** Shown in errors. */
  source?: string;
}

/** More cells than this do not fit into memory. */
const mostCells = 100_000_000;

const damaged = "the Parquet file is damaged or cut off; get it again, or write it anew.";

/** Reads a Parquet file of flat columns. Nulls and NaN are missing. Throws TableError with all problems. */
export async function readParquet(bytes: Uint8Array, options: ParquetOptions = {}): Promise<ParquetTable> {
  const { source = "", missing, keep, dates } = options;
  const fail = (...problems: TableProblem[]): never => {
    throw new TableError(problems, source);
  };
  const parts = await loadParts();
  const { metadata, columns } = orDamaged(source, () => {
    const metadata = parts.parquetMetadata(bytes, { geoparquet: false });
    return { metadata, columns: parts.parquetSchema(metadata).children };
  });
  const rows = Number(metadata.num_rows);
  if (!(rows >= 0) || metadata.row_groups.reduce((total, group) => total + Number(group.num_rows), 0) !== rows) fail({ message: `${damaged} (its parts and its footer differ on the number of rows)` });
  if (columns.length === 0) fail({ message: "the table has no columns; expected at least one." });
  const types = columns.map(columnType);
  const problems = [...namingProblems(columns), ...typeProblems(columns, types), ...codecProblems(metadata)];
  if (rows === 0) problems.push({ message: "there are columns but no rows; expected at least one." });
  if (rows * columns.length > mostCells) problems.push({ message: `the table has ${rows} rows of ${columns.length} cells; the most is ${mostCells} cells. Split it.` });
  if (problems.length > 0) fail(...problems);

  const decompressors = await loadDecompressors(new Set(chunks(metadata).map(({ meta_data: chunk }) => chunk!.codec)), parts);
  const stored = columns.map(({ element }, i): ParquetColumn => {
    const type = types[i] as CellType;
    const values: (Stored | null)[] = [];
    try {
      for (const group of metadata.row_groups) new ChunkReader(parts, bytes, chunkOf(group, i, element), decompressors, element, type).read(Number(group.num_rows), values);
    } catch (cause) {
      if (cause instanceof NotText) fail({ column: element.name, message: `the column holds raw bytes. ${advice["raw bytes"]}` });
      throw damagedError(source, cause, element.name);
    }
    return { element, type, values };
  });
  return new ParquetTable(stored, rows, bytes, metadata.key_value_metadata ?? [], declaredOf({ missing, keep, dates }));
}

function chunkOf({ columns, num_rows: rows }: RowGroup, column: number, { name, type }: SchemaElement): NonNullable<RowGroup["columns"][number]["meta_data"]> {
  const chunk = columns[column]?.meta_data;
  if (chunk?.path_in_schema.length !== 1 || chunk.path_in_schema[0] !== name || chunk.type !== type) throw new Error("a row group lacks the column");
  if (!(rows >= 0n && rows <= mostCells)) throw new RangeError(`a row group of ${rows} rows`);
  return chunk;
}

function namingProblems(columns: readonly SchemaTree[]): TableProblem[] {
  const seen = new Map<string, number>();
  return columns.flatMap(({ element: { name } }, i) => {
    const before = seen.get(name);
    seen.set(name, before ?? i);
    if (name === "") return [{ message: `column ${i + 1} has no name; name it.` }];
    return before === undefined ? [] : [{ column: name, message: `the name stands twice, at columns ${before + 1} and ${i + 1}; rename one.` }];
  });
}

const apart = "A cell of a table is one number or text: leave the column out of the file, or write its parts as columns of their own.";
const advice: { [what: string]: string } = { "raw bytes": "Leave it out of the file, or write it as text." };

function typeProblems(columns: readonly SchemaTree[], types: readonly ReturnType<typeof columnType>[]): TableProblem[] {
  return types.flatMap((type, i) => ("refused" in type ? [{ column: columns[i].element.name, message: `the column holds ${type.refused}. ${advice[type.refused] ?? apart}` }] : []));
}

function codecProblems(metadata: FileMetaData): TableProblem[] {
  const problems = new Set<string>();
  for (const chunk of chunks(metadata)) {
    if (chunk.crypto_metadata || chunk.encrypted_column_metadata) problems.add("columns are encrypted; write the file without encryption.");
    else if (chunk.file_path || !chunk.meta_data) problems.add("the columns' data are in other files; write the table as one file.");
    else if (!knownCodecs.includes(chunk.meta_data.codec)) problems.add(`the data are compressed with ${chunk.meta_data.codec ?? "an unknown method"}; write the file with Snappy, Zstandard or gzip.`);
  }
  return [...problems].map((message) => ({ message }));
}

function chunks(metadata: FileMetaData): FileMetaData["row_groups"][number]["columns"] {
  return metadata.row_groups.flatMap(({ columns }) => columns);
}

function orDamaged<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw damagedError(source, cause);
  }
}

/** hyparquet and ChunkReader throw plain errors, whatever is wrong. */
function damagedError(source: string, cause: unknown, column?: string): TableError {
  return new TableError([{ column, message: `${damaged} (${reasonOf(cause)})` }], source);
}
