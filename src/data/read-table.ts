import { formatOfBytes } from "./formats.ts";
import { gunzip } from "./gzip.ts";
import type { RawTable } from "./raw-table.ts";
import type { ParseOptions } from "./text/csv.ts";

/** Reads a table from a file's bytes, gzipped or not, in whichever format they are. Throws TableError with all problems. */
export async function readTableBytes(bytes: Uint8Array, options: ParseOptions = {}): Promise<RawTable> {
  const content = await gunzip(bytes, options.source);
  return formatOfBytes(content).read(content, options);
}
