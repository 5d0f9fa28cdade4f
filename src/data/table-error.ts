/** What a reader can change about how a table or pictures are read; each front end knows how that is said there. */
export type Remedy = "missing" | "types" | "schema" | "header" | "size";

/** One thing wrong with a table: where, what was expected, what came, what to do. */
export interface TableProblem {
  /** Line of the file, counted from 1. */
  row?: number;
  column?: string;
  message: string;
  /** What the message advises to change. */
  remedies?: readonly Remedy[];
}

const shown = 20;

/** A table, schema or splits file that cannot be used, with all its problems. */
export class TableError extends Error {
  override name = "TableError";

  constructor(readonly problems: readonly TableProblem[], source = "") {
    const lines = problems.slice(0, shown).map((problem) => `${place(source, problem)}${problem.message}`);
    if (problems.length > shown) lines.push(`and ${problems.length - shown} more.`);
    super(lines.join("\n"));
  }
}

/** A schema that is not valid. */
export class SchemaError extends TableError {
  override name = "SchemaError";
}

function place(source: string, { row, column }: TableProblem): string {
  const parts = [source, row === undefined ? "" : `row ${row}`, column === undefined ? "" : `column "${column}"`].filter((part) => part !== "");
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}
