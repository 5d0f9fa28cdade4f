import { spelledNumber } from "../cells/marked-number.ts";
import { lineBreaks, recordEnd, scanFields, unquote } from "./scan-fields.ts";

/** Where a table begins in a text, and what separates its fields. */
export interface Dialect {
  delimiter: string;
  /** Where the header, or the first row, begins. */
  begin: number;
  /** Lines before it that are no blank ones. */
  skipped: string[];
  /** The rows have a field more than the header: the first, which holds their names. */
  rowNames: boolean;
}

/** Characters at the beginning that tell how a text is written. */
export const sampleLength = 20_000;
/** Lines of comments or titles at most. */
const mostSkipped = 1000;
/** In this order where they fit alike: a comma may be a decimal mark. */
const marks = ["\t", ";", "|", ","];

/** Finds the table in a text: after comments, a title, blank lines and Excel's "sep=;". A delimiter that is given stands. */
export function findTable(text: string, start: number, given?: string): Dialect {
  let begin = skipBlank(text, start);
  const excel = /^sep=(.)\r?\n/i.exec(text.slice(begin, begin + 10));
  if (excel) begin = skipBlank(text, begin + excel[0].length);
  const comments: { at: number; line: string }[] = [];
  while (text[begin] === "#" && comments.length < mostSkipped) {
    const end = lineEnd(text, begin);
    comments.push({ at: begin, line: text.slice(begin, end).trim() });
    begin = skipBlank(text, end);
  }
  if (begin >= text.length) begin = comments.pop()?.at ?? begin;
  const guesses = (given ?? excel?.[1]) === undefined ? marks : [given ?? excel![1]];
  let best = { mark: guesses.at(-1)!, agreement: 0, width: 1, first: 0, rowNames: false };
  for (const mark of guesses) {
    const found = fit(text, begin, mark);
    if (found.width > 1 && found.agreement > best.agreement) best = { mark, ...found };
  }
  if (guesses.length > 1 && best.agreement < 1) {
    const blanks = fit(text, begin, " ");
    if (blanks.width > 1 && blanks.agreement === 1 && mostlyNumbers(text, begin + blanks.first)) best = { mark: " ", ...blanks };
  }
  const titles = text.slice(begin, begin + best.first).split(/\r\n?|\n/).map((line) => line.trim()).filter((line) => line !== "");
  begin += best.first;
  // a header that begins with #, as genomics has it
  const last = comments.at(-1);
  if (last && titles.length === 0 && best.width > 1 && fieldsOf(text.slice(last.at, last.at + last.line.length), best.mark).length === best.width) {
    const numeric = fieldsOf(text.slice(begin, recordEnd(text, begin, best.mark)), best.mark).some(isNumber);
    if (numeric || !/^#\s/.test(last.line)) begin = comments.pop()!.at;
  }
  return { delimiter: best.mark, begin, skipped: [...comments.map(({ line }) => line), ...titles], rowNames: best.rowNames };
}

/** How well a delimiter fits: the share of lines that have as many fields as the line that seems to be the first, and where that is. */
function fit(text: string, begin: number, mark: string): { agreement: number; width: number; first: number; rowNames: boolean } {
  const part = text.slice(begin, begin + sampleLength);
  const scan = scanFields(part, 0, 1, mark);
  const cut = begin + sampleLength < text.length && scan.widths.length > 1;
  const widths = Array.from(cut ? scan.widths.subarray(0, -1) : scan.widths);
  if (widths.length === 0) return { agreement: 0, width: 1, first: 0, rowNames: false };
  const share = (width: number, from: number): number => widths.slice(from).filter((own) => own === width).length / (widths.length - from);
  const usual = mode(widths);
  let line = 0;
  let field = 0;
  const filled = (at: number, count: number): boolean[] => Array.from({ length: count }, (_, i) => unquote(part.slice(scan.spans[2 * (at + i)], scan.spans[2 * (at + i) + 1])).trim() !== "");
  // a title is a line of one text where all other lines have several fields
  while (line < Math.min(mostSkipped, widths.length - 2) && usual > 1) {
    const [own, next] = [filled(field, widths[line]), filled(field + widths[line], widths[line + 1])];
    const alone = (own[0] || widths[line] === 1) && !own.slice(1).includes(true);
    if (!alone || (widths[line] !== 1 && (usual < 3 || next.filter(Boolean).length < 2))) break;
    field += widths[line++];
  }
  if (line > 0 && !(widths[line] === usual && share(usual, line) >= 0.9 && widths.length - line >= 3)) [line, field] = [0, 0];
  const first = line === 0 ? 0 : scan.spans[2 * field];
  const body = widths.slice(line + 1);
  const rowNames = body.length > 1 && widths[line] > 1 && body.every((own) => own === widths[line] + 1);
  return { agreement: rowNames ? 1 : share(widths[line], line), width: rowNames ? widths[line] + 1 : widths[line], first, rowNames };
}

function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

/** Whether the fields after the first line, divided at blanks, are numbers for the most part: sentences are not. */
function mostlyNumbers(text: string, begin: number): boolean {
  const body = text.slice(recordEnd(text, begin, " "), begin + sampleLength).split(/\s+/).filter((field) => field !== "");
  return body.length > 0 && body.filter((field) => isNumber(field) || /^\d|^(na|nan|null|\?|\.)$/i.test(field)).length >= 0.5 * body.length;
}

export function fieldsOf(record: string, mark: string): string[] {
  const { spans, widths } = scanFields(record, 0, 1, mark);
  return Array.from({ length: widths[0] ?? 0 }, (_, i) => unquote(record.slice(spans[2 * i], spans[2 * i + 1])).trim());
}

/** Whether a field is a number with either decimal mark. */
export function isNumber(field: string): boolean {
  return spelledNumber(field, ".") !== undefined || spelledNumber(field, ",") !== undefined;
}

/** Where the line after that of `at` begins. */
function lineEnd(text: string, at: number): number {
  const found = /\r\n?|\n/.exec(text.slice(at, at + sampleLength));
  return found ? at + found.index + found[0].length : text.length;
}

/** Past lines of blanks. */
function skipBlank(text: string, at: number): number {
  let begin = at;
  for (let i = at; i < text.length && /\s/.test(text[i]); i++) if (lineBreaks(text, i, i + 1) > 0) begin = i + 1;
  return begin;
}
