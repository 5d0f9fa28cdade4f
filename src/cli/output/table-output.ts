import { formatOfName, gzip, type RawTable, type Replace, type TextColumn } from "../../data/index.ts";
import { writeOutput } from "../inputs/files.ts";

/** Whether a file's name asks for Parquet. */
export function parquetAsked(path: string): boolean {
  return formatOfName(path).name === "parquet";
}

/** Writes a table with some cells replaced, in the format that the name asks for. */
export async function writeTableTo(path: string, table: RawTable, replace: Replace): Promise<void> {
  await write(path, await formatOfName(path).write(table, [replace]));
}

/** Writes columns of results, in the format that the name asks for. */
export async function writeColumnsTo(path: string, columns: readonly TextColumn[]): Promise<void> {
  await write(path, await formatOfName(path).writeColumns(columns));
}

/** Gzipped if .gz ends the name. */
async function write(path: string, content: Uint8Array): Promise<void> {
  await writeOutput(path, /\.gz$/i.test(path) ? await gzip(content) : content);
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
