import { RawTable, type TableTraits } from "../raw-table.ts";
import type { JsonCell, Scanned } from "./scan.ts";

/** A table from JSON records. Cells stay as they stand in the file: 1.50 is shown as 1.50; null and keys that a record lacks are empty. */
export class JsonTable extends RawTable {
  override readonly format = "json";
  override readonly delimiter = ",";
  override readonly counts: "line" | "row";

  constructor(
    columns: readonly string[],
    /** The key of each column. */
    readonly keys: readonly string[],
    readonly text: string,
    readonly scanned: Scanned,
    /** Lines of records, counted from 1, where each has one. */
    private readonly lines: readonly number[] | undefined,
    readonly encoding: string,
    /** Whether its name says that it has a record a line; many that have are called .json. */
    readonly namedLines: boolean,
    traits: TableTraits,
  ) {
    super(columns, scanned.records.length, traits);
    this.counts = lines ? "line" : "row";
  }

  override get content(): string {
    return this.text;
  }

  override cell(row: number, column: number): string {
    return this.at(row, column)?.text ?? "";
  }

  override line(row: number): number {
    return this.lines?.[row] ?? row + 1;
  }

  at(row: number, column: number): JsonCell | undefined {
    return this.scanned.records[row].cells.get(this.keys[column]);
  }
}

/** Whether a file's name asks for a record a line. */
export function namesLines(path: string): boolean {
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(path);
}
