import { unquote } from "./scan-fields.ts";

const missingWords = new Set(["na", "nan", "?", "null"]);
const longestWord = 4;

/** A table as text: cells stay as they stand in the file, so that it can be written back byte for byte. */
export class RawTable {
  private readonly missing: ReadonlySet<string>;

  constructor(
    readonly text: string,
    readonly columns: readonly string[],
    readonly rows: number,
    readonly delimiter: string,
    /** Start and end of each cell's raw text, row-major. */
    private readonly spans: Uint32Array,
    /** Line of the file, counted from 1, on which each row starts. */
    private readonly lines: Uint32Array,
    missing: readonly string[],
  ) {
    this.missing = new Set(missing.map((token) => token.trim()));
  }

  /** The cell's text, without quotes. */
  cell(row: number, column: number): string {
    const [start, end] = this.span(row, column);
    return unquote(this.text.slice(start, end));
  }

  /** The cell's text; undefined where it is missing. */
  observedCell(row: number, column: number): string | undefined {
    const cell = this.cell(row, column);
    const token = cell.trim();
    if (token === "" || (token.length <= longestWord && missingWords.has(token.toLowerCase()))) return undefined;
    return this.missing.size > 0 && this.missing.has(token) ? undefined : cell;
  }

  isMissing(row: number, column: number): boolean {
    return this.observedCell(row, column) === undefined;
  }

  /** The line of the file on which the row starts, counted from 1. */
  line(row: number): number {
    return this.lines[row];
  }

  /** Start and end of the cell's raw text in `text`. */
  span(row: number, column: number): [number, number] {
    const at = 2 * (row * this.columns.length + column);
    return [this.spans[at], this.spans[at + 1]];
  }
}
