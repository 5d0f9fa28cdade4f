/** What a reader can change about how a table or pictures are read; each front end knows how that is said there. */
export type Remedy = "missing" | "keep" | "types" | "schema" | "header" | "size" | "encoding" | "dates" | "bounds" | "sheet";

/** One thing wrong with a table: where, what was expected, what came, what to do. */
export interface TableProblem {
  /** Line of the file, counted from 1. */
  row?: number;
  column?: string;
  message: string;
  /** What the message advises to change. */
  remedies?: readonly Remedy[];
  /** Many problems of one kind are told as one: how many of "what", what came in some of them, what to do. */
  alike?: { what: string; got: string; advice: string };
}

const shown = 20;
/** More problems of a kind in a column than this are told as one. */
const mostAlike = 3;

/** A table, schema or splits file that cannot be used, with all its problems. */
export class TableError extends Error {
  override name = "TableError";

  constructor(readonly problems: readonly TableProblem[], source = "") {
    const together = grouped(problems);
    const lines = together.slice(0, shown).map((problem) => `${place(source, problem)}${problem.message}`);
    if (together.length > shown) lines.push(`and ${together.length - shown} more.`);
    super(lines.join("\n"));
  }
}

/** A schema that is not valid. */
export class SchemaError extends TableError {
  override name = "SchemaError";
}

/** The problems with those of a kind told as one, with a count and three examples. */
export function grouped(problems: readonly TableProblem[]): TableProblem[] {
  const kinds = new Map<string, TableProblem[]>();
  const keyOf = ({ column = "", alike }: TableProblem): string => `${column}\n${alike!.what}`;
  for (const problem of problems) {
    if (!problem.alike) continue;
    const kind = kinds.get(keyOf(problem));
    if (kind) kind.push(problem);
    else kinds.set(keyOf(problem), [problem]);
  }
  const told = new Set<string>();
  return problems.flatMap((problem) => {
    if (!problem.alike) return [problem];
    const kind = kinds.get(keyOf(problem))!;
    if (kind.length <= mostAlike) return [problem];
    if (told.has(keyOf(problem))) return [];
    told.add(keyOf(problem));
    const examples = kind.slice(0, mostAlike).map(({ row, alike }) => `${alike!.got}${row === undefined ? "" : ` in row ${row}`}`);
    const { column, alike, remedies } = problem;
    return [{ ...(column !== undefined && { column }), ...(remedies && { remedies }), message: `${kind.length} ${alike.what}: ${examples.join(", ")}, ...; ${alike.advice}` }];
  });
}

function place(source: string, { row, column }: TableProblem): string {
  const parts = [source, row === undefined ? "" : `row ${row}`, column === undefined ? "" : `column "${column}"`].filter((part) => part !== "");
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/** What a reader of damaged bytes stumbled over, as part of a message: what is not there is "nothing". */
export function reasonOf(cause: unknown): string {
  return (cause as Error).message.replace(/\.$/, "").replace(/\bundefined\b/g, "nothing");
}
