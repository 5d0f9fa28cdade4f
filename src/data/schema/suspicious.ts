/** Numbers that people write for "missing": 9, 99, 999 and so on, and their neighbours. */
const nines = [9, 99, 999, 9999, 99999, 999999, 9999999];
const neighbours = [7, 8, 77, 88, 97, 98, 777, 888, 997, 998, 7777, 8888, 9997, 9998];
const codes: ReadonlySet<number> = /* @__PURE__ */ new Set([...nines, ...neighbours].flatMap((code) => [code, -code]));

/** Values that look like codes for "missing": repeated, and far outside the rest. */
export function suspiciousValues(numbers: readonly number[]): { value: number; count: number; low: number; high: number }[] {
  const counts = new Map<number, number>();
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) {
    if (codes.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
    else if (value < low) {
      low = value;
      if (high < low) high = low;
    } else if (value > high) high = value;
  }
  if (!(low < high)) return [];
  return [...counts].flatMap(([value, count]) => {
    const gap = value > high ? value - high : low - value;
    // where all else is positive, -9 need not be far
    const far = gap >= high - low || (low >= 0 && value < 0);
    return count > 1 && gap > 0 && far ? [{ value, count, low, high }] : [];
  });
}

/** id, patient_id, patientId, but not paid. */
const keyName = /(^|[^a-z])(id|ids|uuid|guid|key|identifier|index|idx|row|rowid|record|nr|no|code)$|[a-z](Id|ID)$/;
/** What counts up without a gap and is no count of rows. */
const timeName = /year|date|day|month|week|time|jahr|tag|monat/i;

/** Why whole numbers that never repeat are someone's key and no measurement; undefined where they may be one. */
export function keyReason(name: string, numbers: readonly number[], rows: number, column: number): string | undefined {
  if (numbers.length < 10 || numbers.some((value) => !Number.isInteger(value)) || new Set(numbers).size < numbers.length) return undefined;
  if (keyName.test(name) || keyName.test(name.toLowerCase())) return "an identifier: whole numbers that never repeat";
  const counts = column === 0 && numbers.length >= 20 && numbers.length === rows && !timeName.test(name) && (numbers[0] === 0 || numbers[0] === 1) && numbers.every((value, i) => value === numbers[0] + i);
  return counts ? "it counts the rows" : undefined;
}
