import type { TableFormat } from "../table-format.ts";

/** How a text must begin to be JSON and no table whose first field happens to begin with a bracket: an object, or a list of objects or lists. */
const start = /^\s*(\[\s*(?:[{[\]]|$)|\{\s*(?:["}]|$))/;

/** JSON: a list of records, or a record a line; what reads and writes them is loaded when the first such file comes. */
export const jsonFormat: TableFormat = {
  name: "json",
  title: "a JSON file",
  endings: [".json", ".jsonl", ".ndjson"],
  matches: (bytes) => start.test(new TextDecoder().decode(bytes.subarray(0, 200)).replace(/^\ufeff/, "")),
  read: async (bytes, options) => (await import("../other-formats.ts")).readJson(bytes, options),
  write: async (table, fills, counter, path) => (await import("../other-formats.ts")).writeJson(table, fills, counter, path),
  writeColumns: async (columns, path) => (await import("../other-formats.ts")).writeJsonColumns(columns, path),
};
