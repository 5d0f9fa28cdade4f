import { declaredOf, type Note, type ReadOptions } from "../reading.ts";
import { TableError, type TableProblem } from "../table-error.ts";
import { decodeText } from "../text/encoding.ts";
import { namesOf } from "../text/names.ts";
import { lineBreaks } from "../text/scan-fields.ts";
import { JsonTable, namesLines } from "./json-table.ts";
import { JsonProblem, NoRecords, problemAt, scanJson, type JsonRecord, type Scanned } from "./scan.ts";

/** Reads JSON: a list of records, a record a line, or an object with one list of records. Throws TableError. */
export async function readJson(bytes: Uint8Array, options: ReadOptions & { source?: string } = {}): Promise<JsonTable> {
  const { source = "" } = options;
  const fail = (problem: TableProblem): never => {
    throw new TableError([problem], source);
  };
  const { text, encoding, note } = decodeText(bytes, { encoding: options.encoding, before: options.before?.encoding, source });
  const scanned = await scanJson(text).catch((cause: unknown): Scanned => {
    if (cause instanceof JsonProblem) return fail(problemAt(text, cause));
    if (cause instanceof NoRecords) return fail({ message: `expected records, [{"age": 41, ...}, ...] or one on each line, got ${cause.message}; write it so: in pandas, to_json(orient="records").` });
    throw cause;
  });
  const { records } = scanned;
  const keys = [...new Set(records.flatMap(({ cells }) => [...cells.keys()]))];
  if (records.length === 0) fail({ message: "the list is empty; expected at least one record." });
  if (keys.length === 0) fail({ message: "the records have no keys; expected at least one." });
  const { columns, nameless, notes } = namesOf(keys);
  const reading = { encoding, ...(options.decimal && { decimal: options.decimal }), ...declaredOf(options) };
  const all: Note[] = [...(note ? [note] : []), ...(scanned.wrapped === undefined ? [] : [{ text: `the records are those of "${scanned.wrapped}"; what stands beside it is left alone` }]), ...notes, ...nestedNotes(keys, columns, records)];
  return new JsonTable(columns, keys, text, scanned, scanned.lines ? linesOf(text, records) : undefined, encoding, namesLines(source), { reading, notes: all, nameless });
}

function linesOf(text: string, records: readonly JsonRecord[]): number[] {
  let [line, at] = [1, 0];
  return records.map(({ start }) => {
    line += lineBreaks(text, at, start);
    at = start;
    return line;
  });
}

/** Lists and objects in cells are carried along as their text. */
function nestedNotes(keys: readonly string[], columns: readonly string[], records: readonly JsonRecord[]): Note[] {
  return keys.flatMap((key, i) => {
    const first = records.findIndex(({ cells }) => cells.get(key)?.kind === "nested");
    if (first < 0) return [];
    const count = records.filter(({ cells }) => cells.get(key)?.kind === "nested").length;
    return [{ text: `column "${columns[i]}" has ${count} list${count === 1 ? "" : "s"} or object${count === 1 ? "" : "s"}, the first at [${first}].${key}; they are read as texts. To leave the column out`, change: { option: "type" as const, value: `${columns[i]}=ignore` } }];
  });
}
