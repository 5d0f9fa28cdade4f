import type { TableProblem } from "../table-error.ts";
import { lineBreaks } from "../text/scan-fields.ts";

/** What stands for a key in a record. */
export interface JsonCell {
  kind: "number" | "text" | "boolean" | "null" | "nested";
  /** A text's own; what stands in the file for all others. */
  text: string;
  /** Where it stands in the file. */
  start: number;
  end: number;
}

export interface JsonRecord {
  start: number;
  end: number;
  cells: Map<string, JsonCell>;
  /** Where its last member ends; where its brace opens, if it has none. */
  last: number;
}

/** What a JSON file was found to be. */
export interface Scanned {
  records: JsonRecord[];
  /** A record a line, or a list of all. */
  lines: boolean;
  /** The name under which the list stands, where it is wrapped. */
  wrapped?: string;
}

/** Something else than records. Its message says what; it has no row. */
export class NoRecords extends Error {}
/** Text that is no JSON. */
export class JsonProblem extends Error {
  constructor(readonly at: number, message: string) {
    super(message);
  }
}

type Visit = (typeof import("jsonc-parser"))["visit"];

/** Deeper values are no table's, and reading them would use up the stack. */
const deepest = 200;

/** Finds the records of a JSON text, the places of their values included. Throws JsonProblem, NoRecords. */
export async function scanJson(text: string): Promise<Scanned> {
  const { visit } = await import("jsonc-parser");
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  // the reader knows no NaN: it reads a text without, and what stands there is taken from the file
  const reader = new RecordReader(visit, withoutNaN(text), text);
  if (text.slice(begin).trimStart()[0] !== "{") return { records: reader.read(begin, text.length, 1), lines: false };
  const first = firstObjectEnd(text, begin);
  if (first !== undefined && text.slice(first).trim() !== "") return { records: lines(text, begin).flatMap(([start, end]) => reader.read(start, end, 0)), lines: true };
  const wrapped = reader.listIn(begin, text.length);
  if (wrapped !== undefined) return { records: reader.read(begin, text.length, 2, wrapped), lines: false, wrapped };
  const records = reader.read(begin, text.length, 0);
  const cells = [...records[0].cells.values()];
  if (cells.length === 0 || cells.every(({ kind }) => kind === "nested")) throw new NoRecords(cells.length === 0 ? "an empty object" : "an object of columns");
  return { records, lines: true };
}

/** Lines that hold something, from and to. */
function lines(text: string, begin: number): [number, number][] {
  const found: [number, number][] = [];
  for (let at = begin; at < text.length; ) {
    const end = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
    const line = text.slice(at, end).trim();
    if (line !== "" && line[0] !== "{") throw new JsonProblem(at, "expected a record {...} on each line");
    if (line !== "") found.push([at, end]);
    at = end + 1;
  }
  return found;
}

class RecordReader {
  constructor(
    private readonly visit: Visit,
    private readonly text: string,
    private readonly shown: string,
  ) {}

  /** The records in a piece of the text: it is one, or they are in a list, or in the list that an object has under `key`. `depth`: brackets around each. */
  read(start: number, end: number, depth: 0 | 1 | 2, key?: string): JsonRecord[] {
    const records: JsonRecord[] = [];
    /** Keys of what is open; undefined in lists. */
    const keys: (string | undefined)[] = [];
    let record: JsonRecord | undefined;
    let nestedAt = 0;
    const isHere = (): boolean => keys.length === depth && (depth < 2 || keys[0] === key);
    const put = (kind: JsonCell["kind"], text: string, from: number, to: number): void => {
      record!.cells.set(keys[depth]!, { kind, text, start: from, end: to });
      record!.last = to;
    };
    const open = (list: boolean, at: number): void => {
      if (keys.length >= deepest) throw new JsonProblem(at, `values are nested more than ${deepest} deep`);
      if (record) nestedAt = keys.length === depth + 1 ? at : nestedAt;
      else if (isHere()) {
        if (list) throw new NoRecords("a list of lists");
        record = { start: at, end: 0, cells: new Map(), last: at + 1 };
      }
      keys.push(undefined);
    };
    const close = (end: number): void => {
      keys.pop();
      if (!record) return;
      if (keys.length === depth + 1) put("nested", this.shown.slice(nestedAt, end), nestedAt, end);
      if (keys.length > depth) return;
      records.push({ ...record, end });
      record = undefined;
    };
    this.walk(start, end, {
      onObjectBegin: (at) => open(false, start + at),
      onArrayBegin: (at) => open(true, start + at),
      onObjectEnd: (at, length) => close(start + at + length),
      onArrayEnd: (at, length) => close(start + at + length),
      onObjectProperty: (name) => void (keys[keys.length - 1] = name),
      onLiteralValue: (value: unknown, at, length) => {
        if (!record && isHere()) throw new NoRecords("a list of values");
        if (!record || keys.length > depth + 1) return;
        const raw = this.shown.slice(start + at, start + at + length);
        const kind = value === null || raw === "NaN" ? "null" : typeof value === "string" ? "text" : typeof value === "boolean" ? "boolean" : "number";
        put(kind, kind === "null" ? "" : typeof value === "string" ? value : raw, start + at, start + at + length);
      },
    });
    return records;
  }

  /** The key under which an object has a list of records, if there is one. */
  listIn(start: number, end: number): string | undefined {
    const keys: (string | undefined)[] = [];
    const lists: boolean[] = [];
    const found = new Set<string>();
    const open = (list: boolean): void => {
      if (!list && keys.length === 2 && lists[1]) found.add(keys[0]!);
      keys.push(undefined);
      lists.push(list);
      if (keys.length > deepest) throw new JsonProblem(start, `values are nested more than ${deepest} deep`);
    };
    const close = (): void => {
      keys.pop();
      lists.pop();
    };
    this.walk(start, end, { onObjectBegin: () => open(false), onArrayBegin: () => open(true), onObjectEnd: close, onArrayEnd: close, onObjectProperty: (name) => void (keys[keys.length - 1] = name) });
    if (found.size > 1) throw new NoRecords(`an object of several lists (${[...found].slice(0, 3).join(", ")})`);
    return [...found][0];
  }

  private walk(start: number, end: number, visitor: import("jsonc-parser").JSONVisitor): void {
    const part = this.text.slice(start, end);
    const onError = (_: number, at: number, length: number): never => {
      const got = this.shown.slice(start + at, start + at + Math.min(length, 20)).trim();
      throw new JsonProblem(start + at, got === "" ? "expected a value, a comma or a bracket here" : `${JSON.stringify(got)} is not expected here`);
    };
    this.visit(part, { ...visitor, onError }, { disallowComments: true, allowTrailingComma: false });
  }
}

/** Where the object with which a text begins ends; undefined: it does not. */
function firstObjectEnd(text: string, begin: number): number | undefined {
  let depth = 0;
  for (let at = text.indexOf("{", begin); at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
    } else if (letter === "{" || letter === "[") depth++;
    else if ((letter === "}" || letter === "]") && --depth === 0) return at + 1;
  }
  return undefined;
}

/** Python writes NaN and Infinity, which JSON lacks; numbers of the same length stand for them while the text is read. */
function withoutNaN(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token[0] === '"' ? token : "1".repeat(token.length)));
}

/** Where a problem is, as a line of the file. */
export function problemAt(text: string, { at, message }: JsonProblem): TableProblem {
  const line = text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
  return { row: 1 + lineBreaks(text, 0, at), message: `the JSON is damaged or cut off at letter ${at - line + 1} of the line: ${message}.` };
}
