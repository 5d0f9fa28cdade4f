export { isParquet, readParquet, type ParquetOptions } from "./read.ts";
export { writeParquet, writeParquetColumns } from "./write.ts";
