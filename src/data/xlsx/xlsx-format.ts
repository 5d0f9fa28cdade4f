import type { TableFormat } from "../table-format.ts";

/** Excel workbooks (Office Open XML); what reads and writes them is loaded when the first one comes. */
export const xlsxFormat: TableFormat = {
  name: "xlsx",
  title: "an Excel workbook",
  endings: [".xlsx", ".xlsm"],
  // any zip archive, and the files of old Excel: reading tells what it is
  matches: (bytes) => (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) || (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0),
  read: async (bytes, options) => (await import("../other-formats.ts")).readXlsx(bytes, options),
  write: async (table, fills, counter) => (await import("../other-formats.ts")).writeXlsx(table, fills, counter),
  writeColumns: async (columns) => (await import("../other-formats.ts")).writeXlsxColumns(columns),
};
