import { choleskyFactor, solveLower } from "./cholesky.ts";
import type { Estimate } from "./pooling.ts";

/** Coefficients of a linear regression by least squares. */
export interface LeastSquares {
  /** One a column of the design, with its squared standard error. */
  readonly coefficients: readonly Estimate[];
  /** Rows less coefficients. */
  readonly df: number;
}

/** Least squares of y [rows] on the columns of a design [rows, columns], row-major. Throws RangeError where columns depend on each other or rows are too few. */
export function leastSquares(design: ArrayLike<number>, y: ArrayLike<number>, columns: number): LeastSquares {
  const rows = y.length;
  // X'X b = X'y
  const xx = new Float64Array(columns * columns);
  const xy = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < columns; i++) {
      const value = design[r * columns + i];
      xy[i] += value * y[r];
      for (let j = 0; j < columns; j++) xx[i * columns + j] += value * design[r * columns + j];
    }
  }
  const factor = choleskyFactor(xx, columns);
  const df = rows - columns;
  if (!factor || df < 1) throw new RangeError(`[leastSquares] ${columns} coefficients cannot be told from ${rows} rows: columns depend on each other, or rows are too few.`);
  // X'X = L L': with u_i = L^-1 e_i, (X'X)^-1 = (u_i . u_j)
  const unit = Array.from({ length: columns }, (_, i) => solveLower(factor, columns, Array.from({ length: columns }, (__, j) => Number(i === j))));
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const right = solveLower(factor, columns, xy);
  const beta = unit.map((u) => dot(u, right));
  let squares = 0;
  for (let r = 0; r < rows; r++) squares += (y[r] - beta.reduce((sum, b, i) => sum + b * design[r * columns + i], 0)) ** 2;
  return { coefficients: beta.map((estimate, i) => ({ estimate, variance: (dot(unit[i], unit[i]) * squares) / df })), df };
}
