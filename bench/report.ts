import type { Result, Row } from "./benchmark.ts";
import { short } from "./numbers.ts";

function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function cells(rows: readonly Row[]): { columns: string[]; texts: string[][] } {
  const columns = columnsOf(rows);
  const text = (value: string | number | undefined): string => (value === undefined ? "" : typeof value === "number" ? short(value) : value);
  return { columns, texts: rows.map((row) => columns.map((column) => text(row[column]))) };
}

/** A result as aligned text. */
export function asText({ notes, rows }: Result): string {
  const { columns, texts } = cells(rows);
  const widths = columns.map((column, i) => Math.max(column.length, ...texts.map((line) => line[i].length)));
  const isNumber = columns.map((column) => rows.every((row) => typeof row[column] !== "string"));
  const line = (parts: readonly string[]): string => parts.map((part, i) => (isNumber[i] ? part.padStart(widths[i]) : part.padEnd(widths[i]))).join("  ").trimEnd();
  return [...notes, line(columns), ...texts.map(line)].join("\n");
}

/** A result as a Markdown table with its notes above. */
export function asMarkdown({ notes, rows }: Result): string {
  const { columns, texts } = cells(rows);
  const line = (parts: readonly string[]): string => `| ${parts.join(" | ")} |`;
  return [...notes.flatMap((note) => [note, ""]), line(columns), line(columns.map(() => "---")), ...texts.map(line)].join("\n");
}
