import { isContinuous, type Column } from "../schema/column.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "./code-table.ts";
import { withCoded } from "./with-coded.ts";

/** The schema with the most frequent level of every column of levels among the coded training rows: what a guess that knows nothing of a row says. Pictures stay as they are. */
export function withUsualLevels(schema: Schema, table: Table): Schema {
  if (schema.image) return schema;
  return withCoded(schema, table, (column, levels) => {
    if (isContinuous(column.type)) return column;
    const counts = new Array<number>(column.categories!.length).fill(0);
    for (const level of levels) counts[level]++;
    return { ...column, usual: counts.indexOf(Math.max(...counts)) };
  });
}

/** The most frequent level of the training rows; undefined for models from before it was kept. */
export function usualLevel({ usual, positiveWeight }: Column): number | undefined {
  return usual ?? (positiveWeight === undefined ? undefined : Number(positiveWeight < 1));
}
