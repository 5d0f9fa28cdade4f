import type { Parts } from "./zip.ts";

/** What an archive is that is no workbook, and what to do; undefined: it is one. */
export function otherArchive(parts: Parts): string | undefined {
  const names = [...parts.keys()];
  const type = new TextDecoder().decode(parts.get("mimetype") ?? new Uint8Array(0)).trim();
  if (type.includes("opendocument")) return `this is an OpenDocument file${type.includes("spreadsheet") ? ", a spreadsheet (.ods)" : ""}; save it as .xlsx, or export it as CSV.`;
  if (names.includes("xl/workbook.bin")) return "this is a binary Excel workbook (.xlsb); save it as .xlsx, or export it as CSV.";
  if (names.some((name) => name.startsWith("word/"))) return "this is a Word document; save its table as a workbook (.xlsx), or as CSV.";
  if (names.some((name) => name.startsWith("Index/") && name.endsWith(".iwa"))) return "this is a Numbers document; export it to Excel (.xlsx) or CSV.";
  if (names.includes("xl/workbook.xml") || names.includes("[Content_Types].xml")) return undefined;
  return `this is a ZIP archive of ${names.length} file${names.length === 1 ? "" : "s"}${names.length > 0 ? `, such as "${names[0]}"` : ""}, and no Excel workbook; unpack it, and give the table that it holds.`;
}
