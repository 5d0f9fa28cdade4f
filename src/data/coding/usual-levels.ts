import { isContinuous, type Column } from "../schema/column.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "./code-table.ts";

/** The schema with the most frequent level of every column of levels among the coded training rows: what a guess that knows nothing of a row says. Pictures stay as they are. */
export function withUsualLevels(schema: Schema, table: Table): Schema {
  if (schema.image) return schema;
  const places = { feature: 0, target: 0 };
  const columns = schema.columns.map((column): Column => {
    if (column.role === "ignore") return column;
    const j = places[column.role]++;
    if (isContinuous(column.type)) return column;
    const [values, observed, width] = column.role === "feature" ? [table.x, table.observedX, table.features] : [table.y, table.observedY, table.targets];
    const counts = new Array<number>(column.categories!.length).fill(0);
    for (let at = j; at < values.length; at += width) if (observed[at] === 1) counts[values[at]]++;
    return { ...column, usual: counts.indexOf(Math.max(...counts)) };
  });
  return { ...schema, columns };
}

/** The most frequent level of the training rows; undefined for models from before it was kept. */
export function usualLevel({ usual, positiveWeight }: Column): number | undefined {
  return usual ?? (positiveWeight === undefined ? undefined : Number(positiveWeight < 1));
}
