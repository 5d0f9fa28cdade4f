import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { codeTable, parseRows, writeTable, type CsvHead } from "../../data/index.ts";
import { loadModel, points, samplers, type ShiftedColumn, type TablePlace } from "../../model/index.ts";
import { fillTable, linesOnly, namesOnly, predictTable, type ImputeSettings } from "../models/answers.ts";
import { describe } from "../../fetch/file-faults.ts";
import { writeOutput } from "../inputs/files.ts";
import { withKept } from "../inputs/tables.ts";
import { filesOfModel, readModelAt } from "../models/model-paths.ts";
import { longColumns, longLines } from "../output/long-table.ts";
import { decode, type Part } from "../stream/plan.ts";
import { UsageError } from "../usage-error.ts";
import type { JobPlaces } from "./confine.ts";
import { between, fieldProblems, flag, listOf, number, oneOf, optional, path, record, text, texts, whole, type Fields } from "./fields.ts";
import type { JobContext } from "./job.ts";

/** One part of a table to be filled or predicted, as plain JSON. */
export interface AnswerChunkSettings {
  task: "impute" | "predict";
  model: string;
  data: string;
  /** Shown in messages. */
  source: string;
  head: Pick<CsvHead, "columns" | "delimiter">;
  missing: readonly string[];
  keep: readonly string[];
  keepMissing: readonly string[];
  part: Part;
  answer: ImputeSettings;
  /** What the parts' files are called: OUT.main, OUT.cells, OUT.1, ..., OUT.long0, ... */
  out: string;
}

/** Bytes of a part: no text is longer (V8), and none needs to be. */
const mostBytes = 2 ** 29 - 24;
const anyPlace = whole(0, Number.MAX_SAFE_INTEGER);
const anyRows = whole(0, 1e12);

const shifts = listOf("shifts, each a column with an amount", 1000, [{ column: text, add: number }, { column: text, multiply: number }, { column: text, level: text, logOdds: number }, { column: text, higher: number }]);

const fields: Fields<AnswerChunkSettings> = {
  task: oneOf(["impute", "predict"]),
  model: path,
  data: path,
  source: text,
  head: record<AnswerChunkSettings["head"]>({ columns: texts, delimiter: { expected: "a character", fits: (value) => typeof value === "string" && value.length === 1 } }),
  missing: texts,
  keep: texts,
  keepMissing: texts,
  part: record<Part>({ start: anyPlace, end: anyPlace, line: anyRows, from: record<TablePlace>({ row: anyRows, incomplete: anyRows }), rows: anyRows }),
  answer: record<ImputeSettings>({
    draws: whole(1, 1e6), interval: between(0, 1), seed: anyPlace, sampler: optional(oneOf(samplers)), point: optional(oneOf(points)),
    completions: whole(0, 1e4), targets: optional(flag), hideTargets: optional(flag), long: optional(flag), shifts: optional(shifts),
  }),
  out: path,
};

/** All that is wrong with the settings of a part, a sentence each. */
export function answerChunkProblems(settings: unknown): string[] {
  const problems = fieldProblems(settings, fields, "settings");
  if (problems.length > 0) return problems;
  const { start, end, rows } = (settings as AnswerChunkSettings).part;
  if (end < start || end - start > mostBytes) return [`settings.part.end: expected a place after start, ${start}, and at most ${mostBytes} bytes after it, got ${end}: a smaller --chunk-rows makes smaller parts.`];
  return rows > end - start ? [`settings.part.rows: expected at most ${end - start}, one a byte, got ${rows}.`] : [];
}

/** What a part reads and writes. */
export async function answerChunkPlaces({ model, data, out }: AnswerChunkSettings): Promise<JobPlaces> {
  return { reads: [model, ...(await filesOfModel(model)), data], writes: [dirname(out), out] };
}

/** What a part gave; acceptance is NaN, in JSON null, where no chain ran. */
export interface AnswerChunkResult {
  rows: number;
  imputed: number;
  left: number;
  acceptance: number | null;
  divergences: number;
  effective?: number;
  shifted?: ShiftedColumn[];
  /** The line of names of the file with a line per answer. */
  names: string;
}

/** Endings of the files with a part's rows in the long format: the observed table's, then the completed ones'. */
export function longSuffixes(completions: number): string[] {
  return Array.from({ length: completions + 1 }, (_, number) => `long${number}`);
}

/** The bytes of a part of a file. Throws UsageError where the file does not have them. */
async function readPart(path: string, { start, end }: Part): Promise<Uint8Array> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new UsageError(`cannot read ${path}: ${describe(cause)}.`);
  });
  try {
    const { size } = await file.stat();
    // before memory is asked for
    if (end > size) throw new UsageError(`${path}: expected a file of at least ${end} bytes, where the part ends, got ${size}; it has changed since it was divided into parts: start anew without --resume.`);
    const bytes = Buffer.alloc(end - start);
    await file.read(bytes, 0, bytes.length, start);
    return bytes;
  } finally {
    await file.close();
  }
}

/** Answers the rows of a part and writes them, each file beside its place and renamed. */
export async function answerChunk(settings: AnswerChunkSettings, context: JobContext): Promise<AnswerChunkResult> {
  const { part, source, head, missing, keep, out, answer } = settings;
  const bytes = await readPart(settings.data, part);
  const text = decode(bytes, part.line, source);
  const table = parseRows(text, head, part.line, { missing, keep, source: basename(source) });
  const model = await loadModel(await context.gpu(), await readModelAt(settings.model));
  const coded = codeTable(table, withKept(model.schema, settings.keepMissing), { source });
  const watch = { from: part.from, signal: context.signal, onProgress: (done: number, rows: number) => context.onProgress(settings.task === "impute" ? "imputing rows" : "predicting rows", done / rows) };
  if (settings.task === "predict") {
    const { lines, summary } = await predictTable(model, table, coded, answer, watch);
    await writeOutput(`${out}.main`, linesOnly(lines));
    return { imputed: 0, left: 0, ...summary, names: namesOnly(lines) };
  }
  const { fill, completions, cells, summary } = await fillTable(model, table, coded, answer, watch);
  await writeOutput(`${out}.cells`, linesOnly(cells));
  for (const [c, replace] of completions.entries()) await writeOutput(`${out}.${c + 1}`, writeTable(table, replace));
  if (answer.long) for (const [number, suffix] of longSuffixes(answer.completions).entries()) await writeOutput(`${out}.${suffix}`, longLines(longColumns(table, model.schema, number, completions[number - 1], part.from.row)));
  await writeOutput(`${out}.main`, writeTable(table, fill));
  return { ...summary, names: namesOnly(cells) };
}
