import { isLimit } from "../cells/decide.ts";
import type { ColumnFormat } from "../cells/format.ts";
import { writeMarked } from "../cells/marked-number.ts";
import { hasComma } from "../coding/number.ts";
import type { TableProblem } from "../table-error.ts";

/**
 * What to say of a cell that should be a number, or a date. With `column`, the column's type is not the user's, so that another is possible; with
 * `counts`, how many cells are numbers.
 */
export function notANumber(cell: string, format: ColumnFormat | undefined, column?: string, counts?: { numbers: number; cells: number }): Pick<TableProblem, "message" | "alike"> {
  const text = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
  const kind = format?.date === undefined ? "number" : "date";
  const expected = format === undefined ? "a number" : kind === "date" ? `a date as ${format.date}` : `a number such as ${writeMarked("1234.5", format)}`;
  const type = column === undefined ? "" : `, or use --type "${column}=categorical"`;
  const of = counts && counts.cells > counts.numbers ? ` (${counts.numbers} of ${counts.cells} cells are ${kind}s)` : "";
  const token = (what: string): string => `add ${what} to the missing tokens (--missing)${type}.`;
  const message = (advice: string): string => `expected ${expected}, got ${text}${of}; ${advice}`;
  const alike = (what: string, advice: string): TableProblem["alike"] => ({ what: `${what}${of}`, got: text, advice });
  if (isLimit(cell)) return { message: message(`a value beyond a detection limit is not supported: ${token(text)}`), alike: alike("cells lie beyond a detection limit", `such values are not supported: ${token("them")}`) };
  if (format === undefined && hasComma(cell)) return { message: message(`write it with a decimal point and no comma${type}.`), alike: alike("cells are no numbers", `write them with a decimal point and no comma${type}.`) };
  return { message: message(token(text)), alike: alike(`cells are no ${kind}s`, token("them")) };
}
