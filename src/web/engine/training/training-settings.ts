import { defaultSchedule, presets, type ModelConfig, type Schedule } from "../../../model/config/config.ts";

/** What the page lets a user choose about a training. */
export interface TrainingSettings {
  preset: string;
  marginalSteps: number;
  viSteps: number;
  hmcSteps: number;
  completionSteps: number;
  batch: number;
  seed: number;
}

/** Schedules by name, from a first look to the paper's. */
export const schedules = {
  "first look": { marginalSteps: 300, viSteps: 1000, hmcSteps: 20, completionSteps: 500 },
  standard: { marginalSteps: 1000, viSteps: 6000, hmcSteps: 300, completionSteps: 3000 },
  "the paper's": { marginalSteps: defaultSchedule.marginalSteps, viSteps: defaultSchedule.viSteps, hmcSteps: defaultSchedule.hmcSteps, completionSteps: defaultSchedule.completionSteps },
} as const;

export const defaultSettings: TrainingSettings = { preset: "HHVAEM", ...schedules["first look"], batch: defaultSchedule.batch, seed: 0 };

/** The model's configuration and schedule. Throws RangeError for settings that make no sense. */
export function configured(settings: TrainingSettings): { config: ModelConfig; schedule: Schedule } {
  const { preset, seed, ...schedule } = settings;
  const config = presets[preset];
  if (!config) throw new RangeError(`there is no preset "${preset}"; there are ${Object.keys(presets).join(", ")}.`);
  for (const [name, value] of Object.entries({ ...schedule, seed })) {
    const least = name === "batch" ? 1 : 0;
    if (!Number.isInteger(value) || value < least) throw new RangeError(`expected ${name} to be a whole number of at least ${least}, got ${value}.`);
  }
  return { config, schedule: { ...defaultSchedule, ...schedule } };
}
