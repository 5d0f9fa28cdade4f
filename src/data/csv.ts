import { TableError, type TableProblem } from "./table-error.ts";

export interface ParseOptions {
  /** Default: the one of comma, semicolon and tab that splits the first line into most fields. */
  delimiter?: string;
  /** Whether the first line names the columns; default: unless all its fields are numbers. */
  header?: boolean;
  /** Tokens that mean "missing" besides the empty cell, NA, NaN, ? and null. */
  missing?: readonly string[];
  /** Shown in errors. */
  source?: string;
}

const largestField = 1_000_000;
const wordTokens = new Set(["", "na", "nan", "?", "null"]);

/** A table as text: cells stay as they stand in the file, so that it can be written back byte for byte. */
export class RawTable {
  constructor(
    readonly text: string,
    readonly columns: readonly string[],
    /** Start and end of each cell's raw text, row-major. */
    private readonly starts: Uint32Array,
    private readonly ends: Uint32Array,
    readonly rows: number,
    readonly delimiter: string,
    /** Line of the file, counted from 1, on which each row starts. */
    private readonly lines: Uint32Array,
    private readonly missing: ReadonlySet<string>,
  ) {}

  /** The cell's text, without quotes. */
  cell(row: number, column: number): string {
    const raw = this.raw(row, column);
    return raw.charCodeAt(0) === 34 ? raw.slice(1, -1).replaceAll('""', '"') : raw.trim();
  }

  /** The line of the file on which the row starts, counted from 1. */
  line(row: number): number {
    return this.lines[row];
  }

  isMissing(row: number, column: number): boolean {
    const cell = this.cell(row, column);
    return wordTokens.has(cell.trim().toLowerCase()) || this.missing.has(cell);
  }

  /** Start and end of the cell's raw text in `text`. */
  span(row: number, column: number): [number, number] {
    const at = row * this.columns.length + column;
    return [this.starts[at], this.ends[at]];
  }

  private raw(row: number, column: number): string {
    const [start, end] = this.span(row, column);
    return this.text.slice(start, end);
  }
}

/** Reads a CSV table (RFC 4180, with comma, semicolon or tab). Throws TableError with all problems. */
export function parseTable(input: Uint8Array | string, options: ParseOptions = {}): RawTable {
  const source = options.source ?? "";
  const text = typeof input === "string" ? input : decodeText(input, source);
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (text.slice(begin).trim() === "") throw new TableError([{ message: "the file is empty; expected a header and at least one row." }], source);
  const delimiter = options.delimiter ?? guessDelimiter(text.slice(begin));
  if (delimiter.length !== 1 || delimiter === '"' || delimiter === "\n") {
    throw new TableError([{ message: `the delimiter must be one character such as "," or ";", got ${JSON.stringify(delimiter)}.` }], source);
  }
  const scan = scanFields(text, begin, delimiter);
  const problems: TableProblem[] = [...scan.problems];
  const width = scan.widths[0];
  const first = Array.from({ length: width }, (_, i) => fieldText(text, scan.starts[i], scan.ends[i]));
  const header = options.header ?? !first.every((field) => field !== "" && Number.isFinite(Number(field)));
  const columns = header ? first : first.map((_, i) => `column ${i + 1}`);
  if (header) problems.push(...headerProblems(columns));
  scan.widths.forEach((own, line) => {
    if (own !== width) problems.push({ row: scan.lines[line], message: `expected ${width} fields, got ${own}; check the delimiter (${JSON.stringify(delimiter)}) and the quotes.` });
  });
  const rows = scan.widths.length - (header ? 1 : 0);
  if (rows === 0) problems.push({ message: "there is a header but no rows; expected at least one." });
  if (problems.length > 0) throw new TableError(problems, source);
  const skip = header ? width : 0;
  return new RawTable(text, columns, Uint32Array.from(scan.starts.slice(skip)), Uint32Array.from(scan.ends.slice(skip)), rows, delimiter, Uint32Array.from(scan.lines.slice(header ? 1 : 0)), new Set(options.missing ?? []));
}

function decodeText(bytes: Uint8Array, source: string): string {
  if (bytes.includes(0)) throw new TableError([{ message: "the file holds NUL bytes: it is not a text table; export it as CSV in UTF-8." }], source);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TableError([{ message: "the file is not valid UTF-8; save it as CSV in UTF-8." }], source);
  }
}

function guessDelimiter(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]/) < 0 ? text.length : text.search(/[\r\n]/)).replace(/"[^"]*"/g, "");
  return [",", ";", "\t"].map((mark) => [line.split(mark).length, mark] as const).reduce((a, b) => (b[0] > a[0] ? b : a))[1];
}

interface Scan {
  starts: number[];
  ends: number[];
  /** Fields of each record, and the line it starts on. */
  widths: number[];
  lines: number[];
  problems: TableProblem[];
}

function scanFields(text: string, begin: number, delimiter: string): Scan {
  const scan: Scan = { starts: [], ends: [], widths: [], lines: [], problems: [] };
  const mark = delimiter.charCodeAt(0);
  let at = begin;
  let line = 1;
  while (at < text.length) {
    const recordLine = line;
    let fields = 0;
    for (;;) {
      const start = at;
      if (text.charCodeAt(at) === 34) {
        const openLine = line;
        at++;
        for (;;) {
          const quote = text.indexOf('"', at);
          if (quote < 0) {
            scan.problems.push({ row: openLine, message: "a quoted field is not closed before the end of the file; add the missing quote." });
            return scan;
          }
          for (let i = text.indexOf("\n", at); i >= 0 && i < quote; i = text.indexOf("\n", i + 1)) line++;
          at = quote + 1;
          if (text.charCodeAt(at) !== 34) break;
          at++;
        }
        const after = text.charCodeAt(at);
        if (at < text.length && after !== mark && after !== 10 && after !== 13) {
          scan.problems.push({ row: openLine, message: `expected ${JSON.stringify(delimiter)} or the end of the line after a quoted field, got ${JSON.stringify(text[at])}.` });
        }
      }
      while (at < text.length && text.charCodeAt(at) !== mark && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
      if (at - start > largestField) scan.problems.push({ row: recordLine, message: `a field of ${at - start} characters; the most is ${largestField}. Is a quote missing?` });
      scan.starts.push(start);
      scan.ends.push(at);
      fields++;
      if (text.charCodeAt(at) !== mark || at >= text.length) break;
      at++;
    }
    if (text.charCodeAt(at) === 13) at++;
    if (text.charCodeAt(at) === 10) at++;
    line++;
    const blank = fields === 1 && scan.starts.at(-1) === scan.ends.at(-1) && scan.widths.length > 0 && scan.widths[0] !== 1;
    if (blank) {
      scan.starts.pop();
      scan.ends.pop();
      continue;
    }
    scan.widths.push(fields);
    scan.lines.push(recordLine);
  }
  return scan;
}

function fieldText(text: string, start: number, end: number): string {
  const raw = text.slice(start, end);
  return (raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw).trim();
}

function headerProblems(columns: readonly string[]): TableProblem[] {
  const problems: TableProblem[] = [];
  columns.forEach((name, i) => {
    if (name === "") problems.push({ row: 1, message: `column ${i + 1} has no name; name it, or use --no-header.` });
    else if (columns.indexOf(name) !== i) problems.push({ row: 1, column: name, message: `the name stands twice, at columns ${columns.indexOf(name) + 1} and ${i + 1}; rename one.` });
  });
  return problems;
}
