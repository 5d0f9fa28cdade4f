import type { TableFormat } from "../table-format.ts";
import { isParquet } from "./is-parquet.ts";

export const parquetFormat: TableFormat = {
  name: "parquet",
  title: "a Parquet file",
  endings: [".parquet", ".pq"],
  matches: isParquet,
  read: async (bytes, options) => (await import("../other-formats.ts")).readParquet(bytes, options),
  write: async (table, fills, counter) => (await import("../other-formats.ts")).writeParquet(table, fills, counter),
  writeColumns: async (columns) => (await import("../other-formats.ts")).writeParquetColumns(columns),
};
