import type { ReadOptions } from "./reading.ts";
import type { RawTable } from "./raw-table.ts";
import type { TextColumn } from "./text/text-columns.ts";
import type { Replace } from "./text/write-text.ts";

/** A kind of file that tables are kept in: bytes to a table, and back. */
export interface TableFormat {
  readonly name: string;
  /** What messages call such a file: "an Excel workbook". */
  readonly title: string;
  /** Endings of file names, the usual one first. */
  readonly endings: readonly string[];
  /** Whether these are the first bytes of such a file. */
  matches(bytes: Uint8Array): boolean;
  /** Throws TableError with all problems. */
  read(bytes: Uint8Array, options: ReadOptions & { source?: string }): RawTable | Promise<RawTable>;
  /** A table with some cells replaced: once, or once for each completion with a column of the name `counter` that counts them. `path` tells kin apart, such as .json and .jsonl. Throws TableError. */
  write(table: RawTable, fills: readonly Replace[], counter?: string, path?: string): Uint8Array | Promise<Uint8Array>;
  /** Columns of results. */
  writeColumns(columns: readonly TextColumn[], path?: string): Uint8Array | Promise<Uint8Array>;
}
