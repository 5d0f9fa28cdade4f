import { parseTable, type ParseOptions } from "./text/csv.ts";
import { gunzip } from "./gzip.ts";
import { isParquet, readParquet } from "./parquet/index.ts";
import type { RawTable } from "./raw-table.ts";

/** Reads a table from a file's bytes: CSV or Parquet, gzipped or not, whichever they are. Throws TableError with all problems. */
export async function readTableBytes(bytes: Uint8Array, options: ParseOptions = {}): Promise<RawTable> {
  const content = await gunzip(bytes, options.source);
  return isParquet(content) ? readParquet(content, options) : parseTable(content, options);
}
