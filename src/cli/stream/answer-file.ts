import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { Option, type Command } from "commander";
import { beginsAsUtf8, codeTable, formatOfBytes, formatOfName, type RawTable, type Table } from "../../data/index.ts";
import { loadModel, points, type FileSet, type Model } from "../../model/index.ts";
import { withDevice } from "../device.ts";
import { fraction, wholeFrom } from "../flags/parsers.ts";
import { forceFlag, samplerFlag } from "../flags/shared.ts";
import { checkOutputPath, isStream, shownName, standard } from "../inputs/files.ts";
import { loadTable, readingOf, readOptions, withKept, type TableOptions } from "../inputs/tables.ts";
import { targetsOf, type AnswerSettings, type ImputeSettings } from "../models/answers.ts";
import { filesOfModel } from "../models/model-paths.ts";
import { checkLongNames } from "../output/long-table.ts";
import { checkPlaces } from "../output/places.ts";
import { ProgressLine } from "../output/progress.ts";
import { numbered } from "../output/table-output.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";
import { UsageError } from "../usage-error.ts";
import { answerInParts, type PartsSummary } from "./answer-in-parts.ts";
import { planParts } from "./plan.ts";

/** What `impute` and `predict` have in common. */
export interface AnswerOptions extends TableOptions, AnswerSettings {
  output: string;
  /** Rows of a part, where the table is answered in parts. */
  chunkRows?: number;
  resume?: boolean;
  queue?: string;
  /** Outputs may overwrite what is read. */
  force?: boolean;
  json?: boolean;
  /** Holes that stay, besides those that the model knows of. */
  keepMissing?: string[];
}

/** Flags of AnswerOptions, less those of TableOptions. */
export function answerFlags(command: Command): Command {
  return command
    .requiredOption("-o, --output <file>", "where to write, in the format that the name asks for: .csv, .tsv, .parquet, .xlsx, .arrow, .feather, .json or .jsonl, gzipped if .gz follows; - is standard output")
    .addOption(forceFlag())
    .option("--draws <m>", "posterior draws per row", wholeFrom(1), 200)
    .addOption(samplerFlag())
    .addOption(new Option("--point <kind>", "what stands for a number: the median of its draws, or the mean, whose squared error is least; neither lies beyond what training saw").choices([...points]).default("median"))
    .option("--interval <p>", "mass of the central interval", fraction, 0.9)
    .option("--chunk-rows <n>", "answer a CSV file in parts of about so many rows, in memory that does not grow with it (large files always are: 50,000); the answers are the same", wholeFrom(1))
    .option("--resume", "go on with parts that an interrupted run has left")
    .option("--queue <url>", "let the workers of this queue answer the parts: redis://host:6379; model, table and output are on a disk that all share");
}

/** Files from this size on are answered in parts; gzipped ones from a fifth of it on. */
const largeFile = 32e6;
const usualChunkRows = 50_000;
/** Bytes that tell what a file is. */
const startLength = 1 << 16;

/** What `impute` or `predict` is to do with a file. */
export interface FileTask {
  task: "impute" | "predict";
  /** Path of the model, and the files found there. */
  model: string;
  files: FileSet;
  /** Path of the table. */
  data: string;
  options: AnswerOptions;
  settings: ImputeSettings;
  /** Where a line per filled cell goes. */
  cells?: string;
  /** Where the completed tables go below each other. */
  long?: string;
}

/** Answers a table: as a whole, by `whole`, or in parts, after which `joined` tells of it. Throws UsageError, TableError. */
export async function answerFile(
  task: FileTask,
  whole: (model: Model, table: RawTable, coded: Table, line: ProgressLine) => Promise<void>,
  joined: (summary: PartsSummary, model: Model) => void,
): Promise<void> {
  const { files, data, options } = task;
  if (task.long !== undefined) checkOutputPath(task.long);
  const outputs = [options.output, task.cells, task.long];
  if (outputs.filter((path) => path === standard).length > 1) throw new UsageError("--output, --cells, --long: only one of them can be standard output.");
  if (options.output === standard && task.settings.completions > 0) throw new UsageError("--completions: the completed tables are files of their own; name a file with --output.");
  const completed = Array.from({ length: task.settings.completions }, (_, c) => numbered(options.output, c + 1));
  await checkPlaces({
    reads: { "the table itself": data, "the model itself": await filesOfModel(task.model) },
    writes: { "--output": options.output, "--cells": task.cells, "--long": task.long, "--completions": completed },
    clears: [`${options.output}.parts`],
    force: options.force,
  });
  if (await takesParts(data, options, [task.cells, task.long])) return answerParts(task, joined);
  // everything is read before the device opens
  const table = await loadTable(data, { ...options, before: readingOf(files) });
  checkOutputPath(options.output);
  if (task.long !== undefined) checkLongNames(table.columns, basename(data));
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const coded = codeTable(table, withKept(model.schema, options.keepMissing), { source: shownName(data) });
    for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
    await whole(model, table, coded, new ProgressLine());
  });
}

/** Whether a table is answered in parts: large CSV files are, and others if asked. Throws UsageError where that cannot be. */
async function takesParts(path: string, { output, chunkRows, resume, queue, encoding = "utf-8" }: AnswerOptions, others: readonly (string | undefined)[]): Promise<boolean> {
  const asked = chunkRows !== undefined || resume === true || queue !== undefined;
  const flags = "--chunk-rows, --resume and --queue";
  const piped = [path, output, ...others].some((one) => one !== undefined && (one === standard || isStream(one)));
  if (piped && asked) throw new UsageError(`${flags}: standard input and output and other pipes are read and written as a whole; leave them out, or name files.`);
  if (piped) return false;
  const start = await beginning(path);
  const zipped = start[0] === 0x1f && start[1] === 0x8b;
  const format = formatOfBytes(zipped ? beginningOfGzip(start) : start);
  if (format.name !== "csv") {
    if (asked) throw new UsageError(`${flags}: ${format.title} is read as a whole; leave them out, or give the table as CSV.`);
    return false;
  }
  const whole = [output, ...others].find((name) => name !== undefined && formatOfName(name).name !== "csv");
  if (asked && whole !== undefined) throw new UsageError(`${flags}: ${whole} is to be ${formatOfName(whole).title}, which is written as a whole; leave them out, or name it .csv or .csv.gz.`);
  if (!/^utf-?8$/i.test(encoding) || !(zipped || beginsAsUtf8(start))) {
    if (asked) throw new UsageError(`${flags}: a table that is not in UTF-8 is read as a whole; leave them out, or save it in UTF-8.`);
    return false;
  }
  if (asked || whole !== undefined) return asked;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size > (zipped ? largeFile / 5 : largeFile);
}

/** The first bytes of a file; none if it cannot be read: the error comes when all of it is. */
async function beginning(path: string): Promise<Uint8Array> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return new Uint8Array(0);
  const bytes = new Uint8Array(startLength);
  const { bytesRead } = await file.read(bytes, 0, startLength, 0).finally(() => file.close());
  return bytes.subarray(0, bytesRead);
}

/** What the first bytes of a gzip file hold. */
function beginningOfGzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}

async function answerParts({ task, model, files, data, options, settings: answer, cells, long }: FileTask, joined: (summary: PartsSummary, model: Model) => void): Promise<void> {
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
  const { chunkRows = usualChunkRows, resume, queue, output, keepMissing = [] } = options;
  const schema = withKept(loaded.model.schema, keepMissing);
  const reading = readOptions({ ...options, before: readingOf(files) });
  const { missing = [], keep = [] } = reading;
  try {
    const line = new ProgressLine();
    const summary = await answerInParts({
      task, model, modelHash: modelHash.digest("hex"), data, output, cells, long, answer, missing, keep, keepMissing, chunkRows, resume, queue, signal: stop.signal,
      plan: async (path) => {
        const { size } = await stat(path);
        const plan = await planParts(path, schema, {
          ...reading, source: basename(data), chunkRows, multiple: loaded.multiple, counted: task === "impute" ? "incomplete" : "all", targets: answer.targets === true,
          onProgress: (bytes) => line.update("reading the table", bytes, size), signal: stop.signal,
        });
        line.done();
        return plan;
      },
    });
    joined(summary, loaded.model);
  } finally {
    stop.release();
  }
}
