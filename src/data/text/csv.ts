import { lineBreaks, recordEnd, scanFields, unquote, type Scan } from "./scan-fields.ts";
import { TableError, type TableProblem } from "../table-error.ts";
import { TextTable } from "./text-table.ts";

export interface ParseOptions {
  /** Default: the one of comma, semicolon and tab that splits the first lines evenly, into most fields. */
  delimiter?: string;
  /** Whether the first line names the columns; default: unless all its fields are numbers. */
  header?: boolean;
  /** Tokens that mean "missing" besides the empty cell, NA, NaN, ? and null. */
  missing?: readonly string[];
  /** Shown in errors. */
  source?: string;
}

/** Reads a CSV table (RFC 4180, with comma, semicolon or tab). Throws TableError with all problems. */
export function parseTable(input: Uint8Array | string, options: ParseOptions = {}): TextTable {
  const source = options.source ?? "";
  const fail = (problems: readonly TableProblem[]): never => {
    throw new TableError(problems, source);
  };
  const text = typeof input === "string" ? input : decodeText(input, fail);
  const head = parseHead(text, options);
  const { scan, problems, rows } = parseBody(text, head, head.begin, head.line);
  if (rows === 0 && scan.problems.length === 0) problems.push({ message: "there is a header but no rows; expected at least one." });
  if (problems.length > 0) fail(problems.sort((a, b) => (a.row ?? 0) - (b.row ?? 0)));
  return new TextTable(text, head.columns, rows, head.delimiter, scan.spans, scan.lines, options.missing ?? []);
}

/** What the beginning of a CSV text says of the rest. */
export interface CsvHead {
  columns: readonly string[];
  delimiter: string;
  /** Where the rows begin, and on which line, counted from 1. */
  begin: number;
  line: number;
}

/** Reads the beginning of a CSV text: the first 20,000 characters, or all of a shorter one. Throws TableError. */
export function parseHead(text: string, options: ParseOptions = {}): CsvHead {
  const fail = (problems: readonly TableProblem[]): never => {
    throw new TableError(problems, options.source ?? "");
  };
  if (text.includes("\0")) fail([{ row: 1 + lineBreaks(text, 0, text.indexOf("\0")), message: "a NUL character: this is not a text table; export it as CSV in UTF-8." }]);
  const start = firstLine(text, options.header);
  if (!/\S/.test(text.slice(start))) fail([{ message: "the file is empty; expected a header and at least one row." }]);
  const delimiter = options.delimiter ?? guessDelimiter(text, start);
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) fail([{ message: `the delimiter must be one character such as "," or ";", got ${JSON.stringify(delimiter)}.` }]);
  const line = 1 + lineBreaks(text, 0, start);
  const end = recordEnd(text, start, delimiter);
  const scan = scanFields(text.slice(0, end), start, line, delimiter);
  if (scan.widths.length === 0) fail(scan.problems);
  const first = Array.from({ length: scan.widths[0] }, (_, i) => unquote(text.slice(scan.spans[2 * i], scan.spans[2 * i + 1])).trim());
  const header = options.header ?? !first.every((field) => field !== "" && Number.isFinite(Number(field)));
  if (!header) return { columns: first.map((_, i) => `column ${i + 1}`), delimiter, begin: start, line };
  const problems = [...scan.problems, ...headerProblems(first, line)];
  if (problems.length > 0) {
    // what is wrong further on is told with it
    const rest = parseBody(text, { columns: first, delimiter }, end, line + lineBreaks(text, start, end));
    fail([...problems, ...rest.problems].sort((a, b) => (a.row ?? 0) - (b.row ?? 0)));
  }
  return { columns: first, delimiter, begin: end, line: line + lineBreaks(text, start, end) };
}

/** Reads rows that stand in the middle of a file, whose first is on line `line`. Throws TableError with all problems. */
export function parseRows(text: string, head: Pick<CsvHead, "columns" | "delimiter">, line: number, options: ParseOptions = {}): TextTable {
  const { scan, problems, rows } = parseBody(text, head, 0, line);
  if (text.includes("\0")) problems.push({ row: line + lineBreaks(text, 0, text.indexOf("\0")), message: "a NUL character: this is not a text table; export it as CSV in UTF-8." });
  if (problems.length > 0) throw new TableError(problems, options.source ?? "");
  return new TextTable(text, head.columns, rows, head.delimiter, scan.spans, scan.lines, options.missing ?? []);
}

function parseBody(text: string, { columns, delimiter }: Pick<CsvHead, "columns" | "delimiter">, begin: number, line: number): { scan: Scan; problems: TableProblem[]; rows: number } {
  const scan = scanFields(text, begin, line, delimiter, columns.length);
  const problems = [...scan.problems];
  scan.widths.forEach((own, record) => {
    if (own !== columns.length) problems.push({ row: scan.lines[record], message: `expected ${columns.length} fields, got ${own}; check the delimiter (${JSON.stringify(delimiter)}) and the quotes.` });
  });
  return { scan, problems, rows: scan.widths.length };
}

/** Bytes with which files of other kinds begin. */
const foreign: readonly [string, string][] = [
  ["PK\x03\x04", "a ZIP archive or an Excel workbook"],
  ["\x1f\x8b", "gzip data that is still compressed"],
  ["PAR1", "a Parquet file"],
  ["PARE", "an encrypted Parquet file"],
  ["ARRO", "an Arrow or Feather file"],
  ["%PDF", "a PDF"],
  ["\xff\xfe", "text in UTF-16"],
  ["\xfe\xff", "text in UTF-16"],
];

/** The longest string that Node makes. */
const longestText = 536_870_888;

function decodeText(bytes: Uint8Array, fail: (problems: readonly TableProblem[]) => never): string {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  for (const [magic, kind] of foreign) {
    if (start.startsWith(magic)) fail([{ message: `this is ${kind}, not a text table; export it as CSV in UTF-8.` }]);
  }
  if (bytes.length > longestText) fail([{ message: `the file has ${bytes.length} bytes; the most is ${longestText}. Split it.` }]);
  const decode = (part: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
  try {
    return decode(bytes);
  } catch {
    // find the first line that does not decode: a line feed is never part of another UTF-8 character
    for (let line = 1, at = 0; at < bytes.length; line++) {
      const end = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at) + 1;
      try {
        decode(bytes.subarray(at, end));
      } catch {
        fail([{ row: line, message: "the text is not valid UTF-8; save the file as CSV in UTF-8." }]);
      }
      at = end;
    }
    throw new Error("text that decodes line by line decodes as a whole");
  }
}

/** Where the table starts: after the BOM and, unless there is no header, after blank lines. */
function firstLine(text: string, header: boolean | undefined): number {
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (header === false) return begin;
  let at = begin;
  while (at < text.length && /[\r\n]/.test(text[at])) at++;
  return at;
}

/** Of comma, semicolon and tab the one under which most of the first lines have as many fields as the first, then the one with most fields. */
function guessDelimiter(text: string, begin: number): string {
  const sample = 20_000;
  const part = text.slice(begin, begin + sample);
  const cut = begin + sample < text.length;
  let best = { mark: ",", agreement: 0, width: 1 };
  for (const mark of [",", ";", "\t"]) {
    const { widths } = scanFields(part, 0, 1, mark);
    const whole = cut && widths.length > 1 ? widths.subarray(0, -1) : widths;
    if (whole.length === 0 || whole[0] < 2) continue;
    const agreement = whole.filter((width) => width === whole[0]).length / whole.length;
    if (agreement > best.agreement || (agreement === best.agreement && whole[0] > best.width)) best = { mark, agreement, width: whole[0] };
  }
  return best.mark;
}

function headerProblems(columns: readonly string[], line: number): TableProblem[] {
  const problems: TableProblem[] = [];
  const seen = new Map<string, number>();
  columns.forEach((name, i) => {
    const before = seen.get(name);
    if (name === "") problems.push({ row: line, message: `column ${i + 1} has no name; name it, or read the first line as data.`, remedies: ["header"] });
    else if (before !== undefined) problems.push({ row: line, column: name, message: `the name stands twice, at columns ${before + 1} and ${i + 1}; rename one.` });
    else seen.set(name, i);
  });
  return problems;
}
