import { RawTable } from "../raw-table.ts";

/** What is known about each picture, as a table: [N rows, columns] of texts, "" where unknown. */
export class LabelTable extends RawTable {
  override readonly format = "csv";
  override readonly delimiter = ",";
  override readonly counts = "row";

  constructor(
    columns: readonly string[],
    /** By column, then by picture. */
    private readonly cells: readonly (readonly string[])[],
    count: number,
  ) {
    super(columns, count);
  }

  override get content(): string {
    return JSON.stringify([this.columns, this.cells]);
  }

  override cell(row: number, column: number): string {
    return this.cells[column][row];
  }

  override line(row: number): number {
    return row + 1;
  }
}

/** Rows of a table of labels, in the order given; undefined: a row of which nothing is known. */
export function labelsOf(table: RawTable, rows: ArrayLike<number | undefined>): LabelTable {
  const cells = table.columns.map((_, j) => Array.from(rows, (row) => (row === undefined ? "" : known(table, row, j))));
  return new LabelTable(table.columns, cells, rows.length);
}

/** Those of the named columns that the labels have. */
export function labelColumns(table: RawTable, names: readonly string[]): LabelTable {
  const columns = names.filter((name) => table.columns.includes(name));
  const cells = columns.map((name) => {
    const j = table.columns.indexOf(name);
    return Array.from({ length: table.rows }, (_, row) => known(table, row, j));
  });
  return new LabelTable(columns, cells, table.rows);
}

function known(table: RawTable, row: number, column: number): string {
  return table.observedCell(row, column) ?? "";
}
