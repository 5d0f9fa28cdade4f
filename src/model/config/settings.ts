import { hmcGradients, inferences, numberOutputs, type ModelConfig, type Schedule } from "./config.ts";
import { above0, below1, between0And1, flag, list, oneOf, share, size, whole, type Settings } from "./setting.ts";

/** Blocks, networks and parts: more of them than any model has would take a device for ever. */
const most = 1000;

/** The settings of a model; the preset's name and the networks for pictures, which follow from their size, are none of them. */
export const configSettings: Settings<Omit<ModelConfig, "preset" | "image">> = {
  marginal: flag(),
  latents: list("a list of whole numbers from 1 on, layer 1 first", whole(1)),
  reparameterised: flag({ usual: true, earlier: true }),
  inference: oneOf(inferences),
  importanceSamples: whole(1, { usual: 5 }),
  hidden: size(1, { usual: 256 }),
  marginalHidden: size(1, { usual: 32 }),
  variance: above0({ usual: 0.1 }),
  outputs: oneOf(numberOutputs, { usual: "fixed", earlier: "fixed" }),
  generative: flag({ usual: true, earlier: true }),
  hmc: {
    transitions: size(1, { usual: 10 }),
    leapfrogSteps: size(1, { usual: 5 }),
    stepSize: list("two numbers above 0", above0(), 2, { usual: [0.02, 0.05] }),
    sksdChains: size(2, { usual: 30 }),
    inflationEvery: whole(1, { usual: 10 }),
    gradient: oneOf(hmcGradients, { usual: "frozen", earlier: "frozen" }),
    entropy: flag({ usual: false, earlier: false }),
    entropyChains: whole(2, { usual: 10, earlier: 10 }),
  },
  completion: {
    latent: size(1, { usual: 10 }),
    hidden: size(1, { usual: 256 }),
    blocks: size(0, { usual: 0 }, most),
    samples: size(1, { usual: 2 }),
    members: size(1, { optional: true }, most),
    hideTargets: flag({ optional: true }),
    lookUp: size(0, { optional: true }, 65_536),
    crossFolds: size(0, { optional: true }, 20),
    averaging: below1({ usual: 0.998 }),
    heldBack: between0And1({ usual: 0.1 }),
    lookEvery: whole(1, { usual: 250 }),
  },
  gaussians: { parts: size(0, {}, most) },
};

/** The settings of a training; those that are usual are of models with marginal VAEs, as the authors have them. */
export const scheduleSettings: Settings<Schedule> = {
  marginalSteps: whole(0, { usual: 1000 }),
  marginalRestarts: whole(1, { usual: 3, earlier: 1 }),
  viSteps: whole(0, { usual: 18_000 }),
  hmcSteps: whole(0, { usual: 2_000 }),
  completionSteps: whole(0, { usual: 12_000, earlier: 0 }),
  completionPatience: whole(1, { usual: 1_500, earlier: 1_500 }),
  batch: whole(1, { usual: 100 }),
  learningRate: above0({ usual: 1e-3 }),
  inflationLearningRate: above0({ usual: 1e-2 }),
  annealSteps: whole(0, { usual: 1000 }),
  minMissingRate: below1({ optional: true }),
  maxMissingRate: below1({ usual: 0.99 }),
  lightShare: share({ optional: true }),
  discreteKlWeight: above0({ usual: 0.2 }),
};
