/** A results file that cannot be gone on from. */
export class ResultsError extends Error {
  override name = "ResultsError";
}

/** How one line's object is checked: `fail` says what was expected and what came. */
export type ReadResult<Result> = (value: Partial<Record<string, unknown>>, fail: (expected: string, got: string) => never) => Result;

/**
 * The results of a file's text, a JSON object a line; of several with one name the first counts. A last line without its end was cut
 * off by an interruption: it is left out, and `whole` is the text without it. Throws ResultsError for any other line that is no result.
 */
export function readResultLines<Result>(text: string, source: string, read: ReadResult<Result>, nameOf: (result: Result) => string): { results: Result[]; whole: string } {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const results = whole.split("\n").slice(0, -1).flatMap((line, i) => (line.trim() === "" ? [] : [readLine(line, `${source}, line ${i + 1}`, read)]));
  const seen = new Set<string>();
  return { results: results.filter((result) => !seen.has(nameOf(result)) && seen.add(nameOf(result))), whole };
}

function readLine<Result>(line: string, where: string, read: ReadResult<Result>): Result {
  const fail = (expected: string, got: string): never => {
    throw new ResultsError(`${where}: expected ${expected}, got ${got}; delete the line, and the same command computes it again.`);
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    fail("a JSON object", line.length > 60 ? `${line.slice(0, 60)}...` : line);
  }
  return read((value ?? {}) as Partial<Record<string, unknown>>, fail);
}
