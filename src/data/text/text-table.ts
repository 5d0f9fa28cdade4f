import { RawTable, type TableTraits } from "../raw-table.ts";
import { unquote } from "./scan-fields.ts";

/** A table as text: cells stay as they stand in the file, so that it can be written back byte for byte. */
export class TextTable extends RawTable {
  override readonly format = "csv";
  override readonly counts = "line";

  constructor(
    readonly text: string,
    columns: readonly string[],
    rows: number,
    override readonly delimiter: string,
    /** Start and end of each cell's raw text, row-major. */
    private readonly spans: Uint32Array,
    /** Line of the file, counted from 1, on which each row starts. */
    private readonly lines: Uint32Array,
    traits: TableTraits,
  ) {
    super(columns, rows, traits);
  }

  override get content(): string {
    return this.text;
  }

  override cell(row: number, column: number): string {
    const [start, end] = this.span(row, column);
    return unquote(this.text.slice(start, end));
  }

  override line(row: number): number {
    return this.lines[row];
  }

  /** Start and end of the cell's raw text in `text`. */
  span(row: number, column: number): [number, number] {
    const at = 2 * (row * this.columns.length + column);
    return [this.spans[at], this.spans[at + 1]];
  }
}
