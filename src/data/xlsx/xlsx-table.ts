import { RawTable, type TableTraits } from "../raw-table.ts";
import { dateText, finenessOf, millisOf, timeText, type Fineness } from "./dates.ts";
import type { Sheet, SheetCell } from "./sheet.ts";
import type { Workbook } from "./workbook.ts";
import type { Parts } from "./zip.ts";

/** What a cell holds. */
export type XlsxKind = "number" | "date" | "time" | "boolean" | "error" | "text";

/** Where the table stands in its workbook. */
export interface XlsxPlace {
  workbook: Workbook;
  sheet: Sheet;
  /** The sheet's part. */
  path: string;
  /** Index into `sheet.rows` of each of its rows, and index of its first column. */
  rows: readonly number[];
  left: number;
}

/** A table on a sheet of a workbook. Cells stay as the file holds them; `cell` shows them as text, dates alike within a column. */
export class XlsxTable extends RawTable {
  override readonly format = "xlsx";
  override readonly delimiter = ",";
  override readonly counts = "row";
  private readonly fineness: (Fineness | undefined)[] = [];

  constructor(
    columns: readonly string[],
    readonly place: XlsxPlace,
    /** Cells of the table, row-major; those of a merged area all are its first. */
    private readonly cells: readonly (SheetCell | undefined)[],
    /** The file itself, and its parts. */
    override readonly content: Uint8Array,
    readonly parts: Parts,
    traits: TableTraits,
  ) {
    super(columns, place.rows.length, traits);
  }

  override cell(row: number, column: number): string {
    const cell = this.at(row, column);
    if (cell?.value === undefined) return "";
    const kind = kindOf(cell, this.place.workbook);
    if (kind === "date") return dateText(millisOf(Number(cell.value), this.place.workbook.from1904)!, this.finenessOf(column));
    return kind === "time" ? timeText(Number(cell.value)) : plainText(cell, this.place.workbook);
  }

  override line(row: number): number {
    return this.place.sheet.rows[this.place.rows[row]].number;
  }

  at(row: number, column: number): SheetCell | undefined {
    return this.cells[row * this.columns.length + column];
  }

  private finenessOf(column: number): Fineness {
    let known = this.fineness[column];
    if (known === undefined) {
      known = "day";
      for (let row = 0; row < this.rows && known !== "millisecond"; row++) {
        const cell = this.at(row, column);
        if (cell?.value === undefined || kindOf(cell, this.place.workbook) !== "date") continue;
        const own = finenessOf(millisOf(Number(cell.value), this.place.workbook.from1904)!);
        if (own !== "day") known = own;
      }
      this.fineness[column] = known;
    }
    return known;
  }
}

export function kindOf({ type, value, style }: SheetCell, { styles, from1904 }: Workbook): XlsxKind {
  if (type === "b") return "boolean";
  if (type === "e") return "error";
  if (type !== "n") return "text";
  const kind = styles[style] ?? "number";
  const serial = Number(value);
  if (kind === "date" && millisOf(serial, from1904) === undefined) return "number";
  return kind === "time" && !(serial >= 0 && serial < 1) ? (millisOf(serial, from1904) === undefined ? "number" : "date") : kind;
}

/** A cell's text without regard to dates: Excel stores 5.0999999999999996 for 5.1. */
export function plainText({ type, value = "" }: SheetCell, { texts }: Workbook): string {
  switch (type) {
    case "s":
      return texts[Number(value)];
    case "b":
      return value.trim() === "1" ? "TRUE" : "FALSE";
    case "n": {
      const number = Number(value);
      return value.trim() === "" || Number.isNaN(number) ? value : String(number);
    }
    default:
      return value;
  }
}
