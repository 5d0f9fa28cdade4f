import { readResultLines } from "../result-lines.ts";
import type { Slopes } from "./analysis.ts";
import { terms } from "./data-set.ts";
import type { Shares } from "./impute-data-set.ts";

/** Analyses that need no model: of the data before anything went missing, of complete rows, and of data completed by the model that they come from. */
export const references = ["all data", "complete rows", "true model"] as const;
export type Reference = (typeof references)[number];

/** The ending of a method whose completed tables come from models of rows drawn with replacement. */
export const bootstrapEnding = "+bootstrap";

/** What a run is of. */
export interface CoverageRunName {
  /** Number of the data set. */
  set: number;
  /** A reference, a preset or a variant, with or without the ending of the bootstrap. */
  method: string;
}

/** One finished run: a line of results.jsonl. */
export interface CoverageResult extends CoverageRunName {
  slopes: Slopes;
  /** Shares of holes in x and group. */
  missing: { x: number; group: number };
  /** How much each part of the model gave, where there is one. */
  shares?: Shares;
  seconds: number;
  adapter: string;
}

/** "data set 17, best" */
export function coverageRunName({ set, method }: CoverageRunName): string {
  return `data set ${set}, ${method}`;
}

/** The same as an id for file names and queues. */
export function coverageRunId({ set, method }: CoverageRunName): string {
  return `set${set}-${method.replace(/[^\w.-]/g, "-")}`;
}

/** The results of a file's text; `whole` is the text without a last line that was cut off. Throws ResultsError for a line that is none. */
export function parseCoverageResults(text: string, source: string): { results: CoverageResult[]; whole: string } {
  return readResultLines<CoverageResult>(
    text,
    source,
    (result, fail) => {
      if (!Number.isInteger(result.set)) fail('"set" to be a whole number', JSON.stringify(result.set) ?? "nothing");
      if (typeof result.method !== "string") fail('"method" to be a text', JSON.stringify(result.method) ?? "nothing");
      const slopes = (result.slopes ?? {}) as Record<string, { estimate?: unknown; lower?: unknown; upper?: unknown } | undefined>;
      for (const term of terms) {
        const { estimate, lower, upper } = slopes[term] ?? {};
        if (![estimate, lower, upper].every((value) => typeof value === "number")) fail(`"slopes" with numbers for ${term}`, JSON.stringify(result.slopes) ?? "nothing");
      }
      return result as unknown as CoverageResult;
    },
    coverageRunName,
  );
}
