import { hasComma, isInfinite } from "../coding/number.ts";
import { datePattern } from "./date-patterns.ts";
import type { ColumnFacts } from "./facts.ts";
import type { ColumnFormat } from "./format.ts";
import { spelledNumber, type DecimalMark, type SpelledNumber } from "./marked-number.ts";

/** How a column is read: its format, and which of its texts mean "missing" because the rest are numbers or dates. */
export interface ColumnReading {
  kind: "number" | "date" | "text";
  format?: ColumnFormat;
  words: ReadonlyMap<string, number>;
  /** Another pattern that reads all dates as well. */
  otherDate?: string;
}

export interface TableReading {
  decimal: DecimalMark;
  columns: ColumnReading[];
}

/** A column with at least this share of numbers is numeric, and with the lower share if they are many different ones; the rest is a problem, not a level. */
const [surely, mostly, many] = [0.95, 0.8, 10];

/** Whether this many numbers among the cells of a column make it numeric. */
export function isMostlyNumbers(numbers: number, cells: number, different: number): boolean {
  return numbers > 0 && (numbers >= surely * cells || (numbers >= mostly * cells && different >= many));
}

interface AsNumbers {
  format: ColumnFormat | undefined;
  count: number;
}

/** Decides on the decimal mark of a table by all its columns, and on the format of each. */
export function decideReading(names: readonly string[], facts: readonly ColumnFacts[], given: { delimiter?: string; decimal?: DecimalMark; dates?: Readonly<Record<string, string>> }): TableReading {
  const points = facts.map((column) => asNumbers(column, ".", given));
  const commas = facts.map((column) => asNumbers(column, ",", given));
  const decimal = given.decimal ?? decimalMark(facts, points, commas, given.delimiter);
  const [first, second] = decimal === "," ? [commas, points] : [points, commas];
  return {
    decimal,
    columns: facts.map((column, i) => {
      const pattern = given.dates && Object.hasOwn(given.dates, names[i]) ? given.dates[names[i]] : undefined;
      if (pattern !== undefined) return { kind: "date", format: { date: pattern }, words: column.words };
      const packed = asPackedDates(column);
      if (packed !== undefined) return { kind: "date", format: { date: packed }, words: column.words };
      const numbers = first[i] ?? second[i];
      if (numbers) return { kind: "number", words: column.words, ...(numbers.format && { format: numbers.format }) };
      const date = asDates(column);
      if (!date) return { kind: "text", words: new Map() };
      return { kind: "date", format: { date: date.pattern }, words: column.words, ...(date.other && { otherDate: date.other }) };
    }),
  };
}

/** The mark under which more cells are numbers; in a file of semicolons a comma, if both do. */
function decimalMark(facts: readonly ColumnFacts[], points: readonly (AsNumbers | undefined)[], commas: readonly (AsNumbers | undefined)[], delimiter: string | undefined): DecimalMark {
  const total = (columns: readonly (AsNumbers | undefined)[]): number => columns.reduce((sum, column) => sum + (column?.count ?? 0), 0);
  const [point, comma] = [total(points), total(commas)];
  if (point !== comma) return comma > point ? "," : ".";
  const hasCommas = facts.some(({ texts }, i) => commas[i] && [...texts.keys()].some((text) => text.includes(",")));
  return delimiter === ";" && hasCommas ? "," : ".";
}

/** The column as numbers with this decimal mark; undefined if too few of its cells are. */
function asNumbers({ plain, pointed, distinct, texts }: ColumnFacts, decimal: DecimalMark, { delimiter }: { delimiter?: string }): AsNumbers | undefined {
  const readable = decimal === "," ? plain - pointed : plain;
  // by what stands before and after them: signs are of the whole column
  const kinds = new Map<string, { count: number; marks: SpelledNumber; thousands?: string; different: number }>();
  let [cells, withComma, unusable] = [plain, 0, 0];
  for (const [text, count] of texts) {
    cells += count;
    const marks = spelledNumber(text, decimal);
    if (!marks) {
      // a number for certain, though none that can be used
      if (isInfinite(text) || isLimit(text) || (hasComma(text) && texts.size + distinct.size >= many)) unusable += count;
      continue;
    }
    if (decimal === "," && text.includes(",")) withComma++;
    const key = `${marks.prefix?.trim() ?? ""} ${marks.suffix?.trim() ?? ""}`;
    const kind = kinds.get(key);
    kinds.set(key, { count: (kind?.count ?? 0) + count, marks: kind?.marks ?? marks, thousands: kind?.thousands ?? marks.thousands, different: (kind?.different ?? 0) + 1 });
  }
  // few pairs such as "1,2" between commas may well be texts
  if (decimal === "," && delimiter === "," && withComma > 0 && withComma < many) return undefined;
  const bare = kinds.get(" ");
  kinds.delete(" ");
  const bareCount = readable + (bare?.count ?? 0);
  let best = { count: bareCount, marks: bare?.marks as SpelledNumber | undefined, thousands: bare?.thousands, different: distinct.size + (bare?.different ?? 0) };
  for (const kind of kinds.values()) if (kind.count > best.count) best = { ...kind, thousands: kind.thousands };
  if (best.count === 0 || !isMostlyNumbers(best.count + unusable, cells, best.different)) return undefined;
  const { prefix, suffix } = best.marks ?? {};
  const format: ColumnFormat = { ...(decimal === "," && { decimal }), ...(best.thousands && { thousands: best.thousands }), ...(prefix && { prefix }), ...(suffix && { suffix }) };
  return { count: best.count, format: Object.keys(format).length > 0 ? format : undefined };
}

/** The pattern of a column in which every cell is a date of eight digits; a few of them alone may well be numbers. */
function asPackedDates({ plain, distinct, packed, texts }: ColumnFacts): string | undefined {
  if (texts.size > 0 || distinct.size < 3) return undefined;
  return [...packed].find(([, count]) => count === plain)?.[0];
}

function asDates({ plain, texts }: ColumnFacts): { pattern: string; other?: string } | undefined {
  let cells = plain;
  for (const count of texts.values()) cells += count;
  const found = datePattern(texts);
  return found && isMostlyNumbers(found.count, cells, texts.size) ? found : undefined;
}

/** Whether a text is a value below or above a detection limit, such as <0.05. */
export function isLimit(text: string): boolean {
  return /^\s*[<>≤≥]=?\s*\d/.test(text);
}
