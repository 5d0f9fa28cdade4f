import { attribute, excelText, readXml } from "./xml.ts";

/** A cell as it stands in the sheet's XML. */
export interface SheetCell {
  /** Counted from 0. */
  column: number;
  /** n, s, str, inlineStr, b, e or d, as the file format has them. */
  type: string;
  style: number;
  /** The stored value; of inline texts the text itself. */
  value: string | undefined;
  /** Whether a formula gives the value; of shared ones which, and whether others take it from here. */
  formula: boolean;
  shared?: string;
  gives?: boolean;
  /** Where the element stands in the text. */
  start: number;
  end: number;
}

export interface SheetRow {
  /** As Excel counts, from 1. */
  number: number;
  /** Ascending by column. */
  cells: SheetCell[];
}

export interface Area {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Sheet {
  text: string;
  rows: SheetRow[];
  /** Merged areas; rows counted from 1, columns from 0. */
  merged: Area[];
  /** What stands before the names of its elements: "" or "x:". */
  prefix: string;
}

const [mostRows, mostColumns] = [1_048_576, 16_384];

/** Reads the cells of a sheet. Throws plain errors for damaged data. */
export async function readSheet(xml: Uint8Array): Promise<Sheet> {
  const rows: SheetRow[] = [];
  const merged: Area[] = [];
  let row: SheetRow | undefined;
  let cell: SheetCell | undefined;
  let into: "value" | "text" | undefined;
  let ascending = true;
  const text = await readXml(xml, "worksheet", {
    open(name, attributes, start) {
      if (name === "row") {
        const number = Number(attributes.r ?? (rows.at(-1)?.number ?? 0) + 1);
        if (!(Number.isInteger(number) && number >= 1 && number <= mostRows)) throw new Error(`a row ${attributes.r}`);
        row = { number, cells: [] };
        ascending &&= number > (rows.at(-1)?.number ?? 0);
        rows.push(row);
      } else if (name === "c" && row) {
        const before = row.cells.at(-1)?.column ?? -1;
        const column = attributes.r === undefined ? before + 1 : columnOf(attributes.r);
        if (!(column < mostColumns)) throw new Error(`a cell ${attributes.r}`);
        ascending &&= column > before;
        cell = { column, type: attributes.t ?? "n", style: Number(attributes.s ?? 0), value: undefined, formula: false, start, end: start };
        row.cells.push(cell);
      } else if (name === "f" && cell) {
        cell.formula = true;
        if (attributes.t === "shared") [cell.shared, cell.gives] = [attributes.si, attributes.ref !== undefined];
      } else if (name === "v" && cell) into = "value";
      else if (name === "t" && cell?.type === "inlineStr") into = "text";
      else if (name === "rPh") into = undefined;
      else if (name === "mergeCell") {
        const area = areaOf(attribute(attributes, "ref") ?? "");
        if (area) merged.push(area);
      }
    },
    text(part) {
      if (into !== undefined && cell) cell.value = (cell.value ?? "") + part;
    },
    close(name, end) {
      if (name === "v" || name === "t") into = undefined;
      if (name !== "c" || !cell) return;
      cell.end = end;
      if (cell.value !== undefined && cell.type === "inlineStr") cell.value = excelText(cell.value);
      cell = undefined;
    },
  });
  if (!ascending) throw new Error("its cells are not in order");
  return { text, rows, merged, prefix: /<(\w+:)?sheetData/.exec(text)?.[1] ?? "" };
}

/** 0 for A, 27 for AB1; NaN for what is no cell. */
export function columnOf(reference: string): number {
  const letters = /^\$?([A-Z]{1,3})\$?\d*$/i.exec(reference)?.[1];
  if (letters === undefined) return Number.NaN;
  return [...letters.toUpperCase()].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) - 1;
}

/** AB for 27 */
export function columnName(column: number): string {
  return column < 26 ? String.fromCharCode(65 + column) : columnName(Math.floor(column / 26) - 1) + columnName(column % 26);
}

function areaOf(reference: string): Area | undefined {
  const [from, to = from] = reference.split(":");
  const row = (cell: string): number => Number(/\d+$/.exec(cell)?.[0]);
  const area = { top: row(from), bottom: row(to), left: columnOf(from), right: columnOf(to) };
  return Object.values(area).every((side) => side >= 0) ? area : undefined;
}
