import { decideReading, type ColumnReading } from "./cells/decide.ts";
import { columnFacts, type ColumnFacts } from "./cells/facts.ts";
import { readCell, sameFormat, type ColumnFormat } from "./cells/format.ts";
import { missingTest, type MissingRules } from "./cells/missing-words.ts";
import type { DecimalMark } from "./cells/marked-number.ts";
import type { Note, Reading } from "./reading.ts";
import { isContinuous, type Column } from "./schema/column.ts";

/** What is known of a table besides its cells. */
export interface TableTraits {
  /** How it was read, and what the user declared. */
  reading?: Reading;
  /** What was found and mended in reading, for people. */
  notes?: readonly Note[];
  /** Columns without a name in the file. */
  nameless?: ReadonlySet<number>;
  /** Part of a longer table: only a schema says how its cells are read. */
  partial?: boolean;
}

/** A table as it stands in a file, cell by cell as text. */
export abstract class RawTable {
  private decided: { decimal: DecimalMark; columns: ColumnReading[] } | undefined;
  private readonly known: ColumnFacts[] = [];
  private readonly tests: { column: Column | undefined; test: (cell: string) => boolean }[] = [];

  constructor(
    readonly columns: readonly string[],
    readonly rows: number,
    private readonly traits: TableTraits = {},
  ) {}

  /** The name of the format that it came in. */
  abstract readonly format: "csv" | "parquet" | "xlsx" | "arrow" | "json";
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

  get notes(): readonly Note[] {
    return this.traits.notes ?? [];
  }

  /** Tables that the file holds, by name: the sheets of a workbook. */
  get sheets(): readonly string[] {
    return [];
  }

  isNameless(column: number): boolean {
    return this.traits.nameless?.has(column) ?? false;
  }

  /** How the table was read, to be kept. */
  get reading(): Reading {
    return { ...this.traits.reading, ...(this.reads().decimal === "," && { decimal: "," }) };
  }

  /** How a column's cells are read: decided once, by all of the table. */
  readingOf(column: number): ColumnReading {
    return this.reads().columns[column];
  }

  /** Tokens that the user declared to mean "missing" in a column, and texts that are values; "" among these: an empty cell is a value. */
  declared(column: number): { missing: string[]; keep: string[] } {
    const { missing = [], keep = [] } = this.traits.reading ?? {};
    const own = (tokens: readonly string[]): string[] => tokens.flatMap((token) => {
      const at = token.indexOf("=");
      const name = token.slice(0, at);
      if (at < 1 || !this.columns.includes(name)) return [token];
      return name === this.columns[column] ? [token.slice(at + 1)] : [];
    });
    return { missing: own(missing), keep: own(keep) };
  }

  /** The cell's text; undefined where it is missing. With the column of a schema, missing is what it is there. */
  observedCell(row: number, column: number, as?: Column): string | undefined {
    const cell = this.cell(row, column);
    return this.missingIn(column, as)(cell) ? undefined : cell;
  }

  isMissing(row: number, column: number, as?: Column): boolean {
    return this.missingIn(column, as)(this.cell(row, column));
  }

  /** The format in which a column is read for a schema: the schema's where it reads all cells, else the one of this table. */
  formatFor(column: number, as: Column): ColumnFormat | undefined {
    if (this.traits.partial || !isContinuous(as.type)) return as.format;
    const own = this.readingOf(column);
    const alike = own.kind === (as.format?.date === undefined ? "number" : "date");
    if (!alike || sameFormat(own.format, as.format) || this.fits(column, as.format)) return as.format;
    return as.format?.turn !== undefined && own.format ? { ...own.format, turn: as.format.turn } : own.format;
  }

  private fits(column: number, format: ColumnFormat | undefined): boolean {
    const { plain, pointed, texts } = this.facts(column);
    const plainFits = plain === 0 || (format?.date === undefined && !format?.prefix && !format?.suffix && (format?.decimal !== "," || pointed === 0));
    return plainFits && [...texts.keys()].every((text) => readCell(text, format) !== undefined);
  }

  /** Whether a cell's text means "missing" in a column; with the column of a schema, as it is there. */
  missingIn(column: number, as: Column | undefined): (cell: string) => boolean {
    let known = this.tests[column];
    if (known === undefined || known.column !== as) {
      const { missing, keep } = this.declared(column);
      const test = as
        ? testOf({ missing: [...missing, ...(as.missing ?? [])], keep: [...keep, ...(as.keep ?? [])], numeric: isContinuous(as.type) })
        : testOf({ missing, keep, numeric: !this.traits.partial && this.readingOf(column).kind !== "text" });
      known = this.tests[column] = { column: as, test };
    }
    return known.test;
  }

  private facts(column: number): ColumnFacts {
    const { missing, keep } = this.declared(column);
    return (this.known[column] ??= columnFacts(this, column, testOf({ missing, keep }), new Set(keep.map((text) => text.trim().toLowerCase()))));
  }

  private reads(): { decimal: DecimalMark; columns: ColumnReading[] } {
    if (this.decided === undefined) {
      const { decimal, dates } = this.traits.reading ?? {};
      this.decided = decideReading(this.columns, this.columns.map((_, column) => this.facts(column)), { delimiter: this.delimiter, decimal, dates });
    }
    return this.decided;
  }
}

/** Whether a cell is missing by rules that may say that an empty one is not. */
function testOf(rules: MissingRules): (cell: string) => boolean {
  const test = missingTest(rules);
  return rules.keep?.includes("") ? (cell) => cell.trim() !== "" && test(cell) : test;
}
