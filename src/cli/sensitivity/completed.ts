import { decodeValue, featureColumns, targetColumns, type Column, type Table } from "../../data/index.ts";
import { columnShift, shiftKey, shiftsOf, type Imputation, type Model, type Shift } from "../../model/index.ts";
import type { ValuesOf } from "./summary.ts";

/** Completed tables, drawn once, whose filled cells can be moved afterwards. */
export class CompletedTables {
  private readonly columns: readonly Column[];
  /** Of each column the cells as they were, holes NaN, and the answers that fill them. */
  private readonly observed = new Map<string, Float64Array>();
  private readonly holes = new Map<string, number[]>();

  constructor(
    model: Pick<Model, "schema">,
    table: Table,
    private readonly found: Imputation,
    private readonly seed: number,
  ) {
    const [features, targets] = [featureColumns(model.schema), targetColumns(model.schema)];
    this.columns = [...features, ...targets];
    this.columns.forEach((column, j) => {
      const [values, observed, width, at] = j < features.length ? [table.x, table.observedX, features.length, j] : [table.y, table.observedY, targets.length, j - features.length];
      this.observed.set(column.name, Float64Array.from({ length: table.rows }, (_, row) => (observed[row * width + at] === 1 ? decodeValue(column, values[row * width + at]) : Number.NaN)));
    });
    found.cells.forEach((cell, i) => {
      const column = this.columns[cell.column];
      const own = this.holes.get(column.name);
      if (own) own.push(i);
      else this.holes.set(column.name, [i]);
    });
  }

  get count(): number {
    return this.found.completed.length;
  }

  /** Cells of a column that are filled. */
  filled(column: Column): number {
    return this.holes.get(column.name)?.length ?? 0;
  }

  /** Rows in which none of the columns stays missing. */
  rows(columns: readonly Column[]): number {
    const values = columns.map(this.values(0, []));
    return Array.from(values[0]).filter((_, row) => values.every((own) => !Number.isNaN(own[row]))).length;
  }

  /** The columns of completed table c, moved; of one column the same array for all calls. */
  values(c: number, shifts: readonly Shift[]): ValuesOf {
    const moved = this.movedDraws(shifts);
    const made = new Map<string, Float64Array>();
    return (column) => {
      const before = made.get(column.name);
      if (before) return before;
      const values = this.observed.get(column.name)!.slice();
      const draws = moved(column);
      this.holes.get(column.name)?.forEach((i, h) => (values[this.found.cells[i].row] = draws ? draws[h][c] : this.found.completed[c][i]));
      made.set(column.name, values);
      return values;
    };
  }

  /** How many filled values of all completed tables the shifts cut at bounds, and of how many. */
  cut(shifts: readonly Shift[]): { cut: number; of: number } {
    let [cut, of] = [0, 0];
    for (const column of this.columns) {
      const own = shiftsOf(shifts, column);
      if (own.length === 0) continue;
      const move = columnShift(column, own);
      for (const i of this.holes.get(column.name) ?? []) for (const values of this.found.completed) [cut, of] = [cut + Number(move.cut(values[i])), of + 1];
    }
    return { cut, of };
  }

  private last: { shifts: readonly Shift[]; moved: (column: Column) => Float64Array[] | undefined } | undefined;

  /** Of a column that is moved, the draws of each hole; made once for the same shifts. */
  private movedDraws(shifts: readonly Shift[]): (column: Column) => Float64Array[] | undefined {
    if (this.last?.shifts === shifts) return this.last.moved;
    const made = new Map<string, Float64Array[]>();
    const moved = (column: Column): Float64Array[] | undefined => {
      const own = shiftsOf(shifts, column);
      if (own.length === 0) return undefined;
      const before = made.get(column.name);
      if (before) return before;
      const move = columnShift(column, own);
      const draws = (this.holes.get(column.name) ?? []).map((i) => {
        const cell = this.found.cells[i];
        return move.draws(cell, Float64Array.from(this.found.completed, (values) => values[i]), shiftKey(this.seed, cell.row, cell.column), this.found.levelCounts?.[i]);
      });
      made.set(column.name, draws);
      return draws;
    };
    this.last = { shifts, moved };
    return moved;
  }
}
