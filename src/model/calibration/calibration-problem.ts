import type { Calibration } from "./calibration.ts";
import { masses } from "./quantile-map.ts";

/** What is expected of a calibration that is read from a file, and what is there, where it is not so. columns: of the model. */
export function calibrationProblem(given: unknown, columns: number): { expected: string; got: unknown } | undefined {
  const expected = problemOf(given);
  if (expected !== undefined) return { expected, got: given };
  const { length } = (given as Calibration).columns;
  return length === columns ? undefined : { expected: `calibration of ${columns} columns`, got: length };
}

function problemOf(given: unknown): string | undefined {
  const object = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
  const positive = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;
  const list = (value: unknown, length: number, holds: (entry: unknown, i: number, all: readonly unknown[]) => boolean): boolean => Array.isArray(value) && value.length === length && value.every((entry: unknown, i, all: unknown[]) => holds(entry, i, all));
  const ascending = (entry: unknown, i: number, all: readonly unknown[]): boolean => positive(entry) && (i === 0 || (entry as number) > (all[i - 1] as number));
  const share = (entry: unknown): boolean => typeof entry === "number" && entry >= 0 && entry <= 1;
  const ofColumn = (column: unknown): boolean => object(column) && (column.kind === "number" ? list(column.values, masses.length, ascending) : column.kind === "levels" && positive(column.temperature) && list(column.least, masses.length, share));
  if (!object(given)) return "calibration to be an object";
  const { columns: own, seen, rows } = given as Partial<Record<keyof Calibration, unknown>>;
  if (!list(seen, 3, positive)) return "calibration.seen to be three numbers above 0";
  if (!positive(rows)) return "calibration.rows to be a number above 0";
  if (!Array.isArray(own) || !own.every(ofColumn)) return `calibration.columns to have ${masses.length} ascending values above 0 for numbers; a temperature and ${masses.length} shares for levels`;
  return undefined;
}
