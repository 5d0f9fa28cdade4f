import { quoteField } from "../data/index.ts";

/** A Markdown table; columns of numbers are aligned to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === "" || /^[-−]?[\d.]/.test(row[i])));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(numeric.map((right) => (right ? "---:" : "---"))) + rows.map(line).join("");
}

/** A CSV table with a header line. */
export function csvTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map((cell) => quoteField(typeof cell === "number" && Number.isNaN(cell) ? "" : String(cell))).join(",")}\n`).join("");
}

/** "5.66", or "5.66 ± 0.12" where the standard error is known; four significant digits of the value, the error to the same decimals. */
export function withError(value: number, standardError = Number.NaN): string {
  const decimals = value === 0 || !Number.isFinite(value) ? 2 : Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value)))));
  return Number.isNaN(standardError) ? value.toFixed(decimals) : `${value.toFixed(decimals)} ± ${standardError.toFixed(decimals)}`;
}
