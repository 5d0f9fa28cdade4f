import type { ColumnType } from "../../data/index.ts";
import { allByBound, configSettings, scheduleOf, scheduleSettings, shareOf, type ModelConfig, type Schedule, type Setting } from "../../model/index.ts";
import paper from "./settings.json" with { type: "json" };
import { shownValue } from "../../math/shown-value.ts";

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
  const fail = (key: string, expected: string): string => `"${name}": expected ${key} to be ${expected}, got ${shownValue(settings[key as keyof TableSettings])}.`;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === "string");
  if (!texts(settings.target) || (settings.target as string[]).length === 0) return fail("target", "a list of column names");
  if (settings.ignore !== undefined && !texts(settings.ignore)) return fail("ignore", "a list of column names");
  const { viSteps, hmcSteps, annealSteps, batch } = scheduleSettings;
  const numbers: [string, Setting][] = Object.entries({ latents: configSettings.latents, transitions: configSettings.hmc.transitions, viSteps, hmcSteps, annealSteps, batch });
  const wrong = numbers.find(([key, setting]) => !setting.fits(settings[key as keyof TableSettings]));
  return wrong && fail(wrong[0], wrong[1].expected);
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
  if (config.outputs !== "fixed") return scheduleOf(config);
  const { viSteps, hmcSteps, annealSteps, batch } = settings;
  const part = shareOf(scheduleOf(config, { viSteps, hmcSteps, annealSteps }), scale);
  return scheduleOf(config, { ...allByBound(config, part), annealSteps: part.annealSteps, batch });
}
