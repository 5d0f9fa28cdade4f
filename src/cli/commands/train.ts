import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { codeTable, targetColumns, type RawTable } from "../../data/index.ts";
import { fit, presets, presetSchedule, type FileSet, type FitOptions, type HmcGradient, type Inference, type Model, type ModelConfig, type Progress } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import { CheckpointFolder, makeFolder, writeModelFolder, writeOutput } from "../files.ts";
import { namesModelFile } from "../model-paths.ts";
import { modelReport } from "../model-report.ts";
import { ProgressLine } from "../progress.ts";
import { featureNames, loadSchema, loadSplits, loadTable, trainingRows, type SchemaOptions, type SplitOptions, type TableOptions } from "../tables.ts";
import { UsageError } from "../usage-error.ts";
import { withDevice } from "../with-device.ts";

export interface TrainOptions extends TableOptions, SchemaOptions, SplitOptions {
  target: string[];
  out: string;
  preset: string;
  marginalSteps?: number;
  viSteps?: number;
  hmcSteps?: number;
  completionSteps?: number;
  /** false with --no-report. */
  report?: boolean;
  batch?: number;
  hmcGradient: HmcGradient;
  entropy?: boolean;
  latents?: number[];
  transitions?: number;
  importanceSamples?: number;
  seed: number;
  resume?: boolean;
  force?: boolean;
  json?: boolean;
  checkpointSeconds: number;
}

const stageNames = { marginal: "marginal VAEs", elbo: "ELBO", hmc: "HMC", completion: "completion network" } as const;

/** `hhvaem train`: trains a model and writes its folder; checkpoints on the way. */
export async function trainCommand(path: string, options: TrainOptions): Promise<void> {
  const preset = presets[options.preset];
  if (!preset) throw new UsageError(`--preset ${options.preset}: there is no such preset; there are ${Object.keys(presets).join(", ")}.`);
  if (namesModelFile(options.out)) {
    throw new UsageError(`--out ${options.out}: a training writes a folder, with its checkpoints; train into one, and make it a file with \`hhvaem convert DIR -o ${options.out}\`.`);
  }
  const config = configured(preset, options);
  const table = await loadTable(path, options);
  const schemaOfAll = await loadSchema(table, path, options.target, options);
  const split = await loadSplits(featureNames(schemaOfAll), table.rows, options);
  const rows = split ? trainingRows(split.splits, split.fold) : undefined;
  const schema = rows && options.schema === undefined ? await loadSchema(table, path, options.target, options, rows) : schemaOfAll;
  const coded = codeTable(table, schema, { rows, source: path });
  for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);

  const usual = presetSchedule(config);
  const { marginalSteps = usual.marginalSteps, viSteps = usual.viSteps, hmcSteps = usual.hmcSteps, completionSteps = usual.completionSteps, batch = usual.batch } = options;
  const schedule = { ...usual, marginalSteps, viSteps, hmcSteps, completionSteps, batch };
  const finished = existsSync(join(options.out, "config.json"));
  if (finished && options.resume) {
    process.stderr.write(`${options.out} holds a finished training; there is nothing to resume.\n`);
    return;
  }
  if (finished && !options.force) throw new UsageError(`${options.out} holds a model already; choose another --out, or replace it with --force.`);
  const checkpoints = new CheckpointFolder(options.out);
  const identity = createHash("sha256").update(JSON.stringify({ config, schedule, schema, seed: options.seed, rows: rows ?? "all" })).update(table.content).digest("hex");
  const resume = await findCheckpoint(checkpoints, options, identity);

  const line = new ProgressLine();
  const started = performance.now();
  let stored = started;
  const stop = new AbortController();
  const interrupt = (): void => {
    process.stderr.write("\nstopping at the next checkpoint; press Ctrl-C again to stop at once.\n");
    process.once("SIGINT", () => process.exit(130));
    stop.abort(new UsageError(`stopped; go on with the same command and --resume.`));
  };
  process.once("SIGINT", interrupt);
  const fitOptions: FitOptions = {
    config,
    schedule,
    seed: options.seed,
    resume,
    signal: stop.signal,
    onProgress: (progress) => line.update(stageNames[progress.stage], progress.step, progress.steps, describe(progress)),
    wantCheckpoint: () => stop.signal.aborted || performance.now() - stored > 1000 * options.checkpointSeconds,
    onCheckpoint: async (files) => {
      await checkpoints.store(new Map([...files, ["identity", new TextEncoder().encode(identity)]]));
      stored = performance.now();
    },
  };
  /** A page about the model beside it; the model is there already, so that nothing is lost where this fails. */
  const report = async (model: Model, files: FileSet, raw: RawTable, adapter: string): Promise<{ report?: string }> => {
    const place = join(options.out, "report.html");
    try {
      const settings = { name: basename(path), draws: 50, rows: 100, seed: options.seed, adapter, command: `hhvaem train ${basename(path)}` };
      await writeOutput(place, await modelReport(model, files, raw, { ...settings, onProgress: (done, all) => line.update("report, testing rows", done, all) }));
      return { report: place };
    } catch (cause) {
      process.stderr.write(`warning: no report: ${(cause as Error).message}\n`);
      return {};
    }
  };
  await makeFolder(options.out);
  const result = await withDevice(async (gpu) => {
    const model = await fit(gpu, coded, schema, fitOptions);
    const files = await model.files();
    await writeModelFolder(options.out, files);
    await checkpoints.remove();
    return { adapter: gpu.name, ...(options.report !== false && (await report(model, files, table, gpu.name))) };
  });
  process.off("SIGINT", interrupt);
  line.done();
  const seconds = (performance.now() - started) / 1000;
  const summary = { out: options.out, preset: options.preset, rows: coded.rows, features: coded.features, targets: targetColumns(schema).map((column) => column.name), seconds, ...result };
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(`trained ${options.preset} on ${coded.rows} rows, ${coded.features} features in ${clock(seconds)} (${result.adapter}); the model is in ${options.out}${result.report === undefined ? "" : `, a report in ${result.report}`}\n`);
}

/** The preset with what the options change. Throws UsageError for options that it has no use for. */
function configured(preset: ModelConfig, options: TrainOptions): ModelConfig {
  const { latents = preset.latents, transitions = preset.hmc.transitions, importanceSamples = preset.importanceSamples, hmcGradient: gradient, entropy = false } = options;
  const others = (wanted: Inference): string => Object.keys(presets).filter((name) => presets[name].inference === wanted).join(", ");
  if (preset.inference !== "hmc" && (gradient !== "frozen" || entropy || options.transitions !== undefined)) {
    throw new UsageError(`--hmc-gradient, --entropy and --transitions: the preset ${options.preset} does not use HMC; leave them out, or choose ${others("hmc")}.`);
  }
  if (preset.inference !== "importance-weighted" && options.importanceSamples !== undefined) {
    throw new UsageError(`--importance-samples: the preset ${options.preset} has no importance-weighted bound; leave it out, or choose ${others("importance-weighted")}.`);
  }
  return { ...preset, latents, importanceSamples, hmc: { ...preset.hmc, transitions, gradient, entropy } };
}

async function findCheckpoint(checkpoints: CheckpointFolder, options: TrainOptions, identity: string): Promise<FitOptions["resume"]> {
  const last = await checkpoints.last();
  if (!options.resume) {
    if (last && !options.force) throw new UsageError(`${options.out} holds an unfinished training; go on with --resume, or start anew with --force.`);
    await checkpoints.remove();
    return undefined;
  }
  if (!last) return undefined;
  if (new TextDecoder().decode(last.get("identity")) !== identity) {
    throw new UsageError(`--resume: the checkpoint in ${options.out} is of another table, schema or set of options; repeat the first command exactly, or start anew with --force.`);
  }
  return last;
}

function describe({ metrics }: Progress): string {
  const parts = (["objective", "elbo", "bound"] as const).filter((name) => metrics[name] !== undefined).slice(0, 1).map((name) => `${name} ${metrics[name].toFixed(2)}`);
  if (metrics.acceptance !== undefined) parts.push(`acceptance ${metrics.acceptance.toFixed(2)}`);
  return parts.join(", ");
}
