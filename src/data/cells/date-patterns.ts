import { readDate, writeDate } from "./dates.ts";

const days = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "dd/MM/yyyy", "dd.MM.yyyy", "dd-MM-yyyy", "MM/dd/yyyy", "MM-dd-yyyy", "dd.MM.yy", "dd/MM/yy", "MM/dd/yy", "dd-MMM-yyyy", "dd MMM yyyy", "dd-MMM-yy", "MMM dd, yyyy", "MMM dd yyyy", "MMMM dd, yyyy", "dd MMMM yyyy"];
const hours = ["HH:mm", "HH:mm:ss", "HH:mm:ss.SSS", "hh:mm a", "hh:mm:ss a"];
const times = ["", ...hours.map((hour) => ` ${hour}`), " HH:mm:ss UTC", " HH:mm:ss+00:00", "THH:mm", "THH:mm:ss", "THH:mm:ss.SSS", "THH:mmZ", "THH:mm:ssZ", "THH:mm:ss.SSSZ", "THH:mm:ss+00:00"];
/** In this order where several fit alike: the day before the month. */
const patterns = [...days.flatMap((day) => times.map((time) => day + time)), "yyyy-MM", "yyyy/MM", "MM/yyyy", "MMM yyyy", "MMMM yyyy", ...hours, "HH.mm.ss"];

/** Dates that are written as eight digits, with what tells them. */
export const packedDates: Readonly<Record<string, RegExp>> = { yyyyMMdd: /^(18|19|20|21)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, ddMMyyyy: /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(18|19|20|21)\d\d$/, MMddyyyy: /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(18|19|20|21)\d\d$/ };

/** A text with its numbers and words as one sign each: 0/0/0 0:0 a. */
function shapeOf(text: string): string {
  return text.trim().replace(/\d+/g, "0").replace(/[a-z]+/gi, "a");
}

let byShape: ReadonlyMap<string, readonly string[]> | undefined;

/** The patterns that write texts of such shapes, in their order. */
function patternsFor(texts: readonly string[]): string[] {
  byShape ??= patterns.reduce((shapes, pattern) => shapes.set(shapeOf(writeDate(0, pattern)), [...(shapes.get(shapeOf(writeDate(0, pattern))) ?? []), pattern]), new Map<string, string[]>());
  return [...new Set(texts.filter((text) => text.length < 40).map(shapeOf))].flatMap((shape) => byShape!.get(shape) ?? []);
}

/** The pattern in which most of the texts are dates, how many are, and another that reads them all as well: 03/04/2024 may be April or March. */
export function datePattern(texts: ReadonlyMap<string, number>): { pattern: string; count: number; other?: string } | undefined {
  // few texts tell what to try on the rest
  const some = [...texts.keys()].slice(0, 20);
  let best: { pattern: string; count: number; other?: string } | undefined;
  for (const pattern of patternsFor(some).filter((candidate) => some.some((text) => readDate(text, candidate) !== undefined))) {
    let count = 0;
    for (const [text, times] of texts) if (readDate(text, pattern) !== undefined) count += times;
    if (best === undefined || count > best.count) best = { pattern, count };
    else if (count === best.count) best.other ??= pattern;
  }
  if (best === undefined) return undefined;
  const spelled = spelling(texts, best.pattern);
  return { ...best, pattern: spelled(best.pattern), ...(best.other && { other: spelled(best.other) }) };
}

const asItIs = (pattern: string): string => pattern;
const shortDay = (pattern: string): string => pattern.replace("dd", "d").replace(/(?<!M)MM(?!M)/, "M");
const shortHour = (pattern: string): string => pattern.replace("hh", "h").replace("HH", "H");

/** Whether days and months, hours, or both are written without a zero in front: as most of the texts are. */
function spelling(texts: ReadonlyMap<string, number>, pattern: string): (pattern: string) => string {
  const alike = (change: (pattern: string) => string): number => {
    const changed = change(pattern);
    let count = 0;
    for (const [text, times] of texts) {
      const value = readDate(text, pattern);
      if (value !== undefined && writeDate(value, changed).toLowerCase() === text.trim().toLowerCase()) count += times;
    }
    return count;
  };
  let [best, most] = [asItIs, alike(asItIs)];
  for (const change of [shortDay, shortHour, (own: string) => shortHour(shortDay(own))]) {
    const count = alike(change);
    if (count > most) [best, most] = [change, count];
  }
  return best;
}
