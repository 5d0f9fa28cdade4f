import type { ColumnFormat } from "../cells/format.ts";

/**
 * Intervals side by side that hold a continuous column's training values, on the coded scale, with the mean of the values in each (coded
 * and in original units). `atoms`: whether all, or which of them, hold one value that occurs, from half the way to the value before to half the way to the next.
 */
export interface Bins {
  low: number[];
  high: number[];
  mean: number[];
  units: number[];
  atoms: boolean | boolean[];
}

/** Whether bin b stands for one value. */
export function isAtom({ atoms }: Pick<Bins, "atoms">, b: number): boolean {
  return typeof atoms === "boolean" ? atoms : atoms[b];
}

/** A value of a continuous column that so many training cells have that it has a probability of its own. In original units. */
export interface Atom {
  value: number;
  /** Half the way to the value before and to the next. */
  low: number;
  high: number;
  /** Share of the observed training cells. */
  share: number;
}

export const columnTypes = ["real", "positive", "bounded", "count", "binary", "ordinal", "categorical"] as const;
export type ColumnType = (typeof columnTypes)[number];
/** More levels than this make a categorical column unusable. */
export const mostLevels = 1000;
export type Role = "feature" | "target" | "ignore";

/** A value of a column, as it is written: a number or a level. */
export interface ColumnValue {
  column: string;
  value: string;
}

/** Which holes of a column mean "there is none" and are not to be filled: all, or those of rows in which another column has one of these values. */
export type KeepMissing = true | ColumnValue[];

/** How one column is read and coded; statistics are of the observed training entries. */
export interface Column {
  name: string;
  role: Role;
  type: ColumnType;
  /** Labels of a binary (2), ordinal (lowest first) or categorical column; a cell is coded as its label's index. */
  categories?: string[];
  /** Continuous: coded = (x - mean) / std, with x the value on the column's scale (coding/scale.ts). A constant column has std 1. */
  mean?: number;
  std?: number;
  /** Of a bounded column: no value lies beyond them. */
  bounds?: [number, number];
  /** Continuous: least and largest training value, and values that repeat much more often than others; in original units. */
  range?: [number, number];
  atoms?: Atom[];
  /** Digits after the point in the file, for writing imputed values; without it, seven significant digits, or as many as tell its values apart. */
  decimals?: number;
  /** Zeros at the end of decimals are left out, as in 86.2 beside 100. */
  dropsZeros?: true;
  /** How its cells are written, where not as plain numbers or texts; dates are numbers of days since 1970-01-01. */
  format?: ColumnFormat;
  /** Texts that mean "missing" in this column besides the usual ones, and usual ones that do not. */
  missing?: string[];
  keep?: string[];
  /** Holes that stay holes: they are neither filled nor asked for. */
  keepMissing?: KeepMissing;
  /** Why the column is left out, where nobody asked for it. */
  reason?: string;
  /** Binary: number of negatives over number of positives. */
  positiveWeight?: number;
  /** Index of the most frequent level among the training rows, made in training. */
  usual?: number;
  /** Continuous, coded scale, made in training for models that ask for it: borders of the pieces of its encoding, and bins of its output. */
  knots?: number[];
  bins?: Bins;
}

/** Whether values are numbers on a scale, not levels. */
export function isContinuous(type: ColumnType): boolean {
  return type === "real" || type === "positive" || type === "bounded" || type === "count";
}

/** Whether numbers are coded by log(1 + value), and none is negative. */
export function isOnLogScale(type: ColumnType): boolean {
  return type === "positive" || type === "count";
}

/** Whether all values are whole numbers. */
export function isWhole(type: ColumnType): boolean {
  return type === "count";
}

/** Whether levels have an order, that of the categories. */
export function isOrdered(type: ColumnType): boolean {
  return type === "ordinal";
}
