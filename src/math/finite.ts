import { NonFiniteError } from "./non-finite-error.ts";

/** What is answered for a cell. */
interface CellNumbers {
  row: number;
  name: string;
  value: number;
  mean?: number;
  sd?: number;
  lower?: number;
  upper?: number;
  probabilities?: number[];
}

const remedy = "the model is damaged, or the row is far beyond those of the training: check both";

/** Throws NonFiniteError unless a number that leaves the library is finite. where: the function and the place, what: the number's name. */
export function checkFinite(value: number, where: string, what: string): void {
  if (!Number.isFinite(value)) throw new NonFiniteError(`${where}: expected a finite ${what}, got ${value}; ${remedy}.`);
}

/** The same for many numbers, all of one name. */
export function checkAllFinite(values: ArrayLike<number>, where: string, what: string): void {
  for (let i = 0; i < values.length; i++) checkFinite(values[i], where, what);
}

/** The same for the answer for a cell. of: the function that answers. */
export function checkCell(of: string, { row, name, value, mean, sd, lower, upper, probabilities }: CellNumbers): void {
  const where = placeOf(of, row, name);
  // of levels without a probability the value is none
  if (probabilities) checkAllFinite(probabilities, where, "probability");
  for (const [what, number] of Object.entries({ value, mean, "standard deviation": sd, "lower end": lower, "upper end": upper })) if (number !== undefined) checkFinite(number, where, what);
}

/** "[impute] row 3 (the first is 0), column "a"" */
export function placeOf(of: string, row: number, name: string): string {
  return `[${of}] row ${row} (the first is 0), column "${name}"`;
}
