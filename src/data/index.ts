export { codeTable, selectRows, type Table } from "./code-table.ts";
export { parseTable, RawTable, type ParseOptions } from "./csv.ts";
export { decodeValue, formatValue, quoteField, writeTable } from "./decode.ts";
export { embeddedTables, type EmbeddedTable } from "./embedded.ts";
export { gunzip } from "./gunzip.ts";
export { inferSchema, type InferOptions } from "./infer-schema.ts";
export { columnTypes, featureColumns, formatSchema, isContinuous, parseSchema, targetColumns, type Column, type ColumnType, type Role, type Schema } from "./schema.ts";
export { parseSplits, testRows, trainingRows, type Splits } from "./splits.ts";
export { SchemaError, TableError, type TableProblem } from "./table-error.ts";
