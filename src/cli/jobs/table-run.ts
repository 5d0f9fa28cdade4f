import { basename, dirname, join } from "node:path";
import { codeTable, parseSplits, type RawTable, type Schema } from "../../data/index.ts";
import { baselines, isMethod, methodParts, methodTraining, scoreBaseline, settingsProblem, variantsProblems, type Baseline, type TableResult, type TableRunName, type TableSettings, type Variant } from "../../experiments/index.ts";
import type { JobPlaces } from "./confine.ts";
import { between, checked, fieldProblems, optional, path, text, whole, type Fields } from "./fields.ts";
import type { Job, JobContext } from "./job.ts";
import { readInput } from "../inputs/files.ts";
import { featureNames, loadSchema, loadTable, testRows, trainingRows } from "../inputs/tables.ts";
import { filesInFolder } from "../models/model-paths.ts";
import { trainedModel } from "../models/trained-model.ts";
import { shownValue } from "../../math/shown-value.ts";

/** One run of `experiment tables`, as plain JSON. */
export interface TableRunSettings extends TableRunName {
  /** Paths of the table and its splits. */
  data: string;
  splits: string;
  settings: TableSettings;
  scale: number;
  draws: number;
  /** Folder of the model and its checkpoints. */
  model: string;
  /** What the method is, where it is no preset. */
  variant?: Variant;
}

export type TableRunJob = Job<TableRunSettings> & { kind: "table-run" };

const fields: Fields<TableRunSettings> = {
  table: text, fold: whole(0, 1e9), method: text, seed: whole(0, Number.MAX_SAFE_INTEGER), data: path, splits: path,
  settings: checked("the settings of a table", (value) => settingsProblem("table", value)),
  scale: between(0, 1e6), draws: whole(1, 1e6), model: path,
  variant: optional(checked("a preset with other settings", (value) => variantsProblems({ own: value })[0])),
};

/** All that is wrong with the settings of a run, a sentence each. */
export function tableRunProblems(settings: unknown): string[] {
  const problems = fieldProblems(settings, fields, "settings");
  if (problems.length > 0) return problems;
  const { method, variant } = settings as TableRunSettings;
  const known = baselines.some((name) => name === method) || isMethod(method, variant && { [methodParts(method).name]: variant });
  return known ? [] : [`settings.method: expected a baseline, a preset or a part of one, got ${shownValue(method)}.`];
}

/** What a run reads and writes. */
export async function tableRunPlaces({ data, splits, model }: TableRunSettings): Promise<JobPlaces> {
  return { reads: [data, splits], writes: trainingPlaces(model) };
}

/** Where a model is trained: its folder and what is made in it. */
export function trainingPlaces(model: string): string[] {
  return [dirname(model), model, join(model, "checkpoint"), ...filesInFolder(model)];
}

/** Trains a method on the rows of the other folds and scores it on the fold's; a training that was interrupted goes on. */
export async function tableRun(run: TableRunSettings, context: JobContext): Promise<TableResult> {
  const { table: name, fold, method, seed, data, settings, draws } = run;
  const table = await loadTable(data, {});
  const inferred = (rows?: ArrayLike<number>): Promise<Schema> => loadSchema(table, data, settings.target, { type: givenTypes(settings), levelRule: "unordered" }, rows);
  const features = featureNames(await inferred());
  const splits = parseSplits(await readInput(run.splits), features, table.rows, basename(run.splits));
  const rows = trainingRows(splits, fold);
  const schema = await inferred(rows);
  const code = (of: readonly number[]): ReturnType<typeof codeTable> => codeTable(table as RawTable, schema, { rows: of, source: data });
  const tested = testRows(splits, fold);
  const test = code(tested);
  const shown = Float32Array.from(tested.flatMap((row) => Array.from(splits.observed.subarray(row * features.length, (row + 1) * features.length))));
  const clock = (): number => performance.now() / 1000;
  const started = clock();
  if (baselines.includes(method as Baseline)) {
    const scores = scoreBaseline(method as Baseline, schema, code(rows), test, shown);
    return { table: name, fold, method, seed, scores, trainSeconds: 0, evaluateSeconds: clock() - started, adapter: "" };
  }
  const gpu = await context.gpu();
  const { model, seconds } = await trainedModel(gpu, { dir: run.model, run: context.run }, {
    table: () => code(rows),
    schema,
    ...methodTraining(method, run.variant, settings, run.scale),
    seed,
    signal: context.signal,
    onProgress: ({ stage, step, steps }) => context.onProgress(`training, ${stage}`, step / steps),
  });
  const trained = clock();
  const { part, calibrated } = methodParts(method);
  const { columns = [], ...scores } = await model.evaluate(test, shown, { draws, seed, part, calibrated, signal: context.signal, onProgress: (done, all) => context.onProgress("evaluating", done / all) });
  const { crps: target_crps, coverage_50: target_coverage_50, coverage_90: target_coverage_90 } = columns.find(({ role }) => role === "target") ?? {};
  const ofTarget = target_crps === undefined ? {} : { target_crps, target_coverage_50, target_coverage_90 };
  return { table: name, fold, method, seed, scores: { ...scores, ...ofTarget }, trainSeconds: seconds ?? 0, evaluateSeconds: clock() - trained, adapter: gpu.name };
}

function givenTypes({ ignore = [], types = {} }: TableSettings): string[] {
  return [...ignore.map((name) => `${name}=ignore`), ...Object.entries(types).map(([name, type]) => `${name}=${type}`)];
}
