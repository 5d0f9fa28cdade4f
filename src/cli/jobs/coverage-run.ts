import {
  bootstrapEnding, completeByTruth, drawDataSet, imputeDataSet, pooledSlopes, references, slopesWithout, variantConfig, variantsProblems,
  type CoverageResult, type CoverageRunName, type CoverageSettings, type DataSet, type Slopes, type Variant,
} from "../../experiments/index.ts";
import { presets, scheduleOf, withSettings } from "../../model/index.ts";
import type { JobPlaces } from "./confine.ts";
import { between, checked, fieldProblems, optional, text, whole, type Fields } from "./fields.ts";
import type { Job, JobContext } from "./job.ts";
import { shownValue } from "../../math/shown-value.ts";

/** One run of `experiment coverage`, as plain JSON. */
export interface CoverageRunSettings extends CoverageRunName, Omit<CoverageSettings, "variants"> {
  /** What the method is, where it is no preset. */
  variant?: Variant;
}

export type CoverageRunJob = Job<CoverageRunSettings> & { kind: "coverage-run" };

const fields: Fields<CoverageRunSettings> = {
  set: whole(0, 1e6), method: text, rows: whole(20, 1e7), rate: between(0, 1), completions: whole(2, 1e4), level: between(0, 1), scale: between(0, 1e6),
  variant: optional(checked("a preset with other settings", (value) => variantsProblems({ own: value })[0])),
};

/** All that is wrong with the settings of a run, a sentence each. */
export function coverageRunProblems(settings: unknown): string[] {
  const problems = fieldProblems(settings, fields, "settings");
  if (problems.length > 0) return problems;
  const { method, variant } = settings as CoverageRunSettings;
  const known = variant !== undefined || references.some((name) => name === method) || Object.hasOwn(presets, presetOf(method));
  return known ? [] : [`settings.method: expected ${references.join(", ")} or a preset, got ${shownValue(method)}.`];
}

/** It reads and writes no files. */
export async function coverageRunPlaces(): Promise<JobPlaces> {
  return { reads: [], writes: [] };
}

function presetOf(method: string): string {
  return method.endsWith(bootstrapEnding) ? method.slice(0, -bootstrapEnding.length) : method;
}

/** Draws a data set and analyses it by a method. */
export async function coverageRun(run: CoverageRunSettings, context: JobContext): Promise<CoverageResult> {
  const { set, method } = run;
  const data = drawDataSet(set, run);
  const started = performance.now();
  const found = references.some((name) => name === method) ? { slopes: byReference(data, run), adapter: "" } : await imputed(data, run, context);
  const share = (known: Uint8Array): number => known.reduce((holes, one) => holes + 1 - one, 0) / data.rows;
  return { set, method, ...found, missing: { x: share(data.knownX), group: share(data.knownGroup) }, seconds: (performance.now() - started) / 1000 };
}

function byReference(data: DataSet, { set, method, completions, level }: CoverageRunSettings): Slopes {
  if (method === "true model") return pooledSlopes(data, completeByTruth(data, completions, set), level);
  return slopesWithout(data, method === "complete rows", level);
}

async function imputed(data: DataSet, { set, method, completions, level, scale, variant }: CoverageRunSettings, context: JobContext): Promise<Pick<CoverageResult, "slopes" | "shares" | "adapter">> {
  const bootstrap = method.endsWith(bootstrapEnding);
  const preset = presets[variant?.preset ?? presetOf(method)];
  const config = variant ? variantConfig(preset, variant) : preset;
  const schedule = withSettings(scheduleOf(config, {}, scale), variant?.schedule ?? {});
  const gpu = await context.gpu();
  const { completed, shares } = await imputeDataSet(gpu, data, { config, schedule, completions, seed: set, bootstrap, signal: context.signal, onProgress: (part) => context.onProgress("training", part) });
  return { slopes: pooledSlopes(data, completed, level), shares, adapter: gpu.name };
}
