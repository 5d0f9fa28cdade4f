import { largest } from "../coding/number.ts";

/** How a column spells its numbers, where not as 1234.5. */
export interface NumberMarks {
  /** The decimal mark; without it, a point. */
  decimal?: ",";
  /** What stands between thousands. */
  thousands?: string;
  /** A currency or percent sign that stands before or after every number. */
  prefix?: string;
  suffix?: string;
}

/** A number as it was found: its value and the marks that it uses. */
export interface SpelledNumber extends NumberMarks {
  value: number;
  /** Digits after the decimal mark; undefined with an exponent. */
  decimals: number | undefined;
}

export type DecimalMark = "." | ",";

/** No number that people write is longer. */
const longest = 100;
const currency = "[$€£¥₹₩₽]|USD|EUR|GBP|CHF|JPY";
const signs = new RegExp(`^([+\\-−]?)\\s{0,9}((?:${currency})\\s?)?([+\\-−]?)\\s{0,9}([\\d.,'’ \\u00a0\\u202f]*\\d[.,]?(?:e[+-]?\\d+)?)(\\s?(?:%|${currency}))?$`, "i");
const bodies = {
  ".": { grouped: /^[1-9]\d{0,2}([,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.(\d+))?$/, plain: /^(?:\d+(?:\.(\d*))?|\.(\d+))(e[+-]?\d+)?$/i },
  ",": { grouped: /^[1-9]\d{0,2}([.'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:,(\d+))?$/, plain: /^(?:\d+(?:,(\d*))?|,(\d+))(e[+-]?\d+)?$/i },
};

/** The number that a text spells with this decimal mark, thousands marks and currency or percent signs allowed; undefined if it spells none. */
export function spelledNumber(text: string, decimal: DecimalMark): SpelledNumber | undefined {
  const trimmed = text.trim();
  const parts = trimmed.length > longest ? null : signs.exec(trimmed);
  if (!parts) return undefined;
  const [, sign, prefix, innerSign, body, suffix] = parts;
  if (sign !== "" && innerSign !== "") return undefined;
  const { grouped, plain } = bodies[decimal];
  const inGroups = grouped.exec(body);
  const asItIs = inGroups ? null : plain.exec(body);
  if (!inGroups && !asItIs) return undefined;
  const digits = inGroups ? body.replaceAll(inGroups[1], "") : body;
  const value = Number(`${`${sign}${innerSign}`.replace("−", "-")}${decimal === "," ? digits.replace(",", ".") : digits}`);
  if (!(Math.abs(value) <= largest)) return undefined;
  const fraction = inGroups ? inGroups[2] : (asItIs![1] ?? asItIs![2]);
  return {
    value,
    decimals: asItIs?.[3] ? undefined : (fraction ?? "").length,
    ...(decimal === "," && { decimal }),
    ...(inGroups && { thousands: inGroups[1] }),
    ...(prefix && { prefix }),
    ...(suffix && { suffix }),
  };
}

/** A number that is spelled as its column spells numbers; undefined for anything else. */
export function readMarked(text: string, marks: NumberMarks): SpelledNumber | undefined {
  const found = spelledNumber(text, marks.decimal ?? ".");
  if (!found || (found.thousands !== undefined && found.thousands !== marks.thousands)) return undefined;
  return found.prefix?.trim() === marks.prefix?.trim() && found.suffix?.trim() === marks.suffix?.trim() ? found : undefined;
}

/** Digits with a decimal point, as their column spells numbers. */
export function writeMarked(digits: string, { decimal, thousands, prefix = "", suffix = "" }: NumberMarks): string {
  const [, sign, whole, fraction, rest] = /^(-?)(\d+)(?:\.(\d+))?(.*)$/.exec(digits) ?? [];
  if (whole === undefined) return digits;
  const grouped = thousands === undefined || rest !== "" ? whole : whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return `${sign}${prefix}${grouped}${fraction === undefined ? "" : (decimal ?? ".") + fraction}${rest}${suffix}`;
}
