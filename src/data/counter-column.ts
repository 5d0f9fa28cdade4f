import type { RawTable } from "./raw-table.ts";
import { TableError } from "./table-error.ts";

/** Throws TableError where the column that is to count completed tables, one below the other, has the name of another. */
export function checkCounter({ columns }: RawTable, counter: string | undefined): void {
  if (counter !== undefined && columns.includes(counter)) throw new TableError([{ column: counter, message: "the table has a column of this name, which is to count the completions; rename it." }]);
}
