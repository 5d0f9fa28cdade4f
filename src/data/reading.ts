import { isDatePattern } from "./cells/dates.ts";
import type { DecimalMark } from "./cells/marked-number.ts";
import { shownValue } from "../math/shown-value.ts";

/** What a user may say of how a table is to be read; what is left out is decided by the file. */
export interface ReadOptions {
  /** One character; " " for runs of blanks. */
  delimiter?: string;
  /** Whether the first line names the columns; default: unless all its fields are numbers. */
  header?: boolean;
  /** Further texts that mean "missing": TOKEN, or COLUMN=TOKEN. Numbers are compared as numbers, texts in any case. */
  missing?: readonly string[];
  /** Texts that are values although they usually mean "missing": TEXT, or COLUMN=TEXT; "COLUMN=" makes the empty cells of a column a value. */
  keep?: readonly string[];
  /** A name such as utf-8, utf-16le or windows-1252. */
  encoding?: string;
  /** The sheet of a workbook, by its name or its number; default: the first. */
  sheet?: string;
  decimal?: DecimalMark;
  /** Patterns of dates by column, such as MM/dd/yyyy. */
  dates?: Readonly<Record<string, string>>;
  /** How earlier tables of the same source were read. */
  before?: Reading;
}

/** Something about a table or a column that people should know; begins with lower case and has no full stop. */
export interface Note {
  text: string;
  /** The option that decides otherwise, with a value; each front end knows how that is said there. */
  change?: { option: "missing" | "keep" | "type" | "date" | "encoding" | "header" | "keep-missing" | "sheet"; value: string };
}

/** How a table was read: what was decided by the file and what the user declared. It stays in the schema, and later tables are read alike. */
export interface Reading extends Omit<ReadOptions, "before"> {
  /** Lines before the header: comments, a title. */
  skipped?: number;
}

/** What the user declared about cells, without what says nothing. */
export function declaredOf({ missing = [], keep = [], dates = {} }: ReadOptions): Reading {
  return { ...(missing.length > 0 && { missing }), ...(keep.length > 0 && { keep }), ...(Object.keys(dates).length > 0 && { dates }) };
}

/** Options for a later table of the same source: what was declared stands, and what was found is tried where the file does not say. */
export function readAlike(before: Reading | undefined, now: ReadOptions): ReadOptions {
  if (before === undefined) return now;
  const both = (name: "missing" | "keep"): string[] => [...(before[name] ?? []), ...(now[name] ?? [])];
  return { ...now, header: now.header ?? before.header, missing: both("missing"), keep: both("keep"), dates: { ...before.dates, ...now.dates }, before };
}

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
/** What each field of a reading is to be. */
const fields: Readonly<Record<string, [string, (value: unknown) => boolean]>> = {
  encoding: ["a name", isText],
  sheet: ["a name", isText],
  delimiter: ["one character", (value) => isText(value) && (value as string).length === 1],
  decimal: ['"." or ","', (value) => value === "." || value === ","],
  header: ["true or false", (value) => typeof value === "boolean"],
  missing: ["a list of texts", isTexts],
  keep: ["a list of texts", isTexts],
  dates: ["patterns such as MM/dd/yyyy by column", (value) => Object.values(value ?? { none: 0 }).every((pattern) => isText(pattern) && isDatePattern(pattern))],
};

/** What is wrong with the reading that stands in a schema file. */
export function readingProblems(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [`expected reading to be an object, got ${shownValue(value)}.`];
  const given = value as Record<string, unknown>;
  return Object.entries(fields).flatMap(([name, [what, fits]]) => (given[name] === undefined || fits(given[name]) ? [] : [`expected reading.${name} to be ${what}, got ${shownValue(given[name])}.`]));
}
