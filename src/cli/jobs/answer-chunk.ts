import { open } from "node:fs/promises";
import { basename } from "node:path";
import { codeTable, parseRows, writeTable, type CsvHead } from "../../data/index.ts";
import { loadModel, type ShiftedColumn } from "../../model/index.ts";
import { fillTable, linesOnly, namesOnly, predictTable, type ImputeSettings } from "../models/answers.ts";
import { writeOutput } from "../inputs/files.ts";
import { withKept } from "../inputs/tables.ts";
import { readModelAt } from "../models/model-paths.ts";
import { longColumns, longLines } from "../output/long-table.ts";
import { decode, type Part } from "../stream/plan.ts";
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

/** Answers the rows of a part and writes them, each file beside its place and renamed. */
export async function answerChunk(settings: AnswerChunkSettings, context: JobContext): Promise<AnswerChunkResult> {
  const { part, source, head, missing, keep, out, answer } = settings;
  const bytes = Buffer.alloc(part.end - part.start);
  const file = await open(settings.data, "r");
  try {
    await file.read(bytes, 0, bytes.length, part.start);
  } finally {
    await file.close();
  }
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
