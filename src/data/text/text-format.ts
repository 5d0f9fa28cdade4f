import type { TableFormat } from "../table-format.ts";
import { parseTable } from "./csv.ts";
import { writeColumns } from "./text-columns.ts";
import { writeStacked, writeTableBytes } from "./write-text.ts";

/** Delimited text: CSV and its kin. */
export const textFormat: TableFormat = {
  name: "csv",
  title: "a text table",
  endings: [".csv", ".tsv", ".txt", ".tab", ".dat"],
  // whatever is nothing else
  matches: () => true,
  read: parseTable,
  write: (table, fills, counter) => (counter === undefined ? writeTableBytes(table, fills[0]) : writeStacked(table, fills, counter)),
  writeColumns: (columns) => new TextEncoder().encode(writeColumns(columns)),
};
