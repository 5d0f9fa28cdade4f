import { modelParts, presets, withSettings, type ModelConfig, type ModelPart, type Schedule } from "../../model/index.ts";
import { tableConfig, tableSchedule, type TableSettings } from "./settings.ts";
import { variantConfig, type Variant, type Variants } from "./variants.ts";

/** What a method is called whose answers are not mapped by what rows held back showed. */
const uncalibrated = "uncalibrated";

/** "best" or a variant as it is, "best/proper" as one part of it, "best/uncalibrated" without its maps. */
export function methodParts(method: string): { name: string; part?: ModelPart; calibrated?: boolean } {
  const [name, part] = method.split("/");
  if (part === uncalibrated) return { name, calibrated: false };
  return { name, ...(part !== undefined && { part: part as ModelPart }) };
}

/** Whether a method is a preset or a variant, or a part that one has. */
export function isMethod(method: string, variants: Variants = {}): boolean {
  const { name, part, calibrated } = methodParts(method);
  const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
  const base = variant?.preset ?? name;
  if (!Object.hasOwn(presets, base)) return false;
  const preset = presets[base];
  const { generative, completion, gaussians } = variant ? variantConfig(preset, variant) : preset;
  if (calibrated === false) return completion !== undefined;
  if (part === "gaussians") return (gaussians?.parts ?? 0) > 0;
  return part === undefined || (modelParts.includes(part) && generative && completion !== undefined);
}

/** What a method trains on a table: the preset fitted to it, then the variant's changes. */
export function methodTraining(method: string, variant: Variant | undefined, settings: TableSettings, scale: number): { config: ModelConfig; schedule: Schedule } {
  const preset = tableConfig(presets[variant?.preset ?? methodParts(method).name], settings);
  if (!variant) return { config: preset, schedule: tableSchedule(preset, settings, scale) };
  const config = variantConfig(preset, variant);
  // what a change of inference leaves without HMC trains by its bound all the while
  const schedule = tableSchedule({ ...preset, inference: config.inference }, settings, scale);
  return { config, schedule: withSettings(schedule, variant.schedule) };
}
