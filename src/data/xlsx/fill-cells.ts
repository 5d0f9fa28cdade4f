import { readDate } from "../cells/dates.ts";
import { readCell } from "../cells/format.ts";
import { readNumber } from "../coding/number.ts";
import type { Replace } from "../text/write-text.ts";
import { serialOf } from "./dates.ts";
import { columnName, type SheetCell, type SheetRow } from "./sheet.ts";
import { escapeXml } from "./xml.ts";
import { kindOf, type XlsxKind, type XlsxTable } from "./xlsx-table.ts";

/** What the filled cells of a column look like: most of its cells. */
interface Look {
  kind: XlsxKind;
  style: number;
}

/** The sheet's XML with some cells replaced; everything else stays byte for byte. `formulas`: how many cells lost theirs. */
export function fillCells(table: XlsxTable, replace: Replace): { text: string; filled: number; formulas: number } {
  const { sheet, rows, left } = table.place;
  const looks = table.columns.map((_, column) => lookOf(table, column));
  const edits: { start: number; end: number; text: string }[] = [];
  const orphans = new Set<string>();
  let [filled, formulas] = [0, 0];
  for (let row = 0; row < table.rows; row++) {
    const own = sheet.rows[rows[row]];
    for (let column = 0; column < table.columns.length; column++) {
      const value = replace(row, column);
      if (value === undefined) continue;
      const cell = own.cells.find((candidate) => candidate.column === left + column);
      // Excel will compute it
      if (cell?.formula && cell.value === undefined) continue;
      filled++;
      if (cell?.formula) formulas++;
      if (cell?.gives && cell.shared !== undefined) orphans.add(cell.shared);
      const place = cell ?? gap(own, left + column);
      edits.push({ start: place.start, end: place.end, text: cellXml(table, own, column, value, looks[column], cell) });
    }
  }
  return { text: freed(spliced(sheet.text, edits), orphans), filled, formulas };
}

/** Where a cell goes that the row does not have. */
function gap({ cells }: SheetRow, column: number): { start: number; end: number } {
  const next = cells.find((cell) => cell.column > column);
  const at = next ? next.start : cells.at(-1)!.end;
  return { start: at, end: at };
}

function spliced(text: string, edits: { start: number; end: number; text: string }[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const edit of edits) {
    parts.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  parts.push(text.slice(done));
  return parts.join("");
}

/** Cells whose shared formula stood in a cell that was filled keep their values. */
function freed(text: string, orphans: ReadonlySet<string>): string {
  if (orphans.size === 0) return text;
  return text.replace(/<(\w+:)?f\b[^>]*\bsi="(\d+)"[^>]*?(\/>|>[^<]*<\/(\w+:)?f>)/g, (element, _, si: string) => (orphans.has(si) ? "" : element));
}

function lookOf(table: XlsxTable, column: number): Look {
  const counts = new Map<string, number>();
  for (let row = 0; row < table.rows; row++) {
    const cell = table.at(row, column);
    if (cell?.value === undefined || table.isMissing(row, column)) continue;
    const key = `${kindOf(cell, table.place.workbook)} ${cell.style}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [kind = "number", style = "0"] = ([...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "").split(" ").filter((part) => part !== "");
  return { kind: kind as XlsxKind, style: Number(style) };
}

function cellXml(table: XlsxTable, row: SheetRow, column: number, text: string, look: Look, before: SheetCell | undefined): string {
  const { workbook, sheet: { prefix }, left } = table.place;
  const format = table.readingOf(column).format;
  // a cell keeps its own style, unless a date would show as a number
  const ownDate = before !== undefined && workbook.styles[before.style] === look.kind;
  const style = before === undefined || ((look.kind === "date" || look.kind === "time") && !ownDate) ? look.style : before.style;
  const element = (type: string, content: string): string => `<${prefix}c r="${columnName(left + column)}${row.number}"${style > 0 ? ` s="${style}"` : ""}${type}>${content}</${prefix}c>`;
  const stored = (value: string | number, type = ""): string => element(type, `<${prefix}v>${value}</${prefix}v>`);
  const number = readNumber(text);
  if (look.kind === "date") {
    const days = readCell(text, format) ?? (format?.date === undefined ? undefined : readDate(text, format.date));
    if (days !== undefined && format?.date !== undefined) return stored(serialOf(days, workbook.from1904));
  }
  const clock = look.kind === "time" ? /^(\d{1,2}):(\d\d):(\d\d)$/.exec(text) : null;
  if (clock) return stored((Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) / 86_400);
  if (look.kind === "boolean" && /^(true|false)$/i.test(text)) return stored(/^true$/i.test(text) ? 1 : 0, ' t="b"');
  if (look.kind === "number" && number !== undefined) return stored(number);
  const shared = workbook.texts.indexOf(text);
  if (shared >= 0) return stored(shared, ' t="s"');
  return element(' t="inlineStr"', `<${prefix}is><${prefix}t xml:space="preserve">${escapeXml(text)}</${prefix}t></${prefix}is>`);
}
