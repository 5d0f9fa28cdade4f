import { isLimit } from "../cells/decide.ts";
import type { ColumnFormat } from "../cells/format.ts";
import { writeMarked } from "../cells/marked-number.ts";
import { hasComma } from "../coding/number.ts";
import type { Remedy, TableProblem } from "../table-error.ts";

/**
 * What to say of a cell that should be a number, or a date; with
 * `counts`, how many cells are numbers. `inferred`: the column's type is not the user's, so that another is possible.
 */
export function notANumber(cell: string, format: ColumnFormat | undefined, inferred = false, counts?: { numbers: number; cells: number }): Pick<TableProblem, "message" | "alike" | "remedies"> {
  const text = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
  const kind = format?.date === undefined ? "number" : "date";
  const expected = format === undefined ? "a number" : kind === "date" ? `a date as ${format.date}` : `a number such as ${writeMarked("1234.5", format)}`;
  const type = inferred ? `, or set the column's type to "categorical"` : "";
  const remedies = (missing: boolean): Remedy[] => [...(missing ? (["missing"] as const) : []), ...(inferred ? (["types"] as const) : [])];
  const of = counts && counts.cells > counts.numbers ? ` (${counts.numbers} of ${counts.cells} cells are ${kind}s)` : "";
  const token = (what: string): string => `add ${what} to the missing tokens${type}.`;
  const message = (advice: string): string => `expected ${expected}, got ${text}${of}; ${advice}`;
  const alike = (what: string, advice: string): TableProblem["alike"] => ({ what, got: text, advice });
  if (isLimit(cell)) return { message: message(`a value beyond a detection limit is not supported: ${token(text)}`), alike: alike("cells lie beyond a detection limit", `such values are not supported: ${token("them")}`), remedies: remedies(true) };
  if (format === undefined && hasComma(cell)) return { message: message(`write it with a decimal point and no comma${type}.`), alike: alike("cells are no numbers", `write them with a decimal point and no comma${type}.`), remedies: remedies(false) };
  return { message: message(token(text)), alike: alike(`cells are no ${kind}s`, token("them")), remedies: remedies(true) };
}
