import type { Schedule } from "../model/index.ts";

/** What an experiment was made of; stands in experiment.json. */
export interface SaiaSettings {
  /** The table's name, for titles. */
  name: string;
  /** What is acquired: the features, or the pixels of a picture with all their channels. */
  features: string[];
  /** What one of them is called; absent: a value. */
  unit?: "pixel";
  /** How many are acquired at a time; absent: 1. */
  atOnce?: number;
  /** How often; absent: until all are. */
  steps?: number;
  targets: string[];
  /** "RMSE" or "error rate". */
  errorName: string;
  draws: number;
  seed: number;
  randomOrders: number;
  /** The steps that were asked for of every model; the others are each model's own. */
  schedule: Partial<Pick<Schedule, "marginalSteps" | "viSteps" | "hmcSteps" | "batch">>;
}

/** Values that are known at each point of an experiment's curves: 0, ..., all that are acquired. */
export function valuesKnown({ features, atOnce = 1, steps = Math.ceil(features.length / atOnce) }: Pick<SaiaSettings, "features" | "atOnce" | "steps">): number[] {
  return Array.from({ length: steps + 1 }, (_, step) => Math.min(step * atOnce, features.length));
}
