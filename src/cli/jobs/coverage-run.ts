import {
  bootstrapEnding, completeByTruth, drawDataSet, imputeDataSet, pooledSlopes, references, slopesWithout, variantConfig,
  type CoverageResult, type CoverageRunName, type CoverageSettings, type DataSet, type Slopes, type Variant,
} from "../../experiments/index.ts";
import { presets, scheduleOf, withSettings } from "../../model/index.ts";
import type { Job, JobContext } from "./job.ts";

/** One run of `experiment coverage`, as plain JSON. */
export interface CoverageRunSettings extends CoverageRunName, Omit<CoverageSettings, "variants"> {
  /** What the method is, where it is no preset. */
  variant?: Variant;
}

export type CoverageRunJob = Job<CoverageRunSettings> & { kind: "coverage-run" };

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
  const preset = presets[variant?.preset ?? (bootstrap ? method.slice(0, -bootstrapEnding.length) : method)];
  const config = variant ? variantConfig(preset, variant) : preset;
  const schedule = withSettings(scheduleOf(config, {}, scale), variant?.schedule ?? {});
  const gpu = await context.gpu();
  const { completed, shares } = await imputeDataSet(gpu, data, { config, schedule, completions, seed: set, bootstrap, signal: context.signal, onProgress: (part) => context.onProgress("training", part) });
  return { slopes: pooledSlopes(data, completed, level), shares, adapter: gpu.name };
}
