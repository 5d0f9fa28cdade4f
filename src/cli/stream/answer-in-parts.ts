import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { TableError } from "../../data/index.ts";
import type { ShiftedColumn } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import type { ImputeSettings } from "../models/answers.ts";
import { describe } from "../../fetch/file-faults.ts";
import { makeFolder, writeOutput } from "../inputs/files.ts";
import { longSuffixes, type AnswerChunkResult, type AnswerChunkSettings } from "../jobs/answer-chunk.ts";
import type { Job, JobListener } from "../jobs/job.ts";
import { runHere } from "../jobs/run-here.ts";
import { checkLongNames, longHead } from "../output/long-table.ts";
import { ProgressLine } from "../output/progress.ts";
import { streamOutput } from "../output/stream-output.ts";
import { numbered } from "../output/table-output.ts";
import { UsageError } from "../usage-error.ts";
import type { Plan } from "./plan.ts";

/** A file that the parts are joined into, and how the parts' own files end: one ending after another, each of all parts. */
interface Joined {
  path: string;
  suffixes: readonly string[];
  /** Text before the first part. */
  head: Uint8Array;
}

export interface PartsRequest {
  task: "impute" | "predict";
  model: string;
  /** Hash of the model. */
  modelHash: string;
  data: string;
  output: string;
  cells?: string;
  /** Where the long format goes. */
  long?: string;
  answer: ImputeSettings;
  missing: readonly string[];
  keep: readonly string[];
  keepMissing: readonly string[];
  chunkRows: number;
  resume?: boolean;
  queue?: string;
  signal: AbortSignal;
  /** Reads the file once; given the file as plain CSV. */
  plan(path: string): Promise<Plan>;
}

/** Sum of what the parts gave. */
export interface PartsSummary {
  rows: number;
  imputed: number;
  left: number;
  parts: number;
  acceptance: number;
  divergences: number;
  effective?: number;
  shifted?: ShiftedColumn[];
  seconds: number;
}

/**
 * Answers a table part by part, in memory that does not grow with it. Finished parts stay in OUTPUT.parts until all are joined, so that nothing
 * is lost by an interruption: `resume` goes on. Throws UsageError, TableError.
 */
export async function answerInParts(request: PartsRequest): Promise<PartsSummary> {
  const { output, answer, signal } = request;
  const folder = `${output}.parts`;
  const started = performance.now();
  await openFolder(folder, request);
  const path = await plainCsv(request.data, folder);
  const plan = await request.plan(path);
  if (request.long !== undefined) checkLongNames(plan.head.columns, basename(request.data));
  for (const warning of plan.warnings) process.stderr.write(`warning: ${warning}\n`);
  const jobs = plan.parts.map((part, i): Job<AnswerChunkSettings> => ({
    id: `part-${String(i + 1).padStart(String(plan.parts.length).length, "0")}`,
    kind: "answer-chunk",
    settings: { task: request.task, model: resolve(request.model), data: resolve(path), source: basename(request.data), head: plan.head, missing: request.missing, keep: request.keep, keepMissing: request.keepMissing, part, answer, out: resolve(folder, `part-${i + 1}`) },
  }));
  const results = await runParts(jobs, folder, request);
  const { settings } = jobs[0];
  const names = (): Uint8Array => new TextEncoder().encode(results[0].names);
  const headBytes = await firstBytes(path, plan.headBytes);
  const files: Joined[] = [{ path: output, suffixes: ["main"], head: settings.task === "predict" ? names() : headBytes }];
  for (let c = 1; c <= answer.completions; c++) files.push({ path: numbered(output, c), suffixes: [String(c)], head: headBytes });
  if (request.cells !== undefined) files.push({ path: request.cells, suffixes: ["cells"], head: names() });
  if (request.long !== undefined) files.push({ path: request.long, suffixes: longSuffixes(answer.completions), head: new TextEncoder().encode(longHead(plan.head.columns)) });
  signal.throwIfAborted();
  for (const file of files) await joinParts(file, file.suffixes.flatMap((suffix) => jobs.map((job) => `${job.settings.out}.${suffix}`)));
  await rm(folder, { recursive: true, force: true });
  const rows = results.reduce((total, result) => total + result.rows, 0);
  const mean = (of: (result: AnswerChunkResult) => number | null | undefined): number => results.reduce((total, result) => total + result.rows * (of(result) ?? Number.NaN), 0) / rows;
  return {
    rows,
    imputed: results.reduce((total, { imputed }) => total + imputed, 0),
    left: results.reduce((total, { left = 0 }) => total + left, 0),
    parts: results.length,
    acceptance: mean(({ acceptance }) => acceptance),
    divergences: results.reduce((total, { divergences }) => total + divergences, 0),
    ...(results[0].effective !== undefined && { effective: mean(({ effective }) => effective) }),
    ...(results[0].shifted && { shifted: addShifted(results.map(({ shifted }) => shifted!)) }),
    seconds: (performance.now() - started) / 1000,
  };
}

/** What was moved in all parts. */
function addShifted(parts: readonly ShiftedColumn[][]): ShiftedColumn[] {
  return parts[0].map(({ column }, j) => {
    const total = (of: (one: ShiftedColumn) => number): number => parts.reduce((sum, part) => sum + of(part[j]), 0);
    return { column, cells: total(({ cells }) => cells), cut: total(({ cut }) => cut), cutCompletions: total(({ cutCompletions }) => cutCompletions) };
  });
}

/** Makes the folder of the parts, or takes up one of the same work. */
async function openFolder(folder: string, request: PartsRequest): Promise<void> {
  const { task, modelHash, data, answer, missing, keep, keepMissing, chunkRows, resume } = request;
  const { size, mtimeMs } = await stat(data).catch((cause: unknown) => {
    throw new UsageError(`cannot read ${data}: ${describe(cause)}.`);
  });
  const identity = createHash("sha256").update(JSON.stringify({ task, modelHash, answer, missing, keep, keepMissing, chunkRows, size, mtimeMs })).digest("hex");
  const path = join(folder, "identity");
  if (existsSync(path)) {
    const same = (await readFile(path, "utf8")) === identity;
    if (resume && !same) throw new UsageError(`--resume: ${folder} holds parts of another table, model or set of options; repeat the first command exactly, or leave --resume out to start anew.`);
    if (resume) return;
    await rm(folder, { recursive: true, force: true });
  }
  await makeFolder(folder);
  await writeOutput(path, identity);
}

/** The table as plain CSV on disk: a gzipped one is unpacked into the folder. */
async function plainCsv(path: string, folder: string): Promise<string> {
  const start = await firstBytes(path, 2);
  if (start[0] !== 0x1f || start[1] !== 0x8b) return path;
  const plain = join(folder, "table.csv");
  if (existsSync(plain)) return plain;
  const temporary = `${plain}.tmp`;
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(temporary));
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code?.startsWith("Z_")) throw new TableError([{ message: "the gzip data is damaged or cut off; get the file again." }], basename(path));
    throw new UsageError(`cannot unpack ${path} into ${folder}: ${describe(cause)}.`);
  }
  await rename(temporary, plain);
  return plain;
}

async function firstBytes(path: string, count: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(count);
    const { bytesRead } = await file.read(bytes, 0, count, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Runs the parts that are not there yet, here or by workers. Returns all parts' results, in order. */
async function runParts(jobs: readonly Job<AnswerChunkSettings>[], folder: string, { queue, signal, output, task }: PartsRequest): Promise<AnswerChunkResult[]> {
  const line = new ProgressLine();
  const results = new Map<string, AnswerChunkResult>();
  const note = (id: string): string => join(folder, `${id}.json`);
  for (const { id } of jobs) if (existsSync(note(id))) results.set(id, JSON.parse(await readFile(note(id), "utf8")) as AnswerChunkResult);
  const open_ = jobs.filter(({ id }) => !results.has(id));
  if (results.size > 0) process.stderr.write(`${results.size} of ${jobs.length} parts are done already\n`);
  const rows = new Map(jobs.map(({ id, settings }) => [id, settings.part.rows]));
  const all = [...rows.values()].reduce((a, b) => a + b, 0);
  let failure: string | undefined;
  const listener: JobListener<AnswerChunkResult> = {
    async onResult(id, result) {
      await writeOutput(note(id), JSON.stringify(result));
      results.set(id, result);
      if (!process.stderr.isTTY && jobs.length > 1) process.stderr.write(`${results.size} of ${jobs.length} parts done\n`);
    },
    onFailure: (id, reason) => void (failure ??= `${id}: ${reason}`),
    onProgress(id, text, part) {
      const done = [...results.keys()].reduce((total, key) => total + rows.get(key)!, 0);
      line.update(text, Math.round(done + part * rows.get(id)!), all);
    },
  };
  if (queue === undefined) await runHere(open_, listener, signal);
  else {
    const { runQueued } = await import("../jobs/queue/submit.ts");
    const experiment = `${task}-${createHash("sha256").update(resolve(output)).update(await readFile(join(folder, "identity"))).digest("hex").slice(0, 12)}`;
    process.stderr.write(`${open_.length} parts are in the queue as "${experiment}"; \`hhvaem worker --queue ...\` takes them\n`);
    await runQueued(open_, listener, { url: queue, experiment, signal, say: (text) => process.stderr.write(`${text}\n`) });
  }
  line.done();
  if (failure !== undefined) throw new Error(`${failure}. What is done is kept; the same command with --resume goes on.`);
  return jobs.map(({ id }) => results.get(id)!);
}

/** One file from its parts. */
async function joinParts({ path, head }: Joined, parts: readonly string[]): Promise<void> {
  const pieces = (async function* () {
    yield head;
    for (const part of parts) yield* createReadStream(part) as AsyncIterable<Uint8Array>;
  })();
  await streamOutput(path, pieces, " The parts are kept: --resume joins them.");
}

/** "12,345 rows in 3 parts in 1:02" */
export function partsText({ rows, parts, seconds }: Pick<PartsSummary, "rows" | "parts" | "seconds">): string {
  return `${rows} rows in ${parts} part${parts === 1 ? "" : "s"} in ${clock(seconds)}`;
}
