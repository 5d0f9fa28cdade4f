import type { Column } from "../schema/column.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "./code-table.ts";

/** The schema with something added to its features and targets that follows from their known coded values. */
export function withCoded(schema: Schema, table: Table, of: (column: Column, values: readonly number[]) => Column): Schema {
  const places = { feature: 0, target: 0 };
  const columns = schema.columns.map((column): Column => {
    if (column.role === "ignore") return column;
    const j = places[column.role]++;
    const [values, observed, width] = column.role === "feature" ? [table.x, table.observedX, table.features] : [table.y, table.observedY, table.targets];
    const known: number[] = [];
    for (let at = j; at < values.length; at += width) if (observed[at] === 1) known.push(values[at]);
    return of(column, known);
  });
  return { ...schema, columns };
}
