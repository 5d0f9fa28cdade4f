const missingWords = new Set(["na", "nan", "?", "null"]);
const longestWord = 4;

/** A table as it stands in a file, cell by cell as text. */
export abstract class RawTable {
  private readonly missing: ReadonlySet<string>;

  constructor(
    readonly columns: readonly string[],
    readonly rows: number,
    missing: readonly string[],
  ) {
    this.missing = new Set(missing.map((token) => token.trim()));
  }

  /** What separates the fields of the table as text. */
  abstract readonly delimiter: string;
  /** What `line` counts: the lines of a text file, or rows. */
  abstract readonly counts: "line" | "row";
  /** What the file holds, to tell whether it is still the same. */
  abstract readonly content: string | Uint8Array;

  /** The cell's text, without quotes; "" where there is nothing. */
  abstract cell(row: number, column: number): string;

  /** Where the row stands in the file, counted from 1: the line on which it starts in a text file, else its number. Messages say "row" and this. */
  abstract line(row: number): number;

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
}
