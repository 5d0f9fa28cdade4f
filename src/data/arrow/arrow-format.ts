import type { TableFormat } from "../table-format.ts";

/** Arrow's IPC files (Feather, version 2) and streams; what reads and writes them is loaded when the first one comes. */
export const arrowFormat: TableFormat = {
  name: "arrow",
  title: "an Arrow file",
  endings: [".arrow", ".feather", ".arrows", ".ipc"],
  // a file's magic bytes, Feather's of before 2020, and the mark before a stream's first message
  matches: (bytes) => /^(ARROW1|FEA1)/.test(String.fromCharCode(...bytes.subarray(0, 6))) || (bytes.length >= 8 && bytes.subarray(0, 4).every((byte) => byte === 0xff)),
  read: async (bytes, options) => (await import("../other-formats.ts")).readArrow(bytes, options),
  write: async (table, fills, counter, path) => (await import("../other-formats.ts")).writeArrow(table, fills, counter, path),
  writeColumns: async (columns, path) => (await import("../other-formats.ts")).writeArrowColumns(columns, path),
};
