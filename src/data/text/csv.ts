import { declaredOf, type Note, type ReadOptions, type Reading } from "../reading.ts";
import { TableError, type TableProblem } from "../table-error.ts";
import { fieldsOf, findTable, isNumber, sampleLength } from "./dialect.ts";
import { decodeText } from "./encoding.ts";
import { namesOf, skippedNotes } from "./names.ts";
import { isHeader } from "./header.ts";
import { lineBreaks, recordEnd, scanFields, unquote, type Scan } from "./scan-fields.ts";
import { TextTable } from "./text-table.ts";

export interface ParseOptions extends ReadOptions {
  /** Shown in errors. */
  source?: string;
}

/** Reads a table of delimited text: RFC 4180, with what people's programs make of it. Throws TableError with all problems. */
export function parseTable(input: Uint8Array | string, options: ParseOptions = {}): TextTable {
  const decoded: Decoded = typeof input === "string" ? { text: input, encoding: "utf-8" } : decodeText(input, { encoding: options.encoding, before: options.before?.encoding, source: options.source });
  return tableOf(decoded, parseHead(decoded.text, options), options);
}

/**
 * Some rows of a longer file as a table that stands for all of it: `bytes` are its beginning, `headLength` of them, and then whole records; `lines` says
 * on which line of the file each of them starts. Throws TableError with all problems.
 */
export function parseSample(bytes: Uint8Array, head: CsvHead, headLength: number, lines: Uint32Array, options: ParseOptions = {}): TextTable {
  const decoded = decodeText(bytes, { encoding: options.encoding, before: options.before?.encoding, source: options.source });
  // outside UTF-8 a character is a byte
  const begin = decoded.encoding === "utf-8" ? head.begin : headLength;
  return tableOf(decoded, { ...head, begin }, options, lines);
}

interface Decoded {
  text: string;
  encoding: string;
  note?: Note;
}

function tableOf({ text, encoding, note }: Decoded, head: CsvHead, options: ParseOptions, lines?: Uint32Array): TextTable {
  const { scan, problems, rows } = parseBody(text, head, head.begin, head.line, lines);
  if (rows === 0 && scan.problems.length === 0) problems.push({ message: "there is a header but no rows; expected at least one." });
  if (problems.length > 0) throw new TableError(problems.sort((a, b) => (a.row ?? 0) - (b.row ?? 0)), options.source ?? "");
  const { columns, delimiter, header, skipped, nameless } = head;
  const reading: Reading = { encoding, delimiter, header, ...(skipped > 0 && { skipped }), ...(options.decimal && { decimal: options.decimal }), ...declaredOf(options) };
  return new TextTable(text, columns, rows, delimiter, scan.spans, scan.lines, { reading, notes: [...(note ? [note] : []), ...head.notes], nameless });
}

const mostColumns = 100_000;

/** What the beginning of a CSV text says of the rest. */
export interface CsvHead {
  columns: readonly string[];
  delimiter: string;
  /** Where the rows begin, and on which line, counted from 1. */
  begin: number;
  line: number;
  header: boolean;
  /** Lines before the header that hold something. */
  skipped: number;
  nameless: ReadonlySet<number>;
  notes: Note[];
}

/** Reads the beginning of a CSV text: the first 20,000 characters, or all of a shorter one. Throws TableError. */
export function parseHead(text: string, options: ParseOptions = {}): CsvHead {
  const fail = (problems: readonly TableProblem[]): never => {
    throw new TableError(problems, options.source ?? "");
  };
  if (text.includes("\0")) fail([{ row: 1 + lineBreaks(text, 0, text.indexOf("\0")), message: "a NUL character: this is not a text table; export it as CSV in UTF-8." }]);
  const top = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (!/\S/.test(text.slice(top))) fail([{ message: "the file is empty; expected a header and at least one row." }]);
  const given = options.delimiter;
  if (given !== undefined && (given.length !== 1 || /["\r\n]/.test(given))) fail([{ message: `the delimiter must be one character such as "," or ";", or a blank for runs of blanks, got ${JSON.stringify(given)}.` }]);
  let found = findTable(text, top, given);
  const before = options.before?.delimiter;
  // a mark that is seldom used is told by earlier tables
  if (given === undefined && before !== undefined && before !== found.delimiter && fieldsOf(text.slice(found.begin, recordEnd(text, found.begin, before)), before).length > 1) found = findTable(text, top, before);
  const { delimiter, rowNames } = found;
  // without a header a blank first line is a row, if it is said of this table
  const bare = options.header === false && options.before === undefined;
  const begin = bare ? top : found.begin;
  const skipped = bare ? [] : found.skipped;
  const line = 1 + lineBreaks(text, 0, begin);
  const end = recordEnd(text, begin, delimiter);
  const scan = scanFields(text.slice(0, end), begin, line, delimiter);
  if (scan.widths.length === 0) fail(scan.problems);
  if (scan.widths[0] > mostColumns) fail([{ row: line, message: `${scan.widths[0]} fields in the first line; the most is ${mostColumns}. Check the delimiter (${JSON.stringify(delimiter)}) and the line ends.` }]);
  const first = fieldsOf(text.slice(begin, end), delimiter);
  const header = options.header ?? isHeader(first, rowsBelow(text, end, delimiter));
  if (!header) {
    const guessed = options.header === undefined && !first.every(isNumber) ? [{ text: "the first line is taken for a row, because it looks like those below it; if it names the columns, say so", change: { option: "header" as const, value: "" } }] : [];
    return { columns: first.map((_, i) => `column ${i + 1}`), delimiter, begin, line, header, skipped: skipped.length, nameless: new Set(), notes: [...skippedNotes(skipped, "line", "before"), ...guessed] };
  }
  const { columns, nameless, notes } = namesOf(rowNames ? ["", ...first] : first);
  const rest = line + lineBreaks(text, begin, end);
  if (scan.problems.length > 0) {
    // what is wrong further on is told with it
    const { problems } = parseBody(text, { columns, delimiter }, end, rest);
    fail([...scan.problems, ...problems].sort((a, b) => (a.row ?? 0) - (b.row ?? 0)));
  }
  return { columns, delimiter, begin: end, line: rest, header, skipped: found.skipped.length, nameless, notes: [...skippedNotes(found.skipped, "line", "before"), ...notes] };
}

/** The records after the first, as far as they are whole in the beginning of the text. */
function rowsBelow(text: string, begin: number, delimiter: string): string[][] {
  const part = text.slice(begin, begin + sampleLength);
  const { spans, widths } = scanFields(part, 0, 1, delimiter);
  const whole = begin + sampleLength < text.length ? widths.length - 1 : widths.length;
  const rows: string[][] = [];
  for (let record = 0, field = 0; record < whole; field += widths[record++]) {
    rows.push(Array.from({ length: widths[record] }, (_, j) => unquote(part.slice(spans[2 * (field + j)], spans[2 * (field + j) + 1]))));
  }
  return rows;
}

/** Reads rows that stand in the middle of a file, whose first is on line `line`. Throws TableError with all problems. */
export function parseRows(text: string, head: Pick<CsvHead, "columns" | "delimiter">, line: number, options: ParseOptions = {}): TextTable {
  const { scan, problems, rows } = parseBody(text, head, 0, line);
  if (text.includes("\0")) problems.push({ row: line + lineBreaks(text, 0, text.indexOf("\0")), message: "a NUL character: this is not a text table; export it as CSV in UTF-8." });
  if (problems.length > 0) throw new TableError(problems, options.source ?? "");
  return new TextTable(text, head.columns, rows, head.delimiter, scan.spans, scan.lines, { reading: declaredOf(options), partial: true });
}

function parseBody(text: string, { columns, delimiter }: Pick<CsvHead, "columns" | "delimiter">, begin: number, line: number, lines?: Uint32Array): { scan: Scan; problems: TableProblem[]; rows: number } {
  const scan = scanFields(text, begin, line, delimiter, columns.length);
  const problems = [...scan.problems];
  if (lines) scan.lines = lines;
  scan.widths.forEach((own, record) => {
    if (own === columns.length) return;
    const advice = `check the delimiter (${JSON.stringify(delimiter)}) and the quotes.`;
    problems.push({ row: scan.lines[record], message: `expected ${columns.length} fields, got ${own}; ${advice}`, alike: { what: `rows do not have ${columns.length} fields`, got: String(own), advice } });
  });
  return { scan, problems, rows: scan.widths.length };
}
