import type { ColumnType } from "./schema/column.ts";

/** Example tables of the package `@observablehq/sample-datasets`; the front ends load the file. */
export interface EmbeddedTable {
  file: string;
  targets: string[];
  types: Record<string, ColumnType | "ignore">;
}

export const embeddedTables: Readonly<Record<"cars" | "penguins", EmbeddedTable>> = {
  cars: { file: "cars.csv", targets: ["economy (mpg)"], types: { name: "ignore" } },
  penguins: { file: "penguins.csv", targets: ["species"], types: {} },
};
