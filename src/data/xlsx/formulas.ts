import { relations, relationsPath, type Workbook } from "./workbook.ts";
import type { Parts } from "./zip.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Takes the list of formula cells away: Excel makes it anew, and takes one that names other cells for damage. */
export async function withoutChain(parts: Parts, workbook: string): Promise<void> {
  const chain = (await relations(parts, workbook)).find(({ type }) => type === "calcChain");
  if (chain === undefined) return;
  parts.delete(chain.path);
  const drop = (path: string, elements: RegExp): void => {
    const bytes = parts.get(path);
    if (bytes) parts.set(path, encode(decode(bytes).replace(elements, "")));
  };
  drop("[Content_Types].xml", /<Override\b[^>]*calcChain[^>]*\/>/g);
  drop(relationsPath(workbook), /<Relationship\b[^>]*\/calcChain"[^>]*\/>/g);
}

/** Lets Excel compute all formulas anew when it opens the workbook: those of cells that were empty have old values. */
export function recalculated(parts: Parts, { path, sheets }: Workbook): void {
  const hasFormula = sheets.some((sheet) => /<(\w+:)?f[\s>/]/.test(decode(parts.get(sheet.path) ?? new Uint8Array(0))));
  if (!hasFormula) return;
  const text = decode(parts.get(path)!).replace(/\sfullCalcOnLoad="[^"]*"/, "");
  const known = /<((?:\w+:)?calcPr)\b/;
  if (known.test(text)) return void parts.set(path, encode(text.replace(known, '<$1 fullCalcOnLoad="1"')));
  // its place among the workbook's elements
  const after = ["definedNames", "externalReferences", "functionGroups", "sheets"].map((name) => new RegExp(`</(\\w+:)?${name}>|<(\\w+:)?${name}\\b[^>]*/>`).exec(text)).find((found) => found !== null);
  if (!after) return;
  const at = after.index + after[0].length;
  parts.set(path, encode(`${text.slice(0, at)}<${after[1] ?? after[2] ?? ""}calcPr fullCalcOnLoad="1"/>${text.slice(at)}`));
}
