import type { TypedColumn } from "../typed-columns.ts";
import { TableError } from "../table-error.ts";
import { serialOf } from "./dates.ts";
import { columnName } from "./sheet.ts";
import { escapeXml } from "./xml.ts";
import { zip } from "./zip.ts";

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const documents = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** What every workbook of one sheet has besides it. Styles: 0 plain, 1 a day, 2 a day with its time, 3 the header. */
const fixed: Readonly<Record<string, string>> = {
  "[Content_Types].xml": `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/></Types>`,
  "_rels/.rels": `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${documents}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${documents}"><sheets><sheet name="Table" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${documents}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${documents}/styles" Target="styles.xml"/></Relationships>`,
  "xl/styles.xml": `<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
};

/** The most rows of a sheet, its header included. */
const mostRows = 1_048_576;

/** Columns as a workbook of one sheet, the header fixed at its top. Throws TableError if there are more rows than a sheet has. */
export async function newWorkbook(columns: readonly TypedColumn[]): Promise<Uint8Array> {
  const rows = columns[0]?.cells.length ?? 0;
  if (rows >= mostRows) throw new TableError([{ message: `the table has ${rows} rows; a sheet of Excel has at most ${mostRows - 1} below its header. Write it as CSV or Parquet.` }]);
  const names = columns.map((_, column) => columnName(column));
  const whole = columns.map((column) => column.kind === "date" && column.cells.every((day) => day === undefined || Number.isInteger(day)));
  const cell = (i: number, row: number): string => {
    const column = columns[i];
    const value = column.cells[row];
    const place = ` r="${names[i]}${row + 2}"`;
    if (value === undefined) return "";
    if (column.kind === "date") return `<c${place} s="${whole[i] ? 1 : 2}"><v>${serialOf(value as number, false)}</v></c>`;
    if (column.kind === "boolean") return `<c${place} t="b"><v>${value ? 1 : 0}</v></c>`;
    if (column.kind === "number") return `<c${place}><v>${Number(value)}</v></c>`;
    return textCell(place, value as string);
  };
  const header = columns.map(({ name }, i) => textCell(` r="${names[i]}1" s="3"`, name)).join("");
  const lines = Array.from({ length: rows }, (_, row) => `<row r="${row + 2}">${columns.map((__, i) => cell(i, row)).join("")}</row>`);
  const view = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  const sheet = `<worksheet xmlns="${main}">${view}<sheetData><row r="1">${header}</row>${lines.join("")}</sheetData></worksheet>`;
  const texts = Object.entries({ ...fixed, "xl/worksheets/sheet1.xml": sheet });
  return zip(new Map(texts.map(([name, text]) => [name, new TextEncoder().encode(head + text)])));
}

function textCell(place: string, text: string): string {
  return `<c${place} t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
}
