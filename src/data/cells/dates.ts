/*
 * Dates are numbers of days since 1970-01-01 inside, with a fraction for the time of day. A pattern says how a column writes them:
 * yyyy yy (year), MM M MMM MMMM (month: 03, 3, Mar, March), dd d (day), HH H mm ss SSS (time); everything else stands for itself.
 */
const tokens = /yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|mm|ss|SSS/g;
const months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const dayLength = 86_400_000;

const groups: Record<string, string> = {
  yyyy: "(\\d{4})", yy: "(\\d{2})", MMMM: "([a-z]{3,9})", MMM: "([a-z]{3})", MM: "(\\d{1,2})", M: "(\\d{1,2})", dd: "(\\d{1,2})", d: "(\\d{1,2})",
  HH: "(\\d{1,2})", H: "(\\d{1,2})", mm: "(\\d{2})", ss: "(\\d{2})", SSS: "(\\d{1,9})",
};

interface Compiled {
  reader: RegExp;
  fields: string[];
  known: Map<string, number>;
}

const compiled = new Map<string, Compiled>();

function compile(pattern: string): Compiled {
  let known = compiled.get(pattern);
  if (known === undefined) {
    const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(tokens, (token) => groups[token]);
    known = { reader: new RegExp(`^${source}$`, "i"), fields: pattern.match(tokens) ?? [], known: new Map() };
    compiled.set(pattern, known);
  }
  return known;
}

/** Whether a pattern says at least year, month and day. */
export function isDatePattern(pattern: string): boolean {
  const { fields } = compile(pattern);
  return ["y", "M", "d"].every((letter) => fields.filter((field) => field[0] === letter).length === 1);
}

/** The days since 1970-01-01 that a text says in a pattern; undefined where it is no such date. */
export function readDate(text: string, pattern: string): number | undefined {
  const { reader, fields, known } = compile(pattern);
  let days = known.get(text);
  // the same dates come again
  if (days === undefined) {
    if (known.size > 10_000) known.clear();
    known.set(text, (days = parts(reader.exec(text.trim()), fields)));
  }
  return Number.isNaN(days) ? undefined : days;
}

/** Days from the parts of a date; NaN where there is no such date. */
function parts(found: RegExpExecArray | null, fields: readonly string[]): number {
  if (!found) return Number.NaN;
  let [year, month, day, time] = [0, 0, 0, 0];
  for (const [i, field] of fields.entries()) {
    const part = found[i + 1];
    const value = Number(part);
    if (field === "yyyy") year = value;
    else if (field === "yy") year = value < 69 ? 2000 + value : 1900 + value;
    else if (field.startsWith("MMM")) month = months.findIndex((name) => name === part.toLowerCase() || name.slice(0, 3) === part.toLowerCase()) + 1;
    else if (field[0] === "M") month = value;
    else if (field[0] === "d") day = value;
    else if (field[0] === "H") {
      if (value > 23) return Number.NaN;
      time += 3_600_000 * value;
    } else if (field === "SSS") time += 1000 * Number(`0.${part}`);
    else {
      if (value > 59) return Number.NaN;
      time += (field === "mm" ? 60_000 : 1000) * value;
    }
  }
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // 30 February is none
  return month >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? (date.getTime() + time) / dayLength : Number.NaN;
}

/** Days since 1970-01-01 in a pattern, rounded to the least that it says. */
export function writeDate(days: number, pattern: string): string {
  const { fields } = compile(pattern);
  const unit = fields.includes("SSS") ? 1 : fields.includes("ss") ? 1000 : fields.includes("mm") ? 60_000 : dayLength;
  const date = new Date(Math.round((days * dayLength) / unit) * unit);
  const name = months[date.getUTCMonth()] ?? "";
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  const padded = (value: number, width: number): string => String(value).padStart(width, "0");
  const written: Record<string, string> = {
    yyyy: padded(date.getUTCFullYear(), 4), yy: padded(date.getUTCFullYear() % 100, 2), MMMM: capital, MMM: capital.slice(0, 3), MM: padded(date.getUTCMonth() + 1, 2), M: String(date.getUTCMonth() + 1),
    dd: padded(date.getUTCDate(), 2), d: String(date.getUTCDate()), HH: padded(date.getUTCHours(), 2), H: String(date.getUTCHours()), mm: padded(date.getUTCMinutes(), 2),
    ss: padded(date.getUTCSeconds(), 2), SSS: padded(date.getUTCMilliseconds(), 3),
  };
  return pattern.replace(tokens, (token) => written[token]);
}

const days = ["yyyy-MM-dd", "yyyy/MM/dd", "dd/MM/yyyy", "dd.MM.yyyy", "dd-MM-yyyy", "MM/dd/yyyy", "MM-dd-yyyy", "dd.MM.yy", "dd/MM/yy", "MM/dd/yy", "dd-MMM-yyyy", "dd MMM yyyy", "dd-MMM-yy", "MMM dd, yyyy", "MMMM dd, yyyy", "dd MMMM yyyy"];
const times = ["", " HH:mm", " HH:mm:ss", " HH:mm:ss.SSS", "THH:mm", "THH:mm:ss", "THH:mm:ss.SSS", "THH:mm:ssZ", "THH:mm:ss.SSSZ"];
const patterns = days.flatMap((day) => times.map((time) => day + time));

/** The pattern in which most of the texts are dates, how many are, and another that reads them all as well: 03/04/2024 may be April or March. */
export function datePattern(texts: ReadonlyMap<string, number>): { pattern: string; count: number; other?: string } | undefined {
  // few texts tell what to try on the rest
  const some = [...texts.keys()].slice(0, 20);
  let best: { pattern: string; count: number; other?: string } | undefined;
  for (const pattern of patterns.filter((candidate) => some.some((text) => readDate(text, candidate) !== undefined))) {
    let count = 0;
    for (const [text, times] of texts) if (readDate(text, pattern) !== undefined) count += times;
    if (best === undefined || count > best.count) best = { pattern, count };
    else if (count === best.count) best.other ??= pattern;
  }
  if (best === undefined || !isShort(texts, best.pattern)) return best;
  const short = (pattern: string): string => pattern.replace("dd", "d").replace(/(?<!M)MM(?!M)/, "M");
  return { ...best, pattern: short(best.pattern), ...(best.other && { other: short(best.other) }) };
}

/** Whether days or months are written without a zero in front. */
function isShort(texts: ReadonlyMap<string, number>, pattern: string): boolean {
  for (const text of texts.keys()) {
    const value = readDate(text, pattern);
    if (value !== undefined && writeDate(value, pattern).length > text.trim().length && !/SSS/.test(pattern)) return true;
  }
  return false;
}
