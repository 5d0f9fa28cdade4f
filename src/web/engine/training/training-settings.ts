import { usualShare } from "../../../model/check/exam.ts";
import type { ModelConfig, Schedule } from "../../../model/config/config.ts";
import { presets } from "../../../model/config/presets.ts";
import { scheduleOf } from "../../../model/config/schedule.ts";
import { usualTime } from "../../../model/config/training-time.ts";
import { settingProblems } from "../../../model/config/setting.ts";
import { scheduleSettings } from "../../../model/config/settings.ts";

/** What the page lets a user choose about a training; those that an earlier visit kept may lack the annealing. */
export interface TrainingSettings extends Pick<Schedule, "marginalSteps" | "viSteps" | "hmcSteps" | "completionSteps" | "batch">, Partial<Pick<Schedule, "annealSteps">> {
  preset: string;
  seed: number;
  /** Seconds that the training may take, compilation included. Absent: all of its steps. */
  time?: number;
  /** Share of the rows that is not trained on, for a check of the model; absent in what earlier visits kept, and 0: none. */
  heldBack?: number;
}

/** The settings of a preset with its own schedule. Throws RangeError for a preset that there is not. */
export function settingsFor(preset: string, { batch, seed }: { batch?: number; seed: number }): Omit<TrainingSettings, "time"> {
  const own = scheduleOf(presetNamed(preset), { batch });
  const { marginalSteps, viSteps, hmcSteps, completionSteps, annealSteps } = own;
  return { preset, marginalSteps, viSteps, hmcSteps, completionSteps, annealSteps, batch: own.batch, seed };
}

/** Whether the steps are those of the preset's own schedule; else a person has changed them. */
export function hasOwnSchedule(settings: TrainingSettings): boolean {
  const { batch, ...steps } = settingsFor(settings.preset, settings);
  return Object.entries(steps).every(([step, value]) => settings[step as keyof typeof steps] === value);
}

/** What was chosen, and else what the command line takes on the adapter; `time: undefined` chooses all steps. */
export function settingsOn(adapter: { software: boolean } | undefined, chosen: Partial<TrainingSettings>): TrainingSettings {
  return { ...defaultSettings, time: adapter && usualTime(adapter), ...chosen };
}

/** What the command line trains unless told otherwise; how long is up to the adapter. */
const defaultSettings = { ...settingsFor("best", { seed: 0 }), heldBack: usualShare };

/** The model's configuration and schedule. Throws RangeError for settings that make no sense. */
export function configured({ preset, seed, time, heldBack, ...given }: TrainingSettings): { config: ModelConfig; schedule: Schedule } {
  const config = presetNamed(preset);
  const [problem] = settingProblems(given, scheduleSettings, "training");
  if (problem !== undefined) throw new RangeError(problem);
  if (!Number.isInteger(seed) || seed < 0) throw new RangeError(`expected seed to be a whole number from 0 on, got ${seed}.`);
  if (time !== undefined && !(time > 0 && Number.isFinite(time))) throw new RangeError(`expected time to be seconds above 0, got ${time}.`);
  if (heldBack !== undefined && !(heldBack >= 0 && heldBack < 1)) throw new RangeError(`expected heldBack to be a share from 0 to below 1, got ${heldBack}.`);
  return { config, schedule: scheduleOf(config, given) };
}

function presetNamed(preset: string): ModelConfig {
  if (!Object.hasOwn(presets, preset)) throw new RangeError(`there is no preset "${preset}"; there are ${Object.keys(presets).join(", ")}.`);
  return presets[preset];
}
