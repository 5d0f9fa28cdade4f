import { basename } from "node:path";
import type { Command } from "commander";
import { codeImages, codeTable, drawMasks, type Schema, type Table } from "../../data/index.ts";
import { foldIn, keyFromSeed, uniform } from "../../math/key.ts";
import { loadModel, type ColumnScores, type Evaluation, type FileSet, type Sampler } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import { withDevice } from "../device.ts";
import { wholeFrom } from "../flags/parsers.ts";
import { imageFlags } from "../flags/pictures.ts";
import { examples, newCommand, samplerFlag, splitFlags, tableFlags } from "../flags/shared.ts";
import { holdsImages, loadImages, loadMask, type ImageOptions } from "../images/index.ts";
import { featureNames, loadSplits, loadTable, readingOf, testRows, type SplitOptions, type TableOptions } from "../inputs/tables.ts";
import { readModelAt } from "../models/model-paths.ts";
import { ProgressLine } from "../output/progress.ts";
import { textTable } from "../output/table-output.ts";
import { UsageError } from "../usage-error.ts";

interface EvaluateOptions extends TableOptions, SplitOptions, ImageOptions {
  /** What is hidden of pictures. */
  mask?: string;
  draws: number;
  sampler?: Sampler;
  seed: number;
  /** False: without the maps that calibrate. */
  calibration: boolean;
  json?: boolean;
}

/** `hhvaem evaluate`: hides cells of a table (the fold's mask, or half at random) or of pictures (--mask), and the target, and scores the answers. */
export function evaluateCommand(program: Command): void {
  imageFlags(splitFlags(tableFlags(newCommand(program, "evaluate <model> <table>", "hide cells of a table or a part of pictures, and the target, and score the answers"))))
    .option("--mask <kind>", "what is hidden of pictures: a mask as of `hhvaem inpaint` (default: random:0.5)")
    .option("--draws <n>", "posterior draws per row", wholeFrom(1), 1000)
    .addOption(samplerFlag())
    .option("--no-calibration", "score the model's distributions as they are before held-back rows widen or narrow them")
    .addHelpText("after", examples("hhvaem evaluate boston boston.csv --splits splits.csv.gz --fold 0 --json", "hhvaem evaluate digits t10k-images-idx3-ubyte.gz --mask half:right --draws 100"))
    .action(run);
}

async function run(modelPath: string, path: string, options: EvaluateOptions): Promise<void> {
  const files = await readModelAt(modelPath);
  const load = (await holdsImages(path)) ? picturesToScore : tableToScore;
  const rowsOf = await load(path, options, files);
  const line = new ProgressLine();
  await withDevice(async (gpu) => {
    const started = performance.now();
    const model = await loadModel(gpu, files);
    const { coded, shown, hidden } = await rowsOf(model.schema);
    for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
    const { draws, seed, sampler, calibration: calibrated } = options;
    const result = await model.evaluate(coded, shown, { draws, seed, sampler, calibrated, onProgress: (done, total) => line.update("evaluating rows", done, total) });
    line.done();
    const seconds = (performance.now() - started) / 1000;
    if (options.json) process.stdout.write(`${JSON.stringify({ ...result, seconds, adapter: gpu.name })}\n`);
    else process.stdout.write(readable(result, seconds, gpu.name, hidden));
  });
}

/** Rows to score, 1 where a cell may be seen, and what is hidden, in words. */
interface ToScore {
  coded: Table;
  shown: ArrayLike<number>;
  hidden: string;
}

async function tableToScore(path: string, options: EvaluateOptions, files: FileSet): Promise<(schema: Schema) => Promise<ToScore>> {
  const pictureOptions = (["mask", "labels", "size", "crop", "grey", "colour"] as const).filter((name) => options[name] !== undefined);
  if (pictureOptions.length > 0) throw new UsageError(`${pictureOptions.map((name) => `--${name}`).join(", ")}: only for pictures, and ${path} is a table.`);
  const table = await loadTable(path, { ...options, before: readingOf(files) });
  return async (schema) => {
    const features = featureNames(schema);
    const split = await loadSplits(features, table.rows, options);
    const rows = split ? testRows(split.splits, split.fold) : Array.from({ length: table.rows }, (_, row) => row);
    const coded = codeTable(table, schema, { rows, source: path });
    const d = features.length;
    const random = uniform(foldIn(keyFromSeed(options.seed), 5), rows.length * d);
    const shown = split ? rows.flatMap((row) => Array.from(split.splits.observed.subarray(row * d, (row + 1) * d))) : Array.from(random, (u) => Number(u < 0.5));
    return { coded, shown, hidden: split ? "the fold's mask" : "half of the cells, at random" };
  };
}

async function picturesToScore(path: string, options: EvaluateOptions): Promise<(schema: Schema) => Promise<ToScore>> {
  if (options.splits !== undefined || options.fold !== undefined) throw new UsageError("--splits and --fold are for tables; of pictures --mask says what is hidden.");
  const set = await loadImages(path, options);
  const { mask: text = "random:0.5" } = options;
  const mask = await loadMask(text, set);
  return async (schema) => ({
    coded: codeImages(set, schema, undefined, basename(path)),
    shown: drawMasks(mask, set, Array.from({ length: set.count }, (_, row) => row), foldIn(keyFromSeed(options.seed), 5)),
    hidden: text,
  });
}

function readable(result: Evaluation, seconds: number, adapter: string, hidden: string): string {
  const { baseline_rmse, baseline_error_rate, baseline_rmse_xu, baseline_error_rate_xu } = result;
  const rows: [string, number | undefined, string, number?][] = [
    ["ll_y", result.ll_y, "log-likelihood of the target, coded scale, nats"],
    ["rmse", result.rmse, "error of the target, original units", baseline_rmse],
    ["error_rate", result.error_rate, "share of wrong target classes", baseline_error_rate],
    ["ll_xu", result.ll_xu, "log-likelihood of hidden features (mean over features inside the exponential)"],
    ["ll_xu_per_feature", result.ll_xu_per_feature, "log-likelihood of a hidden cell"],
    ["ll_xo", result.ll_xo, "log-likelihood of shown features"],
    ["rmse_xu", result.rmse_xu, "error of hidden numbers, in deviations of their column", baseline_rmse_xu],
    ["error_rate_xu", result.error_rate_xu, "share of wrong hidden levels", baseline_error_rate_xu],
    ["coverage_50", result.coverage_50, "share of hidden numbers inside their 50 % interval"],
    ["coverage_80", result.coverage_80, "of their 80 % interval"],
    ["coverage_90", result.coverage_90, "of their 90 % interval"],
    ["coverage_95", result.coverage_95, "of their 95 % interval"],
    ["crps", result.crps, "continuous ranked probability score of hidden numbers, in deviations; less is better"],
    ["interval_width", result.interval_width, "of 90 % intervals of hidden numbers, in deviations"],
    ["interval_score", result.interval_score, "of 90 % intervals: their width, and 20 times how far a value lies outside; less is better"],
    ["set_coverage_90", result.set_coverage_90, "share of hidden levels in their 90 % set"],
    ["set_size_90", result.set_size_90, "levels in such a set"],
    ["effective", result.effective, "share of the weighted draws that count (importance sampling)"],
    ["acceptance", result.acceptance, "of the HMC transitions"],
    ["divergences", result.divergences, "trajectories that broke down"],
  ];
  const lines = rows.flatMap(([name, value, meaning, baseline]) => (value === undefined || Number.isNaN(value) ? [] : [`  ${name.padEnd(18)} ${value.toFixed(4).padStart(10)}   ${meaning}${baseline === undefined ? "" : `; ${baseline.toFixed(4)} by ${middle}`}`]));
  const columns = result.columns && result.columns.length > 0 ? `\n${columnLines(result.columns)}` : "";
  return `${result.rows} rows, ${result.draws} draws each, hidden: ${hidden} and the target; ${clock(seconds)} on ${adapter}\n${familiarity(result)}\n${lines.join("\n")}\n${columns}`;
}

/** What the baseline says. */
const middle = "the middle or the most frequent level of the training rows";

/** Whether the model has seen the rows before. */
function familiarity({ trained_on: share }: Evaluation): string {
  if (share === undefined) return "Whether the model was trained on these rows is not known; if it was, the scores are better than those of new rows.";
  if (share === 0) return "None of these rows is among those that the model was trained on.";
  const which = share === 1 ? "The model was trained on these rows" : `The model was trained on rows equal to ${share > 0.99 ? "nearly all" : `${Math.max(1, Math.round(100 * share))} %`} of these`;
  return `${which}: the scores are better than those of new rows. For new rows, give a table that was kept out of the training, or train and score with --splits and --fold.`;
}

/** Scores of each column beside the baseline. */
function columnLines(columns: readonly ColumnScores[]): string {
  const number = (value: number | undefined, text: (value: number) => string): string => (value === undefined ? "" : text(value));
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const of = (scored: readonly ColumnScores[], head: string[], cells: (one: ColumnScores) => string[]): string[] =>
    scored.length === 0 ? [] : [textTable(head, scored.map((one) => [`${one.column}${one.role === "target" ? " (target)" : ""}`, String(one.cells), ...cells(one)]))];
  const numbers = columns.filter(({ rmse }) => rmse !== undefined);
  const levels = columns.filter(({ rmse }) => rmse === undefined);
  return [
    ...of(numbers, ["numbers", "cells", "rmse", "baseline", "in deviations", "baseline"], ({ rmse, baseline_rmse, rmse_coded, baseline_rmse_coded }) => [number(rmse, short), number(baseline_rmse, short), number(rmse_coded, (value) => value.toFixed(3)), number(baseline_rmse_coded, (value) => value.toFixed(3))]),
    ...of(levels, ["levels", "cells", "wrong", "baseline"], ({ error_rate, baseline_error_rate }) => [number(error_rate, percent), number(baseline_error_rate, percent)]),
  ].join("\n");
}
