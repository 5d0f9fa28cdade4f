import type { RawTable } from "../raw-table.ts";
import { TableError } from "../table-error.ts";
import { encodeText } from "./encoding.ts";
import { TextTable } from "./text-table.ts";

/** The text that takes a cell's place; undefined where the cell stays. */
export type Replace = (row: number, column: number) => string | undefined;

/** The table as CSV with some cells replaced. Of a table that came as text everything else stays byte for byte. */
export function writeTable(table: RawTable, replace: Replace): string {
  return table instanceof TextTable ? splice(table, replace) : anew(table, replace);
}

/** The table as the bytes of a file: in the encoding that it came in. */
export function writeTableBytes(table: RawTable, replace: Replace): Uint8Array<ArrayBuffer> {
  return encodeText(writeTable(table, replace), encodingOf(table));
}

/** Completed tables, one below the other, as the bytes of a file; `counter` names a column that counts them. Throws TableError. */
export function writeStacked(table: RawTable, fills: readonly Replace[], counter: string): Uint8Array<ArrayBuffer> {
  const { delimiter, columns } = table;
  if (columns.includes(counter)) throw new TableError([{ column: counter, message: "the table has a column of this name, which is to count the imputations; rename it." }]);
  const rows = fills.flatMap((fill, m) => Array.from({ length: table.rows }, (_, row) => [String(m + 1), ...columns.map((__, column) => fill(row, column) ?? table.cell(row, column))]));
  return encodeText(writeLines([[counter, ...columns], ...rows], delimiter), encodingOf(table));
}

function encodingOf(table: RawTable): string | undefined {
  return table instanceof TextTable ? table.reading.encoding : undefined;
}

function splice(table: TextTable, replace: Replace): string {
  const parts: string[] = [];
  let done = 0;
  for (let row = 0; row < table.rows; row++) {
    for (let column = 0; column < table.columns.length; column++) {
      const value = replace(row, column);
      if (value === undefined) continue;
      const [start, end] = table.span(row, column);
      parts.push(table.text.slice(done, start), quoteField(value, table.delimiter));
      done = end;
    }
  }
  parts.push(table.text.slice(done));
  return parts.join("");
}

/** The table as text anew, with another delimiter, in UTF-8. */
export function writeDelimited(table: RawTable, replace: Replace, delimiter: string): Uint8Array<ArrayBuffer> {
  return encodeText(anew(table, replace, delimiter));
}

function anew(table: RawTable, replace: Replace, delimiter = table.delimiter): string {
  const rows = Array.from({ length: table.rows }, (_, row) => table.columns.map((__, column) => replace(row, column) ?? table.cell(row, column)));
  return writeLines([table.columns, ...rows], delimiter);
}

/** Lines of fields as CSV. */
export function writeLines(lines: readonly (readonly string[])[], delimiter = ","): string {
  return lines.map((fields) => `${fields.map((field) => quoteField(field, delimiter)).join(delimiter)}\n`).join("");
}

/** A field as CSV: quoted where it has to be; what begins with # might be taken for a comment, and nothing between blanks for nothing. */
export function quoteField(value: string, delimiter = ","): string {
  return value.includes(delimiter) || /["\r\n]|^[\s#]|\s$/.test(value) || (delimiter === " " && (value === "" || value.includes("\t"))) ? `"${value.replaceAll('"', '""')}"` : value;
}
