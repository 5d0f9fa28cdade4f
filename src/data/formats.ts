import { arrowFormat } from "./arrow/arrow-format.ts";
import { jsonFormat } from "./json/json-format.ts";
import { parquetFormat } from "./parquet/parquet-format.ts";
import type { TableFormat } from "./table-format.ts";
import { textFormat } from "./text/text-format.ts";
import { xlsxFormat } from "./xlsx/xlsx-format.ts";

/** The kinds of files that are read and written; a file is the first that it matches. Another kind is a folder and a line here. */
export const tableFormats: readonly TableFormat[] = [parquetFormat, xlsxFormat, arrowFormat, jsonFormat, textFormat];

/** The format of a file by its first bytes, gunzipped. */
export function formatOfBytes(bytes: Uint8Array): TableFormat {
  return tableFormats.find((format) => format.matches(bytes)) ?? textFormat;
}

/** The format that a file's name asks for, with or without .gz; text by any other ending. */
export function formatOfName(path: string): TableFormat {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  return tableFormats.find(({ endings }) => endings.some((ending) => name.endsWith(ending))) ?? textFormat;
}
