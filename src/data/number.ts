/** The finite number that a cell spells in decimal or exponent form; undefined for anything else, Infinity included. */
export function readNumber(cell: string): number | undefined {
  const text = cell.trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  // the device works in float32
  return Math.abs(value) <= 3.4e38 ? value : undefined;
}
