export { isParquet } from "./is-parquet.ts";
export { readParquet, type ParquetOptions } from "./read.ts";
export { writeParquet, writeParquetColumns } from "./write.ts";
