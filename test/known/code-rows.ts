import type { Column, Schema, Table } from "../../src/data/index.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { exactLogProb, type Truth, type TruthRows } from "./truth.ts";

/** A table of a truth: features a, b, d and the class c, target y; coded by the mean and deviation of the training rows' observed entries. */
export interface CodedTruth {
  schema: Schema;
  table: Table;
}

const featureNames = ["a", "b", "d"] as const;

/** Codes rows; `like` is the training rows' schema. Hidden entries are 0. */
export function codeRows(truth: Truth, data: TruthRows, like?: Schema): CodedTruth {
  const n = truth.names.length;
  const schema = like ?? schemaOf(truth, data);
  const { rows } = data;
  const d = featureNames.length + (truth.classes.length > 1 ? 1 : 0);
  const table = { rows, features: d, targets: 1, x: new Float32Array(rows * d), observedX: new Float32Array(rows * d), y: new Float32Array(rows), observedY: new Float32Array(rows).fill(1), warnings: [] } as unknown as Table;
  for (let r = 0; r < rows; r++) {
    schema.columns.forEach((column, j) => {
      const i = truth.names.indexOf(column.name);
      const value = i < 0 ? data.classes[r] : (data.numbers[r * n + i] - column.mean!) / column.std!;
      if (column.role === "target") table.y[r] = value;
      else if (data.observed[r * (n + 1) + (i < 0 ? n : i)] === 1) [table.x[r * d + j], table.observedX[r * d + j]] = [value, 1];
    });
  }
  return { schema, table };
}

function schemaOf(truth: Truth, { rows, numbers, observed }: TruthRows): Schema {
  const n = truth.names.length;
  const number = (name: string, role: Column["role"]): Column => {
    const i = truth.names.indexOf(name);
    const values = Array.from({ length: rows }, (_, r) => r).filter((r) => observed[r * (n + 1) + i] === 1).map((r) => numbers[r * n + i]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { name, role, type: "real", mean, std: Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length) };
  };
  const levels: Column[] = truth.classes.length > 1 ? [{ name: "c", role: "feature", type: "categorical", categories: truth.classes.map((_, c) => "ABC"[c]) }] : [];
  return { version: 1, columns: [...featureNames.map((name) => number(name, "feature")), ...levels, number("y", "target")] };
}

/** The columns of a truth in a mixture of Gaussians, in the schema's order. */
export function gaussianColumns({ columns }: Schema): MixedColumn[] {
  return columns.map(({ categories }) => ({ kind: categories ? "categorical" : "learned", levels: categories?.length ?? 1, positiveWeight: 1 }));
}

/** What is known of a row, in original units by the truth's names, the class last: undefined is hidden. The target counts as hidden unless asked for. */
export function knownOf(truth: Truth, { numbers, classes, observed }: TruthRows, row: number, withTarget = false): (number | undefined)[] {
  const n = truth.names.length;
  const own = truth.names.map((name, i) => ((name === "y" ? withTarget : observed[row * (n + 1) + i] === 1) ? numbers[row * n + i] : undefined));
  return [...own, truth.classes.length === 1 || observed[row * (n + 1) + n] === 1 ? classes[row] : undefined];
}

/** A row's value of a column in original units, or its class. */
export function valueOf(truth: Truth, { numbers, classes }: TruthRows, row: number, name: string): number {
  const i = truth.names.indexOf(name);
  return i < 0 ? classes[row] : numbers[row * truth.names.length + i];
}

/** The place of a column among what is known. */
export function placeOf(truth: Truth, name: string): number {
  const i = truth.names.indexOf(name);
  return i < 0 ? truth.names.length : i;
}

/** log p of a hidden cell on the coded scale by the truth, given what is known of its row. */
export function exactCoded(truth: Truth, data: TruthRows, row: number, column: Column, withTarget = false): number {
  return exactLogProb(truth, knownOf(truth, data, row, withTarget), placeOf(truth, column.name), valueOf(truth, data, row, column.name)) + Math.log(column.std ?? 1);
}
