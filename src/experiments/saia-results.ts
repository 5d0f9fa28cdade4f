import { methods, type Method } from "../acquisition/index.ts";

/** One finished (fold, model, method): a line of results.jsonl. */
export interface SaiaResult {
  fold: number;
  model: string;
  method: Method;
  rows: number;
  /** After 0, 1, ..., D values. */
  error: number[];
  logLikelihood: number[];
  /** Mean position at which each feature was acquired, 1 = first; null for a feature that no row has. */
  position: (number | null)[];
  seconds: number;
  adapter: string;
}

/** A results file that cannot be gone on from. */
export class ResultsError extends Error {
  override name = "ResultsError";
}

/**
 * The results of a file's text. A last line without its end was cut off by an interruption: it is left out, and `whole` is
 * the text without it. Throws ResultsError for any other line that is no result.
 */
export function parseResults(text: string, source: string, features: number): { results: SaiaResult[]; whole: string } {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const results = whole.split("\n").slice(0, -1).flatMap((line, i) => (line.trim() === "" ? [] : [parseResult(line, `${source}, line ${i + 1}`, features)]));
  const seen = new Set<string>();
  return { results: results.filter((result) => !seen.has(resultName(result)) && seen.add(resultName(result))), whole };
}

/** "fold 0, HHVAEM, mi" */
export function resultName({ fold, model, method }: Pick<SaiaResult, "fold" | "model" | "method">): string {
  return `fold ${fold}, ${model}, ${method}`;
}

function parseResult(line: string, where: string, features: number): SaiaResult {
  const fail = (expected: string, got: string): never => {
    throw new ResultsError(`${where}: expected ${expected}, got ${got}; delete the line, and the same command computes it again.`);
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    fail("a JSON object", line.length > 60 ? `${line.slice(0, 60)}...` : line);
  }
  const result = (value ?? {}) as Partial<SaiaResult>;
  const numbers = (list: unknown, length: number): boolean => Array.isArray(list) && list.length === length && list.every((item) => typeof item === "number");
  if (!Number.isInteger(result.fold)) fail("a fold number", `"fold": ${JSON.stringify(result.fold)}`);
  if (typeof result.model !== "string") fail("the name of a model", `"model": ${JSON.stringify(result.model)}`);
  if (!methods.includes(result.method as Method)) fail(`a method of ${methods.join(", ")}`, `"method": ${JSON.stringify(result.method)}`);
  for (const name of ["error", "logLikelihood"] as const) {
    if (!numbers(result[name], features + 1)) fail(`"${name}" to hold ${features + 1} numbers`, JSON.stringify(result[name]) ?? "nothing");
  }
  if (!Array.isArray(result.position) || result.position.length !== features) fail(`"position" to hold ${features} numbers`, JSON.stringify(result.position) ?? "nothing");
  return result as SaiaResult;
}
