import { parseTable } from "../text/csv.ts";
import { TableError, type TableProblem } from "../table-error.ts";

/** Which rows are tested in which fold, and what of them may be seen. */
export interface Splits {
  fold: Int32Array;
  /** [rows, features]: 1 where the cell is shown when its row is a test row. */
  observed: Float32Array;
}

/** Reads a splits file: a line per data row with `fold` and, per feature, 1 or 0. Throws TableError with all problems. */
export function parseSplits(input: Uint8Array | string, features: readonly string[], rows: number, source = "splits"): Splits {
  const table = parseTable(input, { header: true, delimiter: ",", source });
  const problems: TableProblem[] = [];
  const names = ["fold", ...features];
  const at = names.map((name) => table.columns.indexOf(name));
  names.forEach((name, i) => {
    if (at[i] < 0) problems.push({ column: name, message: `the splits file lacks this column; it has ${table.columns.join(", ")}.` });
  });
  if (table.rows !== rows) problems.push({ message: `the splits file has ${table.rows} rows, the table ${rows}; they must belong together.` });
  if (problems.length > 0) throw new TableError(problems, source);
  const fold = new Int32Array(rows);
  const observed = new Float32Array(rows * features.length);
  for (let row = 0; row < rows; row++) {
    at.forEach((column, i) => {
      const cell = table.cell(row, column);
      const valid = i === 0 ? /^\d+$/.test(cell) : cell === "0" || cell === "1";
      if (!valid) problems.push({ row: table.line(row), column: names[i], message: `expected ${i === 0 ? "a fold number" : "0 or 1"}, got ${JSON.stringify(cell)}.` });
      else if (i === 0) fold[row] = Number(cell);
      else observed[row * features.length + i - 1] = Number(cell);
    });
  }
  if (problems.length > 0) throw new TableError(problems, source);
  return { fold, observed };
}

/** Rows of the other folds. Throws TableError if the fold does not exist. */
export function trainingRows(splits: Splits, fold: number): number[] {
  return rowsWhere(splits, fold, (own) => own !== fold);
}

/** Rows of the fold. Throws TableError if the fold does not exist. */
export function testRows(splits: Splits, fold: number): number[] {
  return rowsWhere(splits, fold, (own) => own === fold);
}

function rowsWhere({ fold: folds }: Splits, fold: number, keep: (own: number) => boolean): number[] {
  if (!folds.includes(fold)) throw new TableError([{ message: `there is no fold ${fold} in the splits file; it has ${[...new Set(folds)].sort((a, b) => a - b).join(", ")}.` }]);
  const rows = Array.from(folds.keys()).filter((row) => keep(folds[row]));
  if (rows.length === 0) throw new TableError([{ message: `every row is in fold ${fold} of the splits file; none is left for training.` }]);
  return rows;
}
