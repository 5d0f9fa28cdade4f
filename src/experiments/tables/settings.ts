import type { ColumnType } from "../../data/index.ts";
import { defaultSchedule, presetSchedule, type ModelConfig, type Schedule } from "../../model/index.ts";
import paper from "./settings.json" with { type: "json" };

/** What an experiment needs to know of a table; the paper's are in settings.json. */
export interface TableSettings {
  target: readonly string[];
  ignore?: readonly string[];
  /** Types of columns whose values say too little. */
  types?: Readonly<Record<string, ColumnType>>;
  /** Latents of the hierarchy, layer 1 first; flat presets have the first layer alone. */
  latents: readonly number[];
  /** T, the transitions of a chain. */
  transitions: number;
  viSteps: number;
  hmcSteps: number;
  annealSteps: number;
  batch: number;
}

/** The settings of the ten tables of the paper, by name. */
export const paperSettings = paper as unknown as Readonly<Record<string, TableSettings>>;

/** What is wrong with settings from a file, in a sentence; undefined: nothing. */
export function settingsProblem(name: string, value: unknown): string | undefined {
  const settings = (typeof value === "object" && value !== null ? value : {}) as Partial<Record<keyof TableSettings, unknown>>;
  const fail = (key: string, expected: string): string => `"${name}": expected ${key} to be ${expected}, got ${JSON.stringify(settings[key as keyof TableSettings]) ?? "nothing"}.`;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === "string");
  if (!texts(settings.target) || (settings.target as string[]).length === 0) return fail("target", "a list of column names");
  if (settings.ignore !== undefined && !texts(settings.ignore)) return fail("ignore", "a list of column names");
  const whole = (number: unknown, least: number): boolean => Number.isInteger(number) && (number as number) >= least;
  if (!Array.isArray(settings.latents) || settings.latents.length === 0 || !settings.latents.every((size) => whole(size, 1))) return fail("latents", "a list of whole numbers from 1 on, layer 1 first");
  for (const [key, least] of [["transitions", 1], ["viSteps", 1], ["hmcSteps", 0], ["annealSteps", 0], ["batch", 1]] as const) {
    if (!whole(settings[key], least)) return fail(key, `a whole number from ${least} on`);
  }
  return undefined;
}

/** A preset with the table's latents and transitions. */
export function tableConfig(preset: ModelConfig, settings: TableSettings): ModelConfig {
  const latents = preset.latents.length === 1 ? settings.latents.slice(0, 1) : settings.latents;
  return { ...preset, latents, hmc: { ...preset.hmc, transitions: settings.transitions } };
}

/**
 * The table's schedule, its steps times `scale`; a preset without HMC trains by its bound all the while. Marginal VAEs are trained in full.
 * Presets beyond the paper have a schedule of their own, whatever the scale.
 */
export function tableSchedule(config: ModelConfig, settings: TableSettings, scale: number): Schedule {
  if (config.outputs !== "fixed") return presetSchedule(config);
  const part = (steps: number): number => Math.round(scale * steps);
  const [viSteps, hmcSteps] = [Math.max(1, part(settings.viSteps)), part(settings.hmcSteps)];
  const hmc = config.inference === "hmc";
  return { ...defaultSchedule, viSteps: hmc ? viSteps : viSteps + hmcSteps, hmcSteps: hmc ? hmcSteps : 0, annealSteps: part(settings.annealSteps), batch: settings.batch };
}
