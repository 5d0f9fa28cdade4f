/** Numbers that people write for "missing": 9, 99, 999 and so on, either sign, and their neighbours. */
const codes = /^(-?9+|-?(?:7|8|97|98|77|88|777|888|997|998|8888|7777|9997|9998)|-1|-?\d*99999+)$/;
const negativeCodes = /^-(1|9+|8+|7+)$/;

/** Values that look like codes for "missing": repeated, and far outside the rest. */
export function suspiciousValues(values: ReadonlyMap<number, number>): { value: number; count: number; low: number; high: number }[] {
  const isCode = (value: number): boolean => codes.test(String(value));
  // from the outside in: -999 does not hide behind -9999
  const rest = [...values.keys()].filter((value) => !isCode(value));
  if (rest.length < 2) return [];
  let [low, high] = [Infinity, -Infinity];
  for (const value of rest) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const candidates = [...values].filter(([value, count]) => isCode(value) && count > 1);
  return candidates.flatMap(([value, count]) => {
    const gap = value > high ? value - high : low - value;
    const far = gap >= high - low || (low >= 0 && negativeCodes.test(String(value)) && value !== -1);
    return gap > 0 && far ? [{ value, count, low, high }] : [];
  });
}

const keyName = /(^|[^a-z])(id|ids|uuid|guid|key|identifier|index|idx|row|rowid|record|nr|no|code)$|[a-z](Id|ID)$/;
const timeName = /year|date|day|month|week|time|jahr|tag|monat/i;

/** Why whole numbers that never repeat are someone's key and no measurement; undefined where they may be one. */
export function keyReason(name: string, numbers: readonly number[], rows: number, column: number): string | undefined {
  if (numbers.length < 10 || numbers.some((value) => !Number.isInteger(value)) || new Set(numbers).size < numbers.length) return undefined;
  if (keyName.test(name.replace(/[A-Z]+$/, (end) => (end.length === name.length ? end.toLowerCase() : end))) || keyName.test(name.toLowerCase())) return "an identifier: whole numbers that never repeat";
  const counts = column === 0 && numbers.length >= 20 && numbers.length === rows && !timeName.test(name) && (numbers[0] === 0 || numbers[0] === 1) && numbers.every((value, i) => value === numbers[0] + i);
  return counts ? "it counts the rows" : undefined;
}
