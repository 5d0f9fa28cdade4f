import { formatValue, isContinuous, type Column, type RawTable, type Schema } from "../../data/index.ts";
import { formatTexts, holesText, kindText, missingTexts, readingTexts } from "../decisions.ts";
import { escapeHtml } from "./escape.ts";
import { htmlTable } from "./page.ts";

/** What was decided about a table: how the file was read, and of each column what it is taken for, how it is written, and what stands in its holes. `described`: a column's statistics. */
export function decisionsTable(schema: Schema, table: RawTable, described: (column: Column) => string): string {
  const file = fileText(schema, table);
  const rows = schema.columns.map((column) => {
    const index = table.columns.indexOf(column.name);
    const holes = index < 0 ? new Map([["", table.rows]]) : missingTexts(table, index, column);
    const missing = [...holes.values()].reduce((a, b) => a + b, 0);
    const left = column.role === "ignore";
    return [column.name, column.role, kindText(column), `${((100 * missing) / table.rows).toFixed(1)} %`, index < 0 ? "no such column" : holesText(holes), left ? (column.reason ?? "") : [...formatTexts(column), isDate(column) ? `${formatValue(column, column.mean!)} ± ${Number(column.std!.toPrecision(3))} days` : described(column)].join(", ")];
  });
  return `${file === "" ? "" : `<p>${escapeHtml(file)}</p>\n`}${htmlTable(["column", "role", "type", "missing", "written as", "levels, or middle and deviation; why it is left out"], rows)}`;
}

function isDate({ type, format }: Column): boolean {
  return isContinuous(type) && format?.date !== undefined;
}

function fileText({ reading = {} }: Schema, table: RawTable): string {
  const { missing = [], keep = [] } = reading;
  const quoted = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(", ");
  const parts = [...readingTexts(table.reading), ...(missing.length > 0 ? [`declared missing: ${quoted(missing)}`] : []), ...(keep.length > 0 ? [`declared values: ${quoted(keep)}`] : [])];
  const notes = table.notes.map(({ text }) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
  return [...(parts.length > 0 ? [`Read as ${parts.join("; ")}.`] : []), ...notes].join(" ");
}
