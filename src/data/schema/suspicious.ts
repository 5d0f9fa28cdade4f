import { extent } from "../../math/statistics.ts";

/** Numbers that people write for "missing": 9, 99, 999 and so on, and their neighbours. */
const nines = [9, 99, 999, 9999, 99999, 999999, 9999999];
const neighbours = [7, 8, 77, 88, 97, 98, 777, 888, 997, 998, 7777, 8888, 9997, 9998];
const codes: ReadonlySet<number> = /* @__PURE__ */ new Set([...nines, ...neighbours].flatMap((code) => [code, -code]));

/** This many different values beside it make a value one among many. */
const several = 10;
/** Zeros are odd if nothing else lies within this share of the range above 0. */
const oddZeros = 0.2;

/** Values that look like codes for "missing": repeated, and far outside the rest. */
export function suspiciousValues(numbers: readonly number[]): { value: number; count: number; low: number; high: number }[] {
  const different = new Set<number>();
  const [suspects, negative, zero] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];
  const count = (counts: Map<number, number>, value: number): unknown => counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const value of numbers) {
    if (different.size <= several) different.add(value);
    if (codes.has(value)) count(suspects, value);
    else if (value < 0 && Number.isInteger(value) && negative.size <= 1) count(negative, value);
    else if (value === 0) count(zero, 0);
  }
  const isMany = different.size > several;
  // the only negative number of a column, such as -1 or -200, may be any
  if (isMany && negative.size === 1 && !numbers.some((value) => value < 0 && !negative.has(value) && !suspects.has(value))) for (const [value, times] of negative) suspects.set(value, times);
  const found = oddOf(numbers, suspects, ({ value, gap, low, high }) => gap >= high - low || (low >= 0 && value < 0));
  return found.length > 0 || !isMany ? found : oddOf(numbers, zero, ({ gap, low, high }) => low > 0 && gap >= oddZeros * (high - low));
}

interface Place {
  value: number;
  low: number;
  high: number;
  gap: number;
}

/** Those of the suspects that repeat and lie far outside the rest. */
function oddOf(numbers: readonly number[], suspects: ReadonlyMap<number, number>, isFar: (place: Place) => boolean): ReturnType<typeof suspiciousValues> {
  const [low, rest] = extent(numbers.filter((value) => !suspects.has(value)));
  let high = rest;
  if (!(low < high)) return [];
  // 7, 8 and 9 go on with a scale from 1 to 6
  for (const value of [...suspects.keys()].sort((a, b) => a - b)) if (value > high && value <= high + 1) high = value;
  return [...suspects].flatMap(([value, count]) => {
    const gap = value > high ? value - high : low - value;
    return count > 1 && gap > 0 && isFar({ value, low, high, gap }) ? [{ value, count, low, high }] : [];
  });
}

/** id, patient_id, patientId, but not paid. */
const keyName = /(^|[^a-z])(id|ids|uuid|guid|key|identifier|index|idx|row|rowid|rownames?|record|nr|no|code)$|[a-z](Id|ID)$/;
/** Names of codes that stand for something else, however often they repeat. */
const codeName = /(^|[^a-z])(ids?|codes?|zip|zipcode|postcode|plz|fips)$|[a-z](Id|ID)$/;
/** What counts up without a gap and is no count of rows. */
const timeName = /year|date|day|month|week|time|jahr|tag|monat/i;

/** Whether a column's name says that its numbers are codes: PULocationID, zip code. */
export function namesCodes(name: string): boolean {
  return codeName.test(name) || codeName.test(name.toLowerCase());
}

/** Why whole numbers that never repeat are someone's key and no measurement; undefined where they may be one. */
export function keyReason(name: string, numbers: readonly number[], rows: number, column: number): string | undefined {
  if (numbers.length < 10 || numbers.some((value) => !Number.isInteger(value)) || new Set(numbers).size < numbers.length) return undefined;
  if (keyName.test(name) || keyName.test(name.toLowerCase())) return "an identifier: whole numbers that never repeat";
  const counts = column === 0 && numbers.length >= 20 && numbers.length === rows && !timeName.test(name) && (numbers[0] === 0 || numbers[0] === 1) && numbers.every((value, i) => value === numbers[0] + i);
  return counts ? "it counts the rows" : undefined;
}
