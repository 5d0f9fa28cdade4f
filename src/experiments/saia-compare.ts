import { parseTable, TableError, type TableProblem } from "../data/index.ts";
import { readNumber } from "../data/coding/number.ts";
import { markdownTable, meanAndError, withError } from "../report/index.ts";
import type { SaiaExperiment } from "./saia-results.ts";
import { valuesKnown } from "./saia-settings.ts";
import { methodNames } from "./saia-summary.ts";

/** The mean error that somebody else found for a table, a model and a method. */
export interface OtherFigure {
  table: string;
  model: string;
  method: string;
  /** The folds it is of, such as [0]; empty: others than ours, compared with the mean of all of ours. */
  folds: number[];
  /** First step of the mean over steps: 0 or 1. */
  from: 0 | 1;
  error: number;
  source: string;
}

const columns = ["table", "model", "method", "folds", "from", "error", "source"] as const;

/** Reads a CSV file with a line per figure: table, model, method, folds (such as 0 1, or empty), from (0 or 1), error, source. Throws TableError. */
export function parseOthers(bytes: Uint8Array | string, source: string): OtherFigure[] {
  const table = parseTable(bytes, { header: true, delimiter: ",", source });
  const missing = columns.filter((name) => !table.columns.includes(name));
  if (missing.length > 0) throw new TableError(missing.map((name) => ({ column: name, message: `the file lacks this column; it has ${table.columns.join(", ")}.` })), source);
  const problems: TableProblem[] = [];
  const figures = Array.from({ length: table.rows }, (_, row): OtherFigure => {
    const cell = (name: (typeof columns)[number]): string => table.cell(row, table.columns.indexOf(name)).trim();
    const problem = (column: string, message: string): void => void problems.push({ row: table.line(row), column, message });
    if (!Object.keys(methodNames).includes(cell("method"))) problem("method", `expected one of ${Object.keys(methodNames).join(", ")}, got "${cell("method")}".`);
    if (!/^(\d+( \d+)*)?$/.test(cell("folds"))) problem("folds", `expected fold numbers with spaces between them, or nothing, got "${cell("folds")}".`);
    if (!/^[01]$/.test(cell("from"))) problem("from", `expected 0 or 1, got "${cell("from")}".`);
    if (readNumber(cell("error")) === undefined) problem("error", `expected a number, got "${cell("error")}".`);
    const folds = cell("folds") === "" ? [] : cell("folds").split(" ").map(Number);
    return { table: cell("table"), model: cell("model"), method: cell("method"), folds, from: cell("from") === "0" ? 0 : 1, error: Number(cell("error")), source: cell("source") };
  });
  if (problems.length > 0) throw new TableError(problems, source);
  return figures;
}

/** The others' figures beside ours, where we have the table, the model, the method and the folds; nothing if we have none. */
export function comparisonTable(experiments: readonly SaiaExperiment[], others: readonly OtherFigure[]): string {
  const rows = others.flatMap((other) => {
    const experiment = experiments.find(({ settings }) => settings.name === other.table);
    const own = (experiment?.results ?? []).filter((result) => result.model === other.model && result.method === other.method && (other.folds.length === 0 || other.folds.includes(result.fold)));
    if (own.length === 0 || own.length < other.folds.length) return [];
    const { mean, standardError } = meanAndError(own.map((result) => meanAndError(result.error.slice(other.from)).mean));
    const folds = own.map((result) => result.fold).sort((a, b) => a - b).join(", ");
    return [[other.table, `${other.model}, ${methodNames[own[0].method]}`, `${other.from}-${valuesKnown(experiment!.settings).length - 1}`, withError(mean, standardError), folds, String(other.error), other.source]];
  });
  if (rows.length === 0) return "";
  return `\n## Beside other figures\n\nMean of the error over steps.\n\n${markdownTable(["table", "", "steps", "here", "folds here", "there", "source"], rows)}`;
}
