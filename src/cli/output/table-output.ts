import { gzip, writeColumns, writeParquet, writeParquetColumns, writeTable, type RawTable, type Replace, type TextColumn } from "../../data/index.ts";
import { writeOutput } from "../inputs/files.ts";

/** What a file's name asks for: Parquet by .parquet or .pq, else CSV; gzipped if .gz comes after it. */
interface Format {
  parquet: boolean;
  gzipped: boolean;
}

function formatOf(path: string): Format {
  const gzipped = /\.gz$/i.test(path);
  return { parquet: /\.(parquet|pq)$/i.test(gzipped ? path.slice(0, -".gz".length) : path), gzipped };
}

/** Whether a file's name asks for Parquet. */
export function parquetAsked(path: string): boolean {
  return formatOf(path).parquet;
}

/** Writes a table with some cells replaced, in the format that the name asks for. */
export async function writeTableTo(path: string, table: RawTable, replace: Replace): Promise<void> {
  const format = formatOf(path);
  await write(path, format, format.parquet ? await writeParquet(table, [replace]) : writeTable(table, replace));
}

/** Writes columns of results, in the format that the name asks for. */
export async function writeColumnsTo(path: string, columns: readonly TextColumn[]): Promise<void> {
  const format = formatOf(path);
  await write(path, format, format.parquet ? await writeParquetColumns(columns) : writeColumns(columns));
}

async function write(path: string, { gzipped }: Format, content: string | Uint8Array): Promise<void> {
  await writeOutput(path, gzipped ? await gzip(typeof content === "string" ? new TextEncoder().encode(content) : content) : content);
}

/** out.csv -> out.1.csv, out.csv.gz -> out.1.csv.gz */
export function numbered(path: string, number: number): string {
  const ending = /(\.[^./]+)?\.gz$|\.[^./]+$/i.exec(path);
  return ending ? `${path.slice(0, ending.index)}.${number}${ending[0]}` : `${path}.${number}`;
}

/** A table of text with aligned columns: the first to the left, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === "" || /^-?[\d.]/.test(row[i])));
  const line = (cells: readonly string[]): string => `  ${cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  ").trimEnd()}`;
  return `${line(head)}\n  ${widths.map((width) => "-".repeat(width)).join("  ")}\n${rows.map((row) => `${line(row)}\n`).join("")}`;
}
