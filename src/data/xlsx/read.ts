import { declaredOf, type Note, type ReadOptions } from "../reading.ts";
import { TableError, type TableProblem } from "../table-error.ts";
import { namesOf, skippedNotes } from "../text/names.ts";
import { dateText, finenessOf, millisOf } from "./dates.ts";
import { findTable, type FoundTable } from "./find-table.ts";
import { otherArchive } from "./other-archive.ts";
import { readSheet, type Sheet, type SheetCell } from "./sheet.ts";
import { readWorkbook, type SheetPlace, type Workbook } from "./workbook.ts";
import { kindOf, plainText, XlsxTable } from "./xlsx-table.ts";
import { unzip, type Parts } from "./zip.ts";

/** More cells than this do not fit into memory. */
const mostCells = 30_000_000;

/** Reads the table on a sheet of an Excel workbook. Formulas give the values that were stored with them. Throws TableError with all problems. */
export async function readXlsx(bytes: Uint8Array, options: ReadOptions & { source?: string } = {}): Promise<XlsxTable> {
  const fail = (...problems: TableProblem[]): never => {
    throw new TableError(problems, options.source ?? "");
  };
  if (bytes[0] === 0xd0) fail({ message: "this is a workbook of old Excel (.xls), or one with a password; save it as .xlsx without a password, or export it as CSV." });
  const damaged = (cause: unknown): never => fail({ message: `the Excel workbook is damaged or cut off; get it again, or save it anew. (${(cause as Error).message.replace(/\.$/, "")})` });
  const parts = await unzip(bytes).catch(damaged);
  const other = otherArchive(parts);
  if (other !== undefined) fail({ message: other });
  const workbook = await readWorkbook(parts).catch(damaged);
  if (workbook.sheets.length === 0) fail({ message: "the workbook has no sheet with cells; expected one that holds the table." });
  const chosen = choose(workbook, options);
  if ("problem" in chosen) return fail({ message: chosen.problem, remedies: ["sheet"] });
  const { path, name } = chosen.sheet;
  const sheet = await sheetAt(parts, path).catch(damaged);
  const bad = sheet.rows.flatMap((row) => row.cells).find((cell) => cell.type === "s" && workbook.texts[Number(cell.value)] === undefined);
  if (bad) damaged(new Error(`a cell names the text ${bad.value}, which is not there`));
  const found = findTable(sheet.rows, sheet.merged, options.header, (cell) => plainText(cell, workbook));
  if (!found) return fail({ message: `the sheet "${name}" is empty; expected a header and at least one row.${othersText(workbook, chosen.sheet)}`, remedies: ["sheet"] });
  const { left, right, header, rows, skipped } = found;
  const width = right - left + 1;
  if (rows.length === 0) fail({ message: `the sheet "${name}" has a header but no rows; expected at least one.${othersText(workbook, chosen.sheet)}`, remedies: ["sheet"] });
  if (rows.length * width > mostCells) fail({ message: `the sheet "${name}" has ${rows.length} rows of ${width} columns; the most is ${mostCells} cells. Is there something far to the right of the table?` });
  const { cells, merged } = cellsOf(sheet, found, rows);
  const head = header < 0 ? undefined : cellsOf(sheet, found, [header]).cells.map((cell) => (cell?.value === undefined ? "" : headerText(cell, workbook)));
  const { columns, nameless, notes } = head ? namesOf(head) : { columns: Array.from({ length: width }, (_, i) => `column ${i + 1}`), nameless: new Set<number>(), notes: [] };
  const emptied = cells.filter((cell) => cell?.formula && cell.value === undefined).length;
  const reading = { sheet: name, header: header >= 0, ...(skipped.length > 0 && { skipped: skipped.length }), ...(options.decimal && { decimal: options.decimal }), ...declaredOf(options) };
  const all: Note[] = [...chosen.notes, ...skippedNotes(skipped, "row", "above"), ...mergedNotes(merged), ...formulaNotes(emptied), ...notes];
  return new XlsxTable(columns, { workbook, sheet, path, rows, left }, cells, bytes, parts, { reading, notes: all, nameless });
}

async function sheetAt(parts: Parts, path: string): Promise<Sheet> {
  const bytes = parts.get(path);
  if (bytes === undefined) throw new Error(`${path} is missing`);
  return readSheet(bytes);
}

/** The sheet that was asked for, else that of earlier tables, else the first that is not hidden. */
function choose({ sheets }: Workbook, { sheet, before }: ReadOptions): { sheet: SheetPlace; notes: Note[] } | { problem: string } {
  const named = (wanted: string): SheetPlace | undefined => sheets.find(({ name }) => name === wanted) ?? sheets.find(({ name }) => name.toLowerCase() === wanted.trim().toLowerCase());
  if (sheet !== undefined) {
    const found = named(sheet) ?? (/^\d+$/.test(sheet) ? sheets[Number(sheet) - 1] : undefined);
    return found ? { sheet: found, notes: [] } : { problem: `there is no sheet "${sheet}"; there ${sheets.length === 1 ? "is" : "are"} ${listed(sheets)}.` };
  }
  const earlier = before?.sheet === undefined ? undefined : named(before.sheet);
  if (earlier) return { sheet: earlier, notes: [] };
  const shown = sheets.filter(({ hidden }) => !hidden);
  const first = shown[0] ?? sheets[0];
  const other = shown.find((own) => own !== first);
  return { sheet: first, notes: other ? [{ text: `the workbook has ${shown.length} sheets, and the first, "${first.name}", is read; to read another, name it`, change: { option: "sheet", value: other.name } }] : [] };
}

function listed(sheets: readonly SheetPlace[]): string {
  return `${sheets.slice(0, 10).map(({ name }) => `"${name}"`).join(", ")}${sheets.length > 10 ? ", ..." : ""}`;
}

function othersText({ sheets }: Workbook, own: SheetPlace): string {
  const others = sheets.filter((sheet) => sheet !== own);
  return others.length === 0 ? "" : ` There ${others.length === 1 ? "is" : "are"} also ${listed(others)}.`;
}

/** Cells of some rows, row-major; those of a merged area all are its first. */
function cellsOf(sheet: Sheet, { left, right }: FoundTable, rows: readonly number[]): { cells: (SheetCell | undefined)[]; merged: number } {
  const width = right - left + 1;
  const cells = new Array<SheetCell | undefined>(rows.length * width).fill(undefined);
  const rowAt = new Map(rows.map((row, i) => [sheet.rows[row].number, i]));
  rows.forEach((row, i) => {
    for (const cell of sheet.rows[row].cells) if (cell.column >= left && cell.column <= right) cells[i * width + cell.column - left] = cell;
  });
  let merged = 0;
  for (const area of sheet.merged) {
    const top = rowAt.get(area.top);
    const value = top === undefined || area.left < left ? undefined : cells[top * width + area.left - left];
    if (value?.value === undefined || area.left > right) continue;
    merged++;
    for (let i = top!; i < rows.length && sheet.rows[rows[i]].number <= area.bottom; i++) {
      for (let column = area.left; column <= Math.min(area.right, right); column++) cells[i * width + column - left] = value;
    }
  }
  return { cells, merged };
}

function headerText(cell: SheetCell, workbook: Workbook): string {
  // columns may be named by days
  const millis = kindOf(cell, workbook) === "date" ? millisOf(Number(cell.value), workbook.from1904)! : undefined;
  return millis === undefined ? plainText(cell, workbook).trim() : dateText(millis, finenessOf(millis));
}

function mergedNotes(count: number): Note[] {
  return count === 0 ? [] : [{ text: `${count} merged area${count === 1 ? "" : "s"}: each of its cells counts as holding its value` }];
}

function formulaNotes(count: number): Note[] {
  return count === 0 ? [] : [{ text: `${count} formula${count === 1 ? " has" : "s have"} no stored value and count${count === 1 ? "s" : ""} as missing; if there should be values, open the file in Excel or LibreOffice and save it` }];
}
