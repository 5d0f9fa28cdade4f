import type { Evaluation } from "../../model/index.ts";
import { readResultLines } from "../result-lines.ts";

/** What a run is of. */
export interface TableRunName {
  table: string;
  fold: number;
  /** A preset or a baseline. */
  method: string;
  seed: number;
}

/** What a method that gives no likelihoods can be scored by. */
export type PointScores = Pick<Evaluation, "rows" | "error_xu" | "rmse" | "rmses" | "error_rate">;

/** One finished run: a line of results.jsonl. Measures that a method does not have are absent. */
export interface TableResult extends TableRunName {
  scores: PointScores & Partial<Evaluation> & { target_crps?: number; target_coverage_50?: number; target_coverage_90?: number };
  trainSeconds: number;
  evaluateSeconds: number;
  adapter: string;
}

/** "boston, fold 0, HHVAEM, seed 0" */
export function runName({ table, fold, method, seed }: TableRunName): string {
  return `${table}, fold ${fold}, ${method}, seed ${seed}`;
}

/** The same as an id for file names and queues. */
export function runId({ table, fold, method, seed }: TableRunName): string {
  return `${table}-fold${fold}-${method.replace("/", "-")}-seed${seed}`;
}

/** The results of a file's text; `whole` is the text without a last line that was cut off. Throws ResultsError for a line that is none. */
export function parseTableResults(text: string, source: string): { results: TableResult[]; whole: string } {
  return readResultLines<TableResult>(
    text,
    source,
    (result, fail) => {
      for (const name of ["table", "method"]) if (typeof result[name] !== "string") fail(`"${name}" to be a text`, JSON.stringify(result[name]) ?? "nothing");
      for (const name of ["fold", "seed"]) if (!Number.isInteger(result[name])) fail(`"${name}" to be a whole number`, JSON.stringify(result[name]) ?? "nothing");
      const scores = (result.scores ?? {}) as Record<string, unknown>;
      if (typeof scores.error_xu !== "number") fail('"scores" with error_xu', JSON.stringify(result.scores) ?? "nothing");
      return result as unknown as TableResult;
    },
    runName,
  );
}
