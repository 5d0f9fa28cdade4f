import { methods, type Method } from "../acquisition/index.ts";
import { readResultLines } from "./result-lines.ts";
import { valuesKnown, type SaiaSettings } from "./saia-settings.ts";

/** One finished (fold, model, method): a line of results.jsonl. */
export interface SaiaResult {
  fold: number;
  model: string;
  method: Method;
  rows: number;
  /** Before the first and after each acquisition. */
  error: number[];
  logLikelihood: number[];
  /** Mean position at which each feature was acquired, 1 = first, one behind the last where it was not; null for a feature that no row has. */
  position: (number | null)[];
  /** Method mi: what each acquisition was expected to tell and what it told, means over rows, nats; null where no row had a value left. */
  claims?: Record<"claimed" | "realised" | "standardError", (number | null)[]>;
  seconds: number;
  adapter: string;
}

/** An experiment with what it has found. */
export interface SaiaExperiment {
  settings: SaiaSettings;
  results: readonly SaiaResult[];
}

/** The results of a file's text; `whole` is the text without a last line that was cut off. Throws ResultsError for a line that is none. */
export function parseResults(text: string, source: string, settings: Pick<SaiaSettings, "features" | "atOnce" | "steps">): { results: SaiaResult[]; whole: string } {
  const features = settings.features.length;
  const points = valuesKnown(settings).length;
  const numbers = (list: unknown, length: number): boolean => Array.isArray(list) && list.length === length && list.every((item) => typeof item === "number");
  return readResultLines<SaiaResult>(
    text,
    source,
    (result, fail) => {
      if (!Number.isInteger(result.fold)) fail("a fold number", `"fold": ${JSON.stringify(result.fold)}`);
      if (typeof result.model !== "string") fail("the name of a model", `"model": ${JSON.stringify(result.model)}`);
      if (!methods.includes(result.method as Method)) fail(`a method of ${methods.join(", ")}`, `"method": ${JSON.stringify(result.method)}`);
      for (const name of ["error", "logLikelihood"] as const) {
        if (!numbers(result[name], points)) fail(`"${name}" to hold ${points} numbers`, JSON.stringify(result[name]) ?? "nothing");
      }
      if (!Array.isArray(result.position) || result.position.length !== features) fail(`"position" to hold ${features} numbers`, JSON.stringify(result.position) ?? "nothing");
      return result as unknown as SaiaResult;
    },
    resultName,
  );
}

/** "fold 0, HHVAEM, mi" */
export function resultName({ fold, model, method }: Pick<SaiaResult, "fold" | "model" | "method">): string {
  return `fold ${fold}, ${model}, ${method}`;
}
