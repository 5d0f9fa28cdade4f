import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { codeTable, isContinuous, parseSplits, targetColumns, type RawTable, type Schema, type Splits } from "../../data/index.ts";
import { resultName, saia, scoredTargets, type SaiaResult } from "../../experiments/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { defaultSchedule, presets, type Model } from "../../model/index.ts";
import { ExperimentFolder } from "../experiment-folder.ts";
import { checkOutputPath, readInput } from "../files.ts";
import { clock } from "../../report/clock.ts";
import { ProgressLine } from "../progress.ts";
import { saiaKind, type SaiaFolder, type SaiaIdentity } from "../saia-folder.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";
import { featureNames, loadSchema, loadTable, testRows, trainingRows, type SchemaOptions, type TableOptions } from "../tables.ts";
import { TimeLeft } from "../time-left.ts";
import { isTrained, trainedModel } from "../trained-model.ts";
import { UsageError } from "../usage-error.ts";
import { withDevice } from "../with-device.ts";
import { parseFolds, parsePieces, type Piece } from "./experiment-pieces.ts";
import { writeReport, writeSummary } from "./experiment-report.ts";

export interface ExperimentSaiaOptions extends TableOptions, SchemaOptions {
  data: string;
  target: string[];
  splits: string;
  folds?: string;
  models: string[];
  methods: string[];
  out: string;
  marginalSteps: number;
  viSteps: number;
  hmcSteps: number;
  batch: number;
  draws: number;
  randomOrders: number;
  seed: number;
  report?: string;
  json?: boolean;
}

/** `hhvaem experiment saia`: trains the models of every fold and acquires the values of its test rows one by one. Goes on where it was interrupted. */
export async function experimentSaiaCommand(options: ExperimentSaiaOptions): Promise<void> {
  const table = await loadTable(options.data, options);
  const schema = await loadSchema(table, options.data, options.target, options);
  if (targetColumns(schema).length === 0) throw new UsageError("--target COLUMN is needed: values are acquired to predict it.");
  const splitsBytes = await readInput(options.splits);
  const splits = parseSplits(splitsBytes, featureNames(schema), table.rows, basename(options.splits));
  const folds = parseFolds(options.folds, [...new Set(splits.fold)].sort((a, b) => a - b));
  const pieces = parsePieces(folds, options.models, options.methods);
  if (options.report !== undefined) checkOutputPath(options.report);
  const folder = await ExperimentFolder.begin(options.out, identityOf(table, splitsBytes, schema, options), saiaKind);
  const stop = stopOnInterrupt();
  try {
    await new Run(folder, table, splits, options, stop.signal).all(pieces);
  } finally {
    stop.release();
  }
  const summary = await writeSummary(folder);
  if (options.report !== undefined) await writeReport(options.report, [folder]);
  if (options.json) process.stdout.write(`${JSON.stringify({ out: options.out, pieces: folder.results.length, report: options.report })}\n`);
  else process.stdout.write(`\n${summary}\n${options.out}: table.md, table.csv, curves.csv, curves.svg, curves.png, results.jsonl${options.report === undefined ? "" : `; report: ${options.report}`}\n`);
}

function identityOf(table: RawTable, splits: Uint8Array, schema: Schema, options: ExperimentSaiaOptions): SaiaIdentity {
  const hash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
  const targets = targetColumns(schema);
  const { draws, seed, randomOrders, marginalSteps, viSteps, hmcSteps, batch } = options;
  const stem = basename(options.data).replace(/\.(csv|parquet)(\.gz)?$/i, "");
  return {
    version: 1,
    // data.csv says nothing; its folder may
    name: stem === "data" ? basename(dirname(options.data)) : stem,
    features: featureNames(schema),
    targets: targets.map((column) => column.name),
    errorName: isContinuous(targets[scoredTargets(targets)[0]].type) ? "RMSE" : "error rate",
    draws,
    seed,
    randomOrders,
    schedule: { marginalSteps, viSteps, hmcSteps, batch },
    table: hash(table.content),
    splits: hash(splits),
    schema: hash(JSON.stringify([schema.columns.map(({ name, role, type }) => [name, role, type]), options.schema === undefined ? null : schema])),
    command: commandLine(options),
  };
}

/** The command to repeat, without folds, models and methods: results of several commands may come together in a folder. */
function commandLine(options: ExperimentSaiaOptions): string {
  const given: [string, string | number][] = [
    ["data", options.data], ["target", options.target.join(",")], ["splits", options.splits],
    ["marginal-steps", options.marginalSteps], ["vi-steps", options.viSteps], ["hmc-steps", options.hmcSteps], ["draws", options.draws], ["random-orders", options.randomOrders], ["seed", options.seed], ["out", options.out],
  ];
  const quoted = (value: string | number): string => (/^[\w./,:-]+$/.test(String(value)) ? String(value) : `'${value}'`);
  return `hhvaem experiment saia ${given.map(([name, value]) => `--${name} ${quoted(value)}`).join(" ")}`;
}

class Run {
  private readonly line = new ProgressLine();
  private readonly left = new TimeLeft();

  constructor(
    private readonly folder: SaiaFolder,
    private readonly table: RawTable,
    private readonly splits: Splits,
    private readonly options: ExperimentSaiaOptions,
    private readonly signal: AbortSignal,
  ) {}

  async all(pieces: readonly Piece[]): Promise<void> {
    const done = new Map(this.folder.results.map((result) => [resultName(result), result]));
    const open = pieces.map((piece) => ({ ...piece, methods: piece.methods.filter((method) => !done.has(resultName({ ...piece, method }))) })).filter((piece) => piece.methods.length > 0);
    for (const { model, method, seconds } of done.values()) this.left.done(`${model} ${method}`, seconds);
    for (const { fold, model, methods } of open) {
      if (!isTrained(this.folder.model(`fold-${fold}-${model}`))) this.left.expect(`train ${model}`);
      for (const method of methods) this.left.expect(`${model} ${method}`);
    }
    const total = pieces.reduce((sum, piece) => sum + piece.methods.length, 0);
    const before = total - open.reduce((sum, piece) => sum + piece.methods.length, 0);
    if (before > 0) this.say(`${before} of ${total} pieces are done already`);
    let number = before;
    for (const piece of open) {
      await withDevice(async (gpu) => {
        for await (const result of this.piece(gpu, piece)) {
          const curve = result.error;
          this.say(`[${++number}/${total}] ${resultName(result)}: ${this.folder.identity.errorName} ${curve[0].toPrecision(3)} with nothing, ${curve[1].toPrecision(3)} with one value, ${curve.at(-1)!.toPrecision(3)} with all; ${clock(result.seconds)}${this.timeLeft()}`);
        }
      });
    }
  }

  private async *piece(gpu: Gpu, { fold, model: name, methods }: Piece): AsyncGenerator<SaiaResult> {
    const model = await this.train(gpu, fold, name);
    const test = codeTable(this.table, model.schema, { rows: testRows(this.splits, fold), source: this.options.data });
    let started = performance.now();
    const { draws, seed, randomOrders } = this.options;
    const onProgress = (method: string, done: number, steps: number): void => this.line.update(`fold ${fold}, ${name}, ${method}`, done, steps, this.timeLeft());
    for await (const curves of saia(model, test, { methods, draws, seed, randomOrders, onProgress, signal: this.signal })) {
      const seconds = (performance.now() - started) / 1000;
      const result: SaiaResult = { fold, model: name, ...curves, position: curves.position.map((at) => (Number.isNaN(at) ? null : at)), seconds, adapter: gpu.name };
      await this.folder.add(result);
      this.left.done(`${name} ${curves.method}`, seconds);
      yield result;
      started = performance.now();
    }
  }

  /** The fold's model from the folder, or trained now. */
  private async train(gpu: Gpu, fold: number, name: string): Promise<Model> {
    const { table, options, signal } = this;
    const rows = trainingRows(this.splits, fold);
    const schema = await loadSchema(table, options.data, options.target, options, options.schema === undefined ? rows : undefined);
    const { marginalSteps, viSteps, hmcSteps, batch, seed } = options;
    const { model, seconds } = await trainedModel(gpu, { dir: this.folder.model(`fold-${fold}-${name}`) }, {
      table: () => codeTable(table, schema, { rows, source: options.data }),
      schema,
      config: presets[name],
      schedule: { ...defaultSchedule, marginalSteps, viSteps, hmcSteps, batch },
      seed,
      signal,
      onProgress: (progress) => this.line.update(`fold ${fold}, training ${name}, ${progress.stage}`, progress.step, progress.steps, this.timeLeft()),
    });
    if (seconds !== undefined) {
      this.left.done(`train ${name}`, seconds);
      this.say(`fold ${fold}: ${name} trained on ${rows.length} rows in ${clock(seconds)}${this.timeLeft()}`);
    }
    return model;
  }

  private timeLeft(): string {
    const seconds = this.left.seconds;
    return seconds === undefined || seconds < 1 ? "" : `, about ${clock(seconds)} left`;
  }

  private say(text: string): void {
    this.line.done();
    process.stderr.write(`${text}\n`);
  }
}
