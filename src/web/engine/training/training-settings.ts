import type { ModelConfig, Schedule } from "../../../model/config/config.ts";
import { presets } from "../../../model/config/presets.ts";
import { scheduleOf } from "../../../model/config/schedule.ts";
import { settingProblems } from "../../../model/config/setting.ts";
import { scheduleSettings } from "../../../model/config/settings.ts";

/** What the page lets a user choose about a training; those that an earlier visit kept may lack the annealing. */
export interface TrainingSettings extends Pick<Schedule, "marginalSteps" | "viSteps" | "hmcSteps" | "completionSteps" | "batch">, Partial<Pick<Schedule, "annealSteps">> {
  preset: string;
  seed: number;
}

/** How much of its own schedule a preset is trained for, by name. */
export const schedules = { "first look": 0.025, standard: 0.25, full: 1 } as const;

/** The settings of a preset that is trained for a share of its own schedule. Throws RangeError for a preset that there is not. */
export function settingsFor(preset: string, share: number, { batch, seed }: { batch?: number; seed: number }): TrainingSettings {
  const own = scheduleOf(presetNamed(preset), { batch }, share);
  const { marginalSteps, viSteps, hmcSteps, completionSteps, annealSteps } = own;
  return { preset, marginalSteps, viSteps, hmcSteps, completionSteps, annealSteps, batch: own.batch, seed };
}

/** The share whose schedule the settings are, by name; undefined: a person has changed it. */
export function shareName(settings: TrainingSettings): keyof typeof schedules | undefined {
  const names = Object.keys(schedules) as (keyof typeof schedules)[];
  return names.find((name) => {
    const { batch, ...steps } = settingsFor(settings.preset, schedules[name], settings);
    return Object.entries(steps).every(([step, value]) => settings[step as keyof typeof steps] === value);
  });
}

/** What the command line trains unless told otherwise, for a first look. */
export const defaultSettings: TrainingSettings = settingsFor("best", schedules["first look"], { seed: 0 });

/** The model's configuration and schedule. Throws RangeError for settings that make no sense. */
export function configured({ preset, seed, ...given }: TrainingSettings): { config: ModelConfig; schedule: Schedule } {
  const config = presetNamed(preset);
  const [problem] = settingProblems(given, scheduleSettings, "training");
  if (problem !== undefined) throw new RangeError(problem);
  if (!Number.isInteger(seed) || seed < 0) throw new RangeError(`expected seed to be a whole number from 0 on, got ${seed}.`);
  return { config, schedule: scheduleOf(config, given) };
}

function presetNamed(preset: string): ModelConfig {
  if (!Object.hasOwn(presets, preset)) throw new RangeError(`there is no preset "${preset}"; there are ${Object.keys(presets).join(", ")}.`);
  return presets[preset];
}
