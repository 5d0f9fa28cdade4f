import { hmcGradients, inferences, numberOutputs, type ModelConfig, type Schedule } from "./config.ts";

/** What a setting may be: a sentence's end for people, and the test. */
export interface Setting {
  readonly expected: string;
  fits(value: unknown): boolean;
}

/** A setting for every leaf of a configuration. */
export type Settings<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> extends string | number | boolean | readonly unknown[] ? Setting : Settings<NonNullable<T[K]>> };

/** A configuration of which any part may be left out. */
export type PartOf<T> = { readonly [K in keyof T]?: NonNullable<T[K]> extends string | number | boolean | readonly unknown[] ? T[K] : PartOf<NonNullable<T[K]>> };

const whole = (least: number): Setting => ({ expected: `a whole number from ${least} on`, fits: (value) => Number.isInteger(value) && (value as number) >= least });
const above0: Setting = { expected: "a number above 0", fits: (value) => Number.isFinite(value) && (value as number) > 0 };
const below1: Setting = { expected: "a number from 0 to below 1", fits: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) < 1 };
const flag: Setting = { expected: "true or false", fits: (value) => typeof value === "boolean" };
const oneOf = (names: readonly string[]): Setting => ({ expected: `one of ${names.map((name) => `"${name}"`).join(", ")}`, fits: (value) => names.some((name) => name === value) });
const list = (expected: string, of: Setting, length?: number): Setting => ({
  expected,
  fits: (value) => Array.isArray(value) && (length === undefined ? value.length > 0 : value.length === length) && value.every((item) => of.fits(item)),
});

/** The settings of a model that may be given; the preset's name and the networks for pictures, which follow from their size, are none of them. */
export const configSettings: Settings<Omit<ModelConfig, "preset" | "image">> = {
  marginal: flag,
  latents: list("a list of whole numbers from 1 on, layer 1 first", whole(1)),
  reparameterised: flag,
  inference: oneOf(inferences),
  importanceSamples: whole(1),
  hidden: whole(1),
  marginalHidden: whole(1),
  variance: above0,
  outputs: oneOf(numberOutputs),
  hmc: {
    transitions: whole(1),
    leapfrogSteps: whole(1),
    stepSize: list("two numbers above 0", above0, 2),
    sksdChains: whole(2),
    inflationEvery: whole(1),
    gradient: oneOf(hmcGradients),
    entropy: flag,
    entropyChains: whole(2),
  },
  generative: flag,
  completion: { latent: whole(1), hidden: whole(1), blocks: whole(0), samples: whole(1), members: whole(1), hideTargets: flag, averaging: below1, heldBack: { ...below1, fits: (value) => below1.fits(value) && value !== 0, expected: "a number between 0 and 1" }, lookEvery: whole(1) },
  gaussians: { parts: whole(0) },
};

export const scheduleSettings: Settings<Schedule> = {
  marginalSteps: whole(1),
  marginalRestarts: whole(1),
  viSteps: whole(1),
  hmcSteps: whole(0),
  completionSteps: whole(0),
  completionPatience: whole(1),
  batch: whole(1),
  learningRate: above0,
  inflationLearningRate: above0,
  annealSteps: whole(0),
  minMissingRate: below1,
  maxMissingRate: below1,
  lightShare: { expected: "a number from 0 to 1", fits: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1 },
  discreteKlWeight: above0,
};

/** All that is wrong with settings that somebody wrote, a sentence each; `place` says where they stand. */
export function settingProblems<T>(given: unknown, settings: Settings<T>, place: string): string[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [`${place}: expected an object of settings, got ${JSON.stringify(given)}.`];
  const known = settings as Readonly<Record<string, Setting | Settings<unknown>>>;
  return Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
    if (!Object.hasOwn(known, name)) return [`${place}: there is no setting "${name}"; there are ${Object.keys(known).join(", ")}.`];
    const setting = known[name];
    if (!isSetting(setting)) return settingProblems(value, setting, `${place}.${name}`);
    return setting.fits(value) ? [] : [`${place}.${name}: expected ${setting.expected}, got ${JSON.stringify(value)}.`];
  });
}

function isSetting(setting: Setting | Settings<unknown>): setting is Setting {
  return typeof (setting as Setting).fits === "function";
}

/** Settings with some of them replaced, at any depth. */
export function withSettings<T>(settings: T, given: PartOf<T> = {}): T {
  const inner = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
  const replaced = Object.entries(given).map(([name, value]) => [name, inner(value) ? withSettings((settings as Record<string, unknown>)[name], value) : value]);
  return { ...settings, ...Object.fromEntries(replaced) } as T;
}
