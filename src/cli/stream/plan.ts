import { open } from "node:fs/promises";
import { codeTable, hasHole, parseHead, parseRows, TableError, type CsvHead, type ParseOptions, type Schema, type TableProblem } from "../../data/index.ts";
import type { TablePlace } from "../../model/index.ts";
import { RecordScanner } from "./record-scanner.ts";

/** A part of a CSV file: bytes [start, end), which hold whole rows, the first of them on line `line`. */
export interface Part {
  start: number;
  end: number;
  line: number;
  /** Rows before it, and those of them with holes. */
  from: TablePlace;
  rows: number;
}

export interface Plan {
  head: Pick<CsvHead, "columns" | "delimiter">;
  /** Bytes before the first row: header, BOM, blank lines. */
  headBytes: number;
  parts: Part[];
  rows: number;
  warnings: string[];
}

export interface PlanOptions extends ParseOptions {
  /** Rows of a part, about. */
  chunkRows: number;
  /** Rows with holes (`counted: "incomplete"`), or rows, of a part are a multiple of this. */
  multiple: number;
  counted: "incomplete" | "all";
  /** Whether a missing target counts as a hole. */
  targets: boolean;
  onProgress?(bytes: number): void;
  signal?: AbortSignal;
}

/** Bytes that are looked at for the head, and read at once. */
const [headLength, pieceLength] = [1 << 20, 1 << 22];
/** Problems that are told. */
const mostProblems = 20;

/** Reads the whole file once, in bounded memory: finds its parts, and all that is wrong with it. Throws TableError. */
export async function planParts(path: string, schema: Schema, options: PlanOptions): Promise<Plan> {
  const { source = "", chunkRows, multiple, counted } = options;
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const first = Buffer.alloc(Math.min(size, headLength));
    await file.read(first, 0, first.length, 0);
    // a cut character at the end is no matter here
    const head = parseHead(new TextDecoder("utf-8", { ignoreBOM: true }).decode(first), options);
    if (head.delimiter.charCodeAt(0) > 127) throw new TableError([{ message: "a delimiter outside ASCII needs the whole table in memory; leave out --chunk-rows." }], source);
    const headBytes = Buffer.byteLength(new TextDecoder("utf-8", { ignoreBOM: true }).decode(first).slice(0, head.begin));
    const parts: Part[] = [];
    const warnings = new Set<string>();
    const problems: TableProblem[] = [];
    const scanner = new RecordScanner(head.delimiter);
    // of the part that grows: where it begins, and what it has so far
    let part: Part = { start: headBytes, end: headBytes, line: head.line, from: { row: 0, incomplete: 0 }, rows: 0 };
    let incomplete = 0;
    let row = 0;
    const take = (bytes: Buffer, at: number, line: number): void => {
      const text = decode(bytes, line, source);
      const table = parseRows(text, head, line, options);
      if (table.rows === 0) return;
      const coded = codeTable(table, schema, { source });
      for (const warning of coded.warnings) warnings.add(warning);
      for (let r = 0; r < table.rows; r++) {
        const count = counted === "all" ? row : incomplete;
        if (part.rows >= chunkRows && count % multiple === 0) {
          const start = at + Buffer.byteLength(text.slice(0, table.span(r, 0)[0]));
          parts.push({ ...part, end: start });
          part = { start, end: start, line: table.line(r), from: { row, incomplete }, rows: 0 };
        }
        incomplete += Number(hasHole(coded, r, options.targets));
        row++;
        part.rows++;
      }
    };
    let pending = Buffer.alloc(0);
    let pendingAt = headBytes;
    let line = head.line;
    const piece = Buffer.alloc(pieceLength);
    for (let at = headBytes; at < size; ) {
      options.signal?.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, pieceLength, at);
      if (bytesRead === 0) break;
      let last = -1;
      const read = piece.subarray(0, bytesRead);
      let breaksAtLast = 0;
      scanner.read(read, (end) => {
        last = end;
        breaksAtLast = scanner.breaks;
      });
      at += bytesRead;
      pending = Buffer.concat([pending, read]);
      if (last >= 0) {
        const whole = pending.length - bytesRead + last;
        try {
          take(pending.subarray(0, whole), pendingAt, line);
        } catch (cause) {
          if (!(cause instanceof TableError)) throw cause;
          note(problems, cause);
          if (problems.length >= mostProblems) break;
        }
        pending = Buffer.from(pending.subarray(whole));
        pendingAt += whole;
        line = head.line + breaksAtLast;
      }
      options.onProgress?.(at);
    }
    if (pending.length > 0 && problems.length < mostProblems) {
      try {
        take(pending, pendingAt, line);
      } catch (cause) {
        if (!(cause instanceof TableError)) throw cause;
        note(problems, cause);
      }
    }
    if (row === 0 && problems.length === 0) problems.push({ message: "there is a header but no rows; expected at least one." });
    if (problems.length > 0) throw new TableError(problems, source);
    parts.push({ ...part, end: size });
    return { head: { columns: head.columns, delimiter: head.delimiter }, headBytes, parts, rows: row, warnings: [...warnings] };
  } finally {
    await file.close();
  }
}

/** Adds problems; one that is of no row is told once. */
function note(problems: TableProblem[], { problems: more }: TableError): void {
  for (const problem of more) if (problem.row !== undefined || !problems.some(({ message, column }) => message === problem.message && column === problem.column)) problems.push(problem);
}

/** UTF-8 as text. Throws TableError with the line that is none. */
export function decode(bytes: Uint8Array, line: number, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let own = line;
    for (let at = 0; at < bytes.length; own++) {
      const end = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at) + 1;
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(at, end));
      } catch {
        break;
      }
      at = end;
    }
    throw new TableError([{ row: own, message: "the text is not valid UTF-8; save the file as CSV in UTF-8." }], source);
  }
}
