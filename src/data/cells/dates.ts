/*
 * Dates are numbers of days since 1970-01-01 inside, with a fraction for the time of day; times without a date are numbers of minutes. A
 * pattern says how a column writes them: yyyy yy (year), MM M MMM MMMM (month: 03, 3, Mar, March), dd d (day), HH H (hour; hh h of twelve,
 * with a for AM or PM), mm ss SSS (minute, second, its fraction); everything else stands for itself.
 */
const tokens = /yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|a/g;
const months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const [dayLength, minuteLength] = [86_400_000, 60_000];
export const dayMinutes = 1440;

/** A time of day in minutes, as one of a day that begins at `turn`: earlier ones belong to its end. */
export function afterTurn(minutes: number, turn: number): number {
  return minutes < turn ? minutes + dayMinutes : minutes;
}

const groups: Record<string, string> = {
  yyyy: "(\\d{4})", yy: "(\\d{2})", MMMM: "([a-z]{3,9})", MMM: "([a-z]{3})", MM: "(\\d{1,2})", M: "(\\d{1,2})", dd: "(\\d{1,2})", d: "(\\d{1,2})",
  HH: "(\\d{1,2})", H: "(\\d{1,2})", hh: "(\\d{1,2})", h: "(\\d{1,2})", a: "([ap]\\.?m\\.?)", mm: "(\\d{2})", ss: "(\\d{2})", SSS: "(\\d{1,9})",
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

/** Whether a pattern says a year and a month, with or without a day and a time; or a time alone. */
export function isDatePattern(pattern: string): boolean {
  const { fields } = compile(pattern);
  const count = (...kinds: string[]): number => fields.filter((field) => kinds.includes(field[0])).length;
  if (count("H", "h") > 1 || count("d") > 1) return false;
  return isTimePattern(pattern) ? count("H", "h") === 1 && fields.includes("mm") : count("y") === 1 && count("M") === 1;
}

/** Whether a pattern says times of day, or durations in hours, without a date. */
export function isTimePattern(pattern: string): boolean {
  return !compile(pattern).fields.some((field) => ["y", "M", "d"].includes(field[0]));
}

/** The last time of a day that a pattern can say, in minutes. */
export function lastTime(pattern: string): number {
  const { fields } = compile(pattern);
  return dayMinutes - (fields.includes("SSS") ? 1 / minuteLength : fields.includes("ss") ? 1 / 60 : 1);
}

/** The days since 1970-01-01 that a text says in a pattern, of a time alone its minutes; undefined where it is no such date. */
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

/** Days from the parts of a date, or minutes from those of a time; NaN where there is no such date. */
function parts(found: RegExpExecArray | null, fields: readonly string[]): number {
  if (!found) return Number.NaN;
  let [year, month, day, time] = [0, 0, 1, 0];
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
    } else if (field[0] === "h") {
      if (value < 1 || value > 12) return Number.NaN;
      time += 3_600_000 * (value % 12);
    } else if (field === "a") time += /^p/i.test(part) ? dayLength / 2 : 0;
    else if (field === "SSS") time += 1000 * Number(`0.${part}`);
    else {
      if (value > 59) return Number.NaN;
      time += (field === "mm" ? 60_000 : 1000) * value;
    }
  }
  if (!fields.some((field) => field[0] === "y")) return time / minuteLength;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // 30 February is none
  return month >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? (date.getTime() + time) / dayLength : Number.NaN;
}

/** A number of days, or of minutes, in a pattern; rounded to what the pattern can say. A day and some minutes is a time like the minutes alone. */
export function writeDate(value: number, pattern: string): string {
  const { fields } = compile(pattern);
  const unit = fields.includes("SSS") ? 1 : fields.includes("ss") ? 1000 : fields.includes("mm") ? minuteLength : dayLength;
  const date = new Date(Math.round((value * (isTimePattern(pattern) ? minuteLength : dayLength)) / unit) * unit);
  const name = months[date.getUTCMonth()] ?? "";
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  const padded = (part: number, width: number): string => String(part).padStart(width, "0");
  const ofTwelve = date.getUTCHours() % 12 || 12;
  const written: Record<string, string> = {
    yyyy: padded(date.getUTCFullYear(), 4), yy: padded(date.getUTCFullYear() % 100, 2), MMMM: capital, MMM: capital.slice(0, 3), MM: padded(date.getUTCMonth() + 1, 2), M: String(date.getUTCMonth() + 1),
    dd: padded(date.getUTCDate(), 2), d: String(date.getUTCDate()), HH: padded(date.getUTCHours(), 2), H: String(date.getUTCHours()), hh: padded(ofTwelve, 2), h: String(ofTwelve), a: date.getUTCHours() < 12 ? "AM" : "PM",
    mm: padded(date.getUTCMinutes(), 2), ss: padded(date.getUTCSeconds(), 2), SSS: padded(date.getUTCMilliseconds(), 3),
  };
  return pattern.replace(tokens, (token) => written[token]);
}
