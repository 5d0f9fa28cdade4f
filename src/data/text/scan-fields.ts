import type { TableProblem } from "../table-error.ts";

const largestField = 1_000_000;
const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;

function isBreak(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

/** Where the fields of a CSV text stand. */
export interface Scan {
  /** Start and end of each field's raw text, quotes included. */
  spans: Uint32Array;
  /** Fields of each record, and the line it starts on, counted from 1. */
  widths: Uint32Array;
  lines: Uint32Array;
  problems: TableProblem[];
}

/**
 * Splits a CSV text (RFC 4180) from `begin`, which is on line `line`; the delimiter " " stands for runs of blanks. Blank lines of a table of
 * several columns are left out; `columns`: how many, if known.
 */
export function scanFields(text: string, begin: number, line: number, delimiter: string, columns?: number): Scan {
  const mark = delimiter.charCodeAt(0);
  const runs = mark === space;
  const isMark = (code: number): boolean => code === mark || (runs && code === tab);
  const skipRun = (): void => {
    while (runs && isMark(text.charCodeAt(at))) at++;
  };
  const spans = new GrowingArray();
  const widths = new GrowingArray();
  const lines = new GrowingArray();
  const problems: TableProblem[] = [];
  const finish = (): Scan => ({ spans: spans.values(), widths: widths.values(), lines: lines.values(), problems });
  let at = begin;
  while (at < text.length) {
    const recordStart = at;
    const recordLine = line;
    let fields = 0;
    skipRun();
    for (;;) {
      const start = at;
      const fieldLine = line;
      if (text.charCodeAt(at) === quote) {
        const end = closingQuote(text, at);
        if (end < 0) {
          problems.push({ row: fieldLine, message: "a quoted field is not closed before the end of the file; add the missing quote." });
          return finish();
        }
        line += lineBreaks(text, at, end);
        at = end + 1;
        const after = text.charCodeAt(at);
        if (at < text.length && !isMark(after) && after !== lineFeed && after !== carriageReturn) {
          problems.push({ row: line, message: `expected ${JSON.stringify(delimiter)} or the end of the line after a quoted field, got ${JSON.stringify(text[at])}.` });
        }
      }
      while (at < text.length) {
        const code = text.charCodeAt(at);
        if (isMark(code) || code === lineFeed || code === carriageReturn) break;
        at++;
      }
      if (at - start > largestField) problems.push({ row: fieldLine, message: `a field of ${at - start} characters; the most is ${largestField}. Is a quote missing?` });
      spans.push(start);
      spans.push(at);
      fields++;
      skipRun();
      if (at >= text.length || (runs ? isBreak(text.charCodeAt(at)) : text.charCodeAt(at) !== mark)) break;
      if (!runs) at++;
    }
    const several = columns === undefined ? widths.length > 0 && widths.first !== 1 : columns !== 1;
    const blank = fields === 1 && several && text.slice(recordStart, at).trim() === "";
    if (text.charCodeAt(at) === carriageReturn) at++;
    if (text.charCodeAt(at) === lineFeed) at++;
    line++;
    if (blank) {
      spans.drop(2);
      continue;
    }
    widths.push(fields);
    lines.push(recordLine);
  }
  return finish();
}

/** Where the record that begins at `start` ends, its line break included; the end of the text if it has none. */
export function recordEnd(text: string, start: number, delimiter: string): number {
  const mark = delimiter.charCodeAt(0);
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) === quote) {
      const end = closingQuote(text, at);
      if (end < 0) return text.length;
      at = end + 1;
    }
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === mark || code === lineFeed || code === carriageReturn) break;
      at++;
    }
    if (at >= text.length) return text.length;
    if (text.charCodeAt(at) === mark) {
      at++;
      continue;
    }
    return at + (text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === lineFeed ? 2 : 1);
  }
}

/** A field's text without its quotes. */
export function unquote(raw: string): string {
  if (raw.charCodeAt(0) !== quote) return raw.trim();
  const inner = raw.slice(1, -1);
  return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
}

/** Position of the quote that closes the field opened at `open`; -1 if none does. */
function closingQuote(text: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0 || text.charCodeAt(at + 1) !== quote) return at;
  }
}

/** Line breaks in text[start, end): CRLF counts once. */
export function lineBreaks(text: string, start: number, end: number): number {
  let breaks = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) breaks++;
  }
  return breaks;
}

class GrowingArray {
  length = 0;
  private buffer = new Uint32Array(1024);

  get first(): number {
    return this.buffer[0];
  }

  push(value: number): void {
    if (this.length === this.buffer.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.length++] = value;
  }

  drop(count: number): void {
    this.length -= count;
  }

  values(): Uint32Array {
    return this.buffer.slice(0, this.length);
  }
}
