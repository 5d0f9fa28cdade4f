import { formatOfName, gzip, tableFormats, type RawTable, type Replace, type TextColumn } from "../../data/index.ts";
import { standard, writeOutput, writeStandardOutput } from "../inputs/files.ts";

/** Writes a table with some cells replaced, in the format that the name asks for, or `ending`; to standard output in the one that it came in. */
export async function writeTableTo(path: string, table: RawTable, replace: Replace, ending?: string): Promise<void> {
  const name = ending === undefined ? path : `table.${ending}`;
  const own = path === standard && ending === undefined ? tableFormats.find((format) => format.name === table.format)! : formatOfName(name);
  await write(path, await own.write(table, [replace], undefined, name === standard ? undefined : name));
}

/** Writes columns of results, in the format that the name asks for; to standard output as CSV. */
export async function writeColumnsTo(path: string, columns: readonly TextColumn[]): Promise<void> {
  await write(path, await formatOfName(path).writeColumns(columns, path));
}

/** What messages call an output. */
export function outputName(path: string): string {
  return path === standard ? "standard output" : path;
}

/** Says what was done: on standard error where the result itself goes to standard output. */
export function say(output: string, text: string): void {
  (output === standard ? process.stderr : process.stdout).write(`${text}\n`);
}

/** Gzipped if .gz ends the name. */
async function write(path: string, content: Uint8Array): Promise<void> {
  if (path === standard) return writeStandardOutput(content);
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
