/** A table of text with aligned columns: the first to the left, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === "" || /^-?[\d.]/.test(row[i])));
  const line = (cells: readonly string[]): string => `  ${cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  ").trimEnd()}`;
  return `${line(head)}\n  ${widths.map((width) => "-".repeat(width)).join("  ")}\n${rows.map((row) => `${line(row)}\n`).join("")}`;
}
