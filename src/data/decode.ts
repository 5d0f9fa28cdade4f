import type { Column } from "./schema.ts";

/** A coded value in original units; the index of the level for discrete columns. */
export function decodeValue(column: Column, coded: number): number {
  const { mean = 0, std = 1 } = column;
  if (column.type === "real") return mean + std * coded;
  if (column.type === "positive") return Math.max(0, Math.expm1(mean + std * coded));
  return coded;
}

/** A value in original units (or a level's index) as the column's cells are written. */
export function formatValue(column: Column, value: number): string {
  if (column.categories && (column.type === "binary" || column.type === "categorical")) return column.categories[value];
  if (column.decimals === undefined) return String(Number(value.toPrecision(7)));
  const text = value.toFixed(column.decimals);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
