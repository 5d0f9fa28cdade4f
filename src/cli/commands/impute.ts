import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { beginsAsUtf8, codeTable, formatOfBytes, type RawTable, type Table } from "../../data/index.ts";
import { loadModel, type FileSet, type Model } from "../../model/index.ts";
import { fillTable, predictTable, targetsOf, type AnswerSettings } from "../models/answers.ts";
import { checkOutputPath } from "../inputs/files.ts";
import { readModelAt } from "../models/model-paths.ts";
import { ProgressLine } from "../output/progress.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";
import { answerInParts, partsText, type PartsSummary } from "../stream/answer-in-parts.ts";
import { planParts } from "../stream/plan.ts";
import { numbered, parquetAsked, writeColumnsTo, writeTableTo } from "../output/table-output.ts";
import { loadTable, readingOf, readOptions, type TableOptions } from "../inputs/tables.ts";
import { UsageError } from "../usage-error.ts";
import { withDevice } from "../with-device.ts";

export interface AnswerOptions extends TableOptions, AnswerSettings {
  output: string;
  /** Rows of a part, where the table is answered in parts. */
  chunkRows?: number;
  resume?: boolean;
  queue?: string;
  json?: boolean;
}

export interface ImputeOptions extends AnswerOptions {
  /** Also write a line per imputed cell. */
  cells?: string;
  /** Fill missing targets too, jointly with the features. */
  targets?: boolean;
  /** Known targets do not inform the features' holes. */
  hideTargets?: boolean;
  /** Also write this many completed tables drawn from the posterior. */
  completions: number;
}

/** Files from this size on are answered in parts; gzipped ones from a fifth of it on. */
const largeFile = 32e6;
const usualChunkRows = 50_000;
/** Bytes that tell what a file is. */
const startLength = 1 << 16;

/** `hhvaem impute`: fills the missing cells of the features, and of the targets if asked; observed cells come back byte for byte. */
export async function imputeCommand(modelPath: string, path: string, options: ImputeOptions): Promise<void> {
  const { draws, interval, seed, sampler, completions, targets, hideTargets, cells } = options;
  const say = (summary: { rows: number; imputed: number }, how = ""): void => {
    if (options.json) process.stdout.write(`${JSON.stringify({ ...summary, output: options.output })}\n`);
    else process.stdout.write(`filled ${summary.imputed} cells of ${summary.rows} rows${how}; ${options.output}\n`);
  };
  const settings = { draws, interval, seed, sampler, completions, targets, hideTargets };
  const files = await readModelAt(modelPath);
  if (await inParts(path, options, cells)) return inPartsOf("impute", files, modelPath, path, options, settings, cells, (summary) => say(summary, `, ${partsText(summary)}`));
  await answering(files, path, options, async (model, table, coded, line) => {
    const filled = await fillTable(model, table, coded, settings, { onProgress: (done, rows) => line.update("imputing rows", done, rows) });
    line.done();
    await writeTableTo(options.output, table, filled.fill);
    for (const [c, fill] of filled.completions.entries()) await writeTableTo(numbered(options.output, c + 1), table, fill);
    if (cells !== undefined) await writeColumnsTo(cells, filled.cells);
    say(filled.summary);
  });
}

/** `hhvaem predict`: one line per row and target. */
export async function predictCommand(modelPath: string, path: string, options: AnswerOptions): Promise<void> {
  const { draws, interval, seed, sampler } = options;
  const settings = { draws, interval, seed, sampler };
  const files = await readModelAt(modelPath);
  const say = (summary: { rows: number }, names: string, how = ""): void => {
    if (options.json) process.stdout.write(`${JSON.stringify({ ...summary, output: options.output })}\n`);
    else process.stdout.write(`predicted ${names} for ${summary.rows} rows${how}; ${options.output}\n`);
  };
  const namesOf = (model: Pick<Model, "schema">): string => targetsOf(model.schema).map((column) => column.name).join(", ");
  if (await inParts(path, options)) {
    return inPartsOf("predict", files, modelPath, path, options, { ...settings, completions: 0 }, undefined, ({ imputed: _, ...summary }, model) => say(summary, namesOf(model), `, ${partsText({ ...summary, imputed: 0 })}`));
  }
  await answering(files, path, options, async (model, table, coded, line) => {
    const names = namesOf(model);
    const { lines, summary } = await predictTable(model, table, coded, settings, { onProgress: (done, rows) => line.update("predicting rows", done, rows) });
    line.done();
    await writeColumnsTo(options.output, lines);
    say(summary, names);
  });
}

/** Reads everything before the device opens, codes the table for the model, shows its warnings, and answers. */
async function answering(files: FileSet, path: string, options: AnswerOptions, answer: (model: Model, table: RawTable, coded: Table, line: ProgressLine) => Promise<void>): Promise<void> {
  const table = await loadTable(path, { ...options, before: readingOf(files) });
  checkOutputPath(options.output);
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const coded = codeTable(table, model.schema, { source: path });
    for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
    await answer(model, table, coded, new ProgressLine());
  });
}

/** Whether a table is answered in parts: large CSV files are, and others if asked. Throws UsageError where that cannot be. */
async function inParts(path: string, { output, chunkRows, resume, queue, encoding = "utf-8" }: AnswerOptions, cells?: string): Promise<boolean> {
  const asked = chunkRows !== undefined || resume === true || queue !== undefined;
  const start = await open(path, "r").then(
    async (file) => {
      const bytes = Buffer.alloc(startLength);
      const { bytesRead } = await file.read(bytes, 0, startLength, 0).finally(() => file.close());
      return new Uint8Array(bytes.subarray(0, bytesRead));
    },
    () => new Uint8Array(0), // told by who reads it
  );
  const flags = "--chunk-rows, --resume and --queue";
  if (formatOfBytes(start).name === "parquet") {
    if (asked) throw new UsageError(`${flags}: a Parquet file is read as a whole; leave them out, or give the table as CSV.`);
    return false;
  }
  const parquet = [output, cells].find((name) => name !== undefined && parquetAsked(name));
  if (asked && parquet !== undefined) throw new UsageError(`${flags}: ${parquet} is to be Parquet, which is written as a whole; leave them out, or name it .csv or .csv.gz.`);
  const zipped = start[0] === 0x1f && start[1] === 0x8b;
  if (!/^utf-?8$/i.test(encoding) || !(zipped || beginsAsUtf8(start))) {
    if (asked) throw new UsageError(`${flags}: a table that is not in UTF-8 is read as a whole; leave them out, or save it in UTF-8.`);
    return false;
  }
  if (asked || parquet !== undefined) return asked;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size > (zipped ? largeFile / 5 : largeFile);
}

async function inPartsOf(
  task: "impute" | "predict",
  files: FileSet,
  model: string,
  data: string,
  options: AnswerOptions,
  answer: Parameters<typeof answerInParts>[0]["answer"],
  cells: string | undefined,
  done: (summary: PartsSummary, model: Model) => void,
): Promise<void> {
  checkOutputPath(options.output);
  if (cells !== undefined) checkOutputPath(cells);
  const stop = stopOnInterrupt("stopped; the same command with --resume goes on from here.");
  const modelHash = createHash("sha256");
  for (const [name, bytes] of files) modelHash.update(name).update(bytes);
  // the plan needs to know how many rows the model answers together
  const loaded = await withDevice(async (gpu) => {
    const own = await loadModel(gpu, files);
    if (task === "predict") targetsOf(own.schema);
    return { model: own, multiple: own.rowsTogether(answer.draws) };
  });
  const { chunkRows = usualChunkRows, resume, queue, output } = options;
  const reading = readOptions({ ...options, before: readingOf(files) });
  const { missing = [], keep = [] } = reading;
  try {
    const line = new ProgressLine();
    const summary = await answerInParts({
      task, model, modelHash: modelHash.digest("hex"), data, output, cells, answer, missing, keep, chunkRows, resume, queue, signal: stop.signal,
      plan: async (path) => {
        const { size } = await stat(path);
        const plan = await planParts(path, loaded.model.schema, {
          ...reading, source: basename(data), chunkRows, multiple: loaded.multiple, counted: task === "impute" ? "incomplete" : "all", targets: answer.targets === true,
          onProgress: (bytes) => line.update("reading the table", bytes, size), signal: stop.signal,
        });
        line.done();
        return plan;
      },
    });
    done(summary, loaded.model);
  } finally {
    stop.release();
  }
}
