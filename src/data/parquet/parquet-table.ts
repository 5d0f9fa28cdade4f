import type { KeyValue, SchemaElement } from "hyparquet";
import { RawTable } from "../raw-table.ts";
import type { Reading } from "../reading.ts";
import type { CellType, Stored } from "./cell-type.ts";

/** @internal */
export interface ParquetColumn {
  /** As the file's schema describes it. */
  readonly element: SchemaElement;
  readonly type: CellType;
  readonly values: readonly (Stored | null)[];
}

/** A table from a Parquet file. Cells stay as the file holds them; `cell` shows them as text. */
export class ParquetTable extends RawTable {
  override readonly format = "parquet";
  override readonly delimiter = ",";
  override readonly counts = "row";

  /** @internal */
  constructor(
    /** @internal */
    readonly stored: readonly ParquetColumn[],
    rows: number,
    /** The file itself. */
    override readonly content: Uint8Array,
    /** What other programs noted in the file's footer. @internal */
    readonly footerNotes: readonly KeyValue[],
    reading: Reading,
  ) {
    super(stored.map(({ element }) => element.name), rows, { reading });
  }

  override cell(row: number, column: number): string {
    const { type, values } = this.stored[column];
    const value = values[row];
    return value === null ? "" : type.text(value);
  }

  override line(row: number): number {
    return row + 1;
  }
}
