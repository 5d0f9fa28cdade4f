import { foldIn, keyFromSeed, type Key } from "../../math/key.ts";
import type { Column } from "../../data/index.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";

/** Columns as the schema has them, and their likelihoods. */
export interface ColumnSet {
  columns: readonly Column[];
  mixed: readonly MixedColumn[];
}

/** Random words of the draws of a cell that is scored. */
export function scoringKey(row: number, column: number): Key {
  return foldIn(foldIn(keyFromSeed(7), row), column);
}
