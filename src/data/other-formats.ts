/* What reads and writes files that are no delimited text: loaded when the first one comes. */
export { readArrow } from "./arrow/read.ts";
export { writeArrow, writeArrowColumns } from "./arrow/write.ts";
export { readJson } from "./json/read.ts";
export { writeJson, writeJsonColumns } from "./json/write.ts";
export { readParquet } from "./parquet/read.ts";
export { writeParquet, writeParquetColumns } from "./parquet/write.ts";
export { readXlsx } from "./xlsx/read.ts";
export { writeXlsx, writeXlsxColumns } from "./xlsx/write.ts";
