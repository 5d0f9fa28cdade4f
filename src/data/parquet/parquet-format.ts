import type { TableFormat } from "../table-format.ts";
import { isParquet, readParquet } from "./read.ts";
import { writeParquet, writeParquetColumns } from "./write.ts";

export const parquetFormat: TableFormat = {
  name: "parquet",
  title: "a Parquet file",
  endings: [".parquet", ".pq"],
  matches: isParquet,
  read: readParquet,
  write: writeParquet,
  writeColumns: writeParquetColumns,
};
