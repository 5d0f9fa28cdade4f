import { readNumber } from "../coding/number.ts";
import { checkCounter } from "../counter-column.ts";
import type { RawTable } from "../raw-table.ts";
import { encodeText } from "../text/encoding.ts";
import type { TextColumn } from "../text/text-columns.ts";
import type { Replace } from "../text/write-text.ts";
import { typedResults, typedTable, type TypedColumn } from "../typed-columns.ts";
import { JsonTable, namesLines } from "./json-table.ts";
import type { JsonCell, JsonRecord } from "./scan.ts";

/**
 * A table as JSON: a record a line where the path ends in .jsonl or .ndjson, else a list of them. One that came so keeps everything but the
 * filled values. Throws TableError.
 */
export function writeJson(table: RawTable, completions: readonly Replace[], counter?: string, path = ""): Uint8Array {
  checkCounter(table, counter);
  const alike = table instanceof JsonTable && (path === "" || table.scanned.lines === namesLines(path) || (table.scanned.lines && !table.namedLines));
  if (alike && counter === undefined) return encodeText(splice(table, completions[0]), table.encoding);
  return new TextEncoder().encode(anew(typedTable(table, completions, counter, { dates: false }), namesLines(path)));
}

/** Columns of results as JSON. */
export function writeJsonColumns(columns: readonly TextColumn[], path = ""): Uint8Array {
  return new TextEncoder().encode(anew(typedResults(columns), namesLines(path)));
}

function anew(columns: readonly TypedColumn[], lines: boolean): string {
  const rows = columns[0]?.cells.length ?? 0;
  const value = (column: TypedColumn, row: number): string => {
    const cell = column.cells[row];
    if (cell === undefined) return "null";
    return column.kind === "number" ? numberText(cell as string) : JSON.stringify(cell);
  };
  const records = Array.from({ length: rows }, (_, row) => `{${columns.map((column) => `${JSON.stringify(column.name)}: ${value(column, row)}`).join(", ")}}`);
  return lines ? records.map((record) => `${record}\n`).join("") : `[\n${records.map((record) => `  ${record}`).join(",\n")}\n]\n`;
}

/** A number as JSON has it: without a plus, zeros in front or a bare point. */
function numberText(text: string): string {
  const token = text.trim();
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token) ? token : Number.isFinite(Number(token)) ? JSON.stringify(Number(token)) : "null";
}

/** The file's text with values put in: in the place of null, or as a new member where a record lacks the key. */
function splice(table: JsonTable, replace: Replace): string {
  const kinds = table.columns.map((_, column) => usualKind(table, column));
  const parts: string[] = [];
  let done = 0;
  const put = (start: number, end: number, text: string): void => {
    parts.push(table.text.slice(done, start), text);
    done = end;
  };
  table.scanned.records.forEach((record, row) => {
    const edits: { start: number; end: number; text: string }[] = [];
    let first = record.cells.size === 0;
    for (let column = 0; column < table.columns.length; column++) {
      const text = replace(row, column);
      if (text === undefined) continue;
      const value = jsonValue(text, kinds[column]);
      const cell = table.at(row, column);
      if (cell) edits.push({ start: cell.start, end: cell.end, text: value });
      else {
        edits.push({ start: record.last, end: record.last, text: member(table.text, record, table.keys[column], value, first) });
        first = false;
      }
    }
    // a new member comes after the last value, which may itself be new
    for (const { start, end, text } of edits.sort((a, b) => a.start - b.start)) put(start, end, text);
  });
  parts.push(table.text.slice(done));
  return parts.join("");
}

/** A further member, with the blanks and line breaks that stand between others. */
function member(text: string, { start, cells }: JsonRecord, key: string, value: string, first: boolean): string {
  const [one, two] = [...cells.values()].sort((a, b) => a.start - b.start);
  const name = JSON.stringify(key);
  if (first) return `${name}: ${value}`;
  const colon = one ? (/:\s*$/.exec(text.slice(start, one.start))?.[0] ?? ": ") : ": ";
  const between = one && two ? /^\s*,\s*/.exec(text.slice(one.end, two.start))?.[0] : undefined;
  return `${between ?? ", "}${name}${colon}${value}`;
}

function usualKind(table: JsonTable, column: number): JsonCell["kind"] {
  const counts = new Map<JsonCell["kind"], number>();
  for (let row = 0; row < table.rows; row++) {
    const cell = table.at(row, column);
    if (cell && cell.kind !== "null" && !table.isMissing(row, column)) counts.set(cell.kind, (counts.get(cell.kind) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "number";
}

function jsonValue(text: string, kind: JsonCell["kind"]): string {
  if (kind === "number" && readNumber(text) !== undefined) return numberText(text);
  if (kind === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase();
  return kind === "nested" && /^\s*[[{]/.test(text) ? text : JSON.stringify(text);
}
