import { pictureSchedule } from "../image/presets.ts";
import type { ModelConfig, Schedule } from "./config.ts";
import { usualOf } from "./setting.ts";
import { scheduleSettings } from "./settings.ts";

/** The authors' schedule for tables. */
export const defaultSchedule: Schedule = usualOf(scheduleSettings);

/** Models without marginal VAEs settle in fewer steps. */
const shortSchedule = { viSteps: 4_000, hmcSteps: 50 } as const;

/**
 * The schedule that a configuration is meant for, of its steps a share, with what is given in its place: the one way to a schedule, so that a
 * preset is trained alike wherever it is asked for. What is undefined counts as not given.
 */
export function scheduleOf(config: ModelConfig, given: Partial<Schedule> = {}, share = 1): Schedule {
  const told = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...ownSchedule(config, share), ...told };
}

function ownSchedule(config: ModelConfig, share: number): Schedule {
  if (!config.image) return shareOf(config.marginal ? defaultSchedule : { ...defaultSchedule, ...shortSchedule }, share);
  const whole = { ...defaultSchedule, ...pictureSchedule(config.image) };
  // the KL is annealed over as many steps whatever the share
  const { viSteps, hmcSteps } = shareOf(whole, share);
  return { ...whole, ...allByBound(config, { viSteps, hmcSteps: Math.max(1, hmcSteps) }) };
}

/** A share of a schedule's steps: of every stage and of the annealing; at least one by the bound. The patience stays: how much the looks at the rows held back vary does not depend on it. */
export function shareOf(schedule: Schedule, share: number): Schedule {
  const part = (steps: number, least = 0): number => Math.max(least, Math.round(share * steps));
  const { marginalSteps, viSteps, hmcSteps, completionSteps, annealSteps } = schedule;
  return {
    ...schedule,
    marginalSteps: part(marginalSteps),
    viSteps: part(viSteps, 1),
    hmcSteps: part(hmcSteps),
    completionSteps: part(completionSteps),
    annealSteps: part(annealSteps),
  };
}

/** The steps of the stages of the latents, where models are compared that take as many in all: one without HMC trains by its bound all the while. */
export function allByBound({ inference }: Pick<ModelConfig, "inference">, { viSteps, hmcSteps }: Pick<Schedule, "viSteps" | "hmcSteps">): Pick<Schedule, "viSteps" | "hmcSteps"> {
  return inference === "hmc" ? { viSteps, hmcSteps } : { viSteps: viSteps + hmcSteps, hmcSteps: 0 };
}
