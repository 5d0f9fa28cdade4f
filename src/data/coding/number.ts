/** The device works in float32. */
export const largest = 3.4e38;

/** The finite number that a cell spells in decimal or exponent form; undefined for anything else, Infinity included. */
export function readNumber(cell: string): number | undefined {
  const value = Number(cell);
  if (!(Math.abs(value) <= largest)) return undefined;
  // Number also reads "" as 0, and hexadecimal, octal and binary; another first digit is none of these
  const first = cell.charCodeAt(0);
  if (first > 48 && first <= 57) return value;
  return cell.trim() === "" || /^\s*0[xob]/i.test(cell) ? undefined : value;
}

/** Whether a cell spells an infinity, or a number that is too large. */
export function isInfinite(cell: string): boolean {
  return /^\s*[+-]?inf(inity)?\s*$/i.test(cell) || Math.abs(Number(cell)) > largest;
}

/** Whether a cell looks like a number with a decimal comma or commas between thousands. */
export function hasComma(cell: string): boolean {
  return /^\s*[+-]?\d+,\d+\s*$|^\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*$/.test(cell);
}
