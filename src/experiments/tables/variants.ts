import { combinationProblem, configSettings, defaultCompletion, presets, scheduleSettings, settingProblems, withSettings, type ModelConfig, type PartOf, type Schedule } from "../../model/index.ts";
import { baselines } from "./baselines.ts";
import { shownValue } from "../../math/shown-value.ts";

/** A method of one's own: a preset with some settings changed. Changes win over what a table's settings say. */
export interface Variant {
  readonly preset: string;
  readonly config?: PartOf<Omit<ModelConfig, "preset">>;
  readonly schedule?: Partial<Schedule>;
}

export type Variants = Readonly<Record<string, Variant>>;

/** All that is wrong with variants from a file, a sentence each. */
export function variantsProblems(given: unknown): string[] {
  if (!isObject(given)) return [`expected an object with a method per name, got ${shownValue(given)}.`];
  return Object.entries(given).flatMap(([name, variant]) => (isObject(variant) ? problemsOf(name, variant) : [`"${name}": expected an object with preset, config and schedule, got ${shownValue(variant)}.`]));
}

function problemsOf(name: string, variant: object): string[] {
  const problems: string[] = [];
  const fail = (message: string): unknown => problems.push(`"${name}"${message}`);
  // names stand in file names, and "/" asks for a part
  if (!/^[\w.-]+$/.test(name)) fail(": expected a name of letters, digits, -, _ and . alone.");
  else if (presets[name] || baselines.some((baseline) => baseline === name)) fail(" is the name of a preset or a baseline; choose another.");
  const { preset, config = {}, schedule = {}, ...others } = variant as Partial<Record<keyof Variant, unknown>>;
  const known = typeof preset === "string" && Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (!known) fail(`: expected preset to be one of ${Object.keys(presets).join(", ")}, got ${shownValue(preset)}.`);
  for (const key of Object.keys(others)) fail(`: expected preset, config and schedule, got "${key}" too.`);
  const settings = [...settingProblems(config, configSettings, `"${name}", config`), ...settingProblems(schedule, scheduleSettings, `"${name}", schedule`)];
  problems.push(...settings);
  if (!known || settings.length > 0) return problems;
  const problem = combinationProblem(variantConfig(known, variant as Variant));
  if (problem !== undefined) fail(`: ${problem}`);
  const { minMissingRate = 0, maxMissingRate } = { maxMissingRate: 1, ...(schedule as Partial<Schedule>) };
  if (minMissingRate > maxMissingRate) fail(`, schedule: minMissingRate ${minMissingRate} is above maxMissingRate ${maxMissingRate}.`);
  return problems;
}

/** A preset's configuration with a variant's changes; a completion network that it did not have is the usual one, changed. */
export function variantConfig(preset: ModelConfig, { config = {} }: Pick<Variant, "config">): ModelConfig {
  return withSettings<ModelConfig>(config.completion ? { ...preset, completion: preset.completion ?? defaultCompletion } : preset, config);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
