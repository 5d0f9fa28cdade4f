import { paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import type { ParameterSpec } from "../../nn/parameters.ts";

/** Attentions side by side, each with weights of its own. */
export const heads = 2;

/** Gates before anything is learned: uniform in this range. */
const gates = { low: 0.27, high: 0.33 } as const;

/** Levels or bins of the column that has most; of two levels at least. */
export function cellCount(columns: readonly MixedColumn[]): number {
  return Math.max(2, ...columns.map(paramsOf));
}

/** Numbers of the context that a network reads: what each head finds in every column, and how near its rows are. */
export function contextCount(columns: readonly MixedColumn[]): number {
  return heads * (columns.length * (2 + cellCount(columns)) + 1);
}

/** What one network learns for its looking up. */
export function lookUpSpecs(columns: readonly MixedColumn[], prefix: string): ParameterSpec[] {
  return [
    { name: `${prefix}look-up/weights`, shape: [heads, 2 * columns.length], low: -0.05, high: 0.05 },
    { name: `${prefix}output/gates`, shape: [heads, columns.length], ...gates },
  ];
}
