import type { TableFormat } from "../table-format.ts";
import { parseTable } from "./csv.ts";
import { writeColumns } from "./text-columns.ts";
import { writeDelimited, writeStacked, writeTableBytes } from "./write-text.ts";

/** Delimited text: CSV and its kin. */
export const textFormat: TableFormat = {
  name: "csv",
  title: "a text table",
  endings: [".csv", ".tsv", ".txt", ".tab", ".dat"],
  // whatever is nothing else
  matches: () => true,
  read: parseTable,
  write: (table, fills, counter, path) => {
    if (counter !== undefined) return writeStacked(table, fills, counter);
    const tabs = path !== undefined && /\.(tsv|tab)(\.gz)?$/i.test(path) && table.delimiter !== "\t";
    return tabs ? writeDelimited(table, fills[0], "\t") : writeTableBytes(table, fills[0]);
  },
  writeColumns: (columns) => new TextEncoder().encode(writeColumns(columns)),
};
