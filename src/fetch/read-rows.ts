import { parseTable, TableError } from "../data/index.ts";
import { FetchError } from "./fetch-error.ts";
import type { Layout } from "./source.ts";

/** The rows of a text, cells as they stand there. Throws FetchError where it is no such text. */
export function readRows(bytes: Uint8Array, { delimiter, skip = 0, header }: Layout, where: string): string[][] {
  const text = decode(bytes, where);
  const lines = text.split(/\r\n?|\n/).slice(skip);
  const rows = delimiter === "whitespace" ? lines.filter((line) => line.trim() !== "").map((line) => line.trim().split(/\s+/)) : fields(lines.join("\n"), delimiter, where);
  if (header) {
    const got = rows.shift() ?? [];
    if (got.length !== header.length || got.some((name, i) => name !== header[i])) throw new FetchError(`${where}: expected the header ${header.join(", ")}; got ${got.join(", ").slice(0, 300)}.`);
  }
  return rows;
}

function fields(text: string, delimiter: string, where: string): string[][] {
  try {
    const table = parseTable(text, { delimiter, header: false, source: where });
    return Array.from({ length: table.rows }, (_, row) => table.columns.map((__, column) => table.cell(row, column).trim()));
  } catch (cause) {
    if (cause instanceof TableError) throw new FetchError(cause.message);
    throw cause;
  }
}

function decode(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FetchError(`${where}: expected a text, got bytes that are none.`);
  }
}
