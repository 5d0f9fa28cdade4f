import type { SchemaElement } from "hyparquet";
import type { TextColumn } from "../text/text-columns.ts";
import type { CellType } from "./cell-type.ts";
import { text } from "./column-type.ts";
import { bigWhole, double } from "./numbers.ts";

/** How a column of texts is stored: whole numbers, numbers or texts. */
export function inferColumn({ name, cells, kind }: TextColumn): { element: SchemaElement; type: CellType } {
  const filled = cells.filter((cell) => cell !== undefined);
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  if (kind !== "text" && (filled.length > 0 || kind === "number")) {
    if (kind === undefined && filled.every(isWhole)) return { element: { ...optional, type: "INT64" }, type: bigWhole(true) };
    if (filled.every(isPlainNumber)) return { element: { ...optional, type: "DOUBLE" }, type: double };
  }
  return { element: { ...optional, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }, type: text };
}

/** Whole numbers as a program writes them: 007 is a text. */
function isWhole(cell: string): boolean {
  return /^\s*(0|-?[1-9]\d{0,18})\s*$/.test(cell) && BigInt.asIntN(64, BigInt(cell)) === BigInt(cell);
}

/** Numbers of which a double loses nothing that counts: long digits without a point are someone's key. */
export function isPlainNumber(cell: string): boolean {
  const token = cell.trim();
  return /^-?(0|[1-9]\d*)?(\.\d*)?(e[+-]?\d+)?$/i.test(token) && /\d/.test(token) && Number.isFinite(Number(token)) && (/[.e]/i.test(token) || token === "-0" || isWhole(token));
}
