import type { Column } from "../../data/index.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";

/** Columns as the schema has them, and their likelihoods. */
export interface ColumnSet {
  columns: readonly Column[];
  mixed: readonly MixedColumn[];
}
