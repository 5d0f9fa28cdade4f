import type { Table } from "@uwdata/flechette";
import type { Stored } from "../parquet/cell-type.ts";
import { RawTable, type TableTraits } from "../raw-table.ts";
import type { ArrowType } from "./column-type.ts";

export interface ArrowColumn {
  type: ArrowType;
  values: readonly (Stored | null)[];
}

/** A table from an Arrow file or stream. Cells stay as the file holds them; `cell` shows them as text. */
export class ArrowTable extends RawTable {
  override readonly format = "arrow";
  override readonly delimiter = ",";
  override readonly counts = "row";

  constructor(
    columns: readonly string[],
    readonly stored: readonly ArrowColumn[],
    rows: number,
    /** The file itself, and as flechette has it. */
    override readonly content: Uint8Array,
    readonly arrow: Table,
    readonly isFile: boolean,
    traits: TableTraits,
  ) {
    super(columns, rows, traits);
  }

  override cell(row: number, column: number): string {
    const { type, values } = this.stored[column];
    const value = values[row];
    return value === null ? "" : type.cell.text(value);
  }

  override line(row: number): number {
    return row + 1;
  }
}
