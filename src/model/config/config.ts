import type { Estimator } from "../answers/conditional.ts";
import type { ImageConfig } from "../image/architecture.ts";

/** How a model infers its latents. */
export const inferences = ["elbo", "importance-weighted", "hmc"] as const;
export type Inference = (typeof inferences)[number];

/** What is trained: the family of the paper as one configuration. Constants: Peis et al. 2022 and their code. */
export interface ModelConfig {
  preset: string;
  /** Marginal VAEs in front (one code z_d per feature); without them a homogeneous likelihood acts on x. */
  marginal: boolean;
  /** Latent sizes, layer 1 (next to the data) first. */
  latents: readonly number[];
  /** Latents eps with a standard normal prior (true), or the hierarchy's h_l themselves, whose posterior HMC explores badly. */
  reparameterised: boolean;
  inference: Inference;
  /** Samples of the importance-weighted bound. */
  importanceSamples: number;
  /** Hidden units of every MLP. */
  hidden: number;
  marginalHidden: number;
  /** The fixed variance of every Gaussian likelihood. */
  variance: number;
  /** Likelihoods of numbers: Gaussian with that variance (the authors') or one learned for every entry, or quantile bins; the latter two only without marginal VAEs. */
  outputs: NumberOutput;
  hmc: HmcConfig;
  /** Whether there is a latent variable model; without it the completion network answers alone. */
  generative: boolean;
  /** A network that predicts hidden entries from those seen, beside the latent variable model or in its place. */
  completion?: CompletionConfig;
  /** A mixture of Gaussians over numbers, with levels, beside the others: what is linear it learns from few rows, and says in closed form. */
  gaussians?: GaussiansConfig;
  /** Convolutional networks: the features are the pixels of an image. */
  image?: ImageConfig;
}

export const numberOutputs = ["fixed", "learned", "binned"] as const;
export type NumberOutput = (typeof numberOutputs)[number];

/** The completion network: z ~ q(z | x_O), p(x_d | z, x_O) for every hidden d. (A conditional neural process on a row's entries.) */
export interface CompletionConfig {
  /** Entries of z, through which the hidden entries depend on each other. */
  latent: number;
  hidden: number;
  /** Residual blocks between the decoder's first layer and its outputs. */
  blocks: number;
  /** Draws of z per row in the objective. */
  samples: number;
  /** Decay of the running average of the weights, which is what answers. */
  averaging: number;
  /** Networks that answer together, each with its share of the draws. The first finds out when to stop; the others begin elsewhere and learn from all rows, for as many steps as were best. Absent: 1. */
  members?: number;
  /** Whether targets are always hidden in training, as they are wherever the network is asked; absent: at the features' rate. */
  hideTargets?: boolean;
  /** Part of the training rows that is held back, to choose when to stop, the temperature and the weight beside the latent variable model. */
  heldBack: number;
  /** Steps between two looks at the held-back rows. */
  lookEvery: number;
}

/** The mixture of Gaussians; how many parts it has, and whether they share a covariance, is chosen by cross-validation. */
export interface GaussiansConfig {
  /** Parts at most; 0: there is no such mixture. */
  parts: number;
}

export const hmcGradients = ["frozen", "exact"] as const;
export type HmcGradient = (typeof hmcGradients)[number];

export interface HmcConfig {
  transitions: number;
  leapfrogSteps: number;
  /** Initial step sizes are uniform in this range. */
  stepSize: readonly [number, number];
  /** Chains per row for the SKSD that tunes the inflation. */
  sksdChains: number;
  /** Steps between updates of the inflation. */
  inflationEvery: number;
  /** Gradients of the HMC objective: those inside the leapfrog constant ("frozen", the authors'), or through them. */
  gradient: HmcGradient;
  /** Whether the entropy of q^(T) is part of the objective, as in the paper; the authors' code drops it. */
  entropy: boolean;
  /** Chains per row from which the entropy is estimated. */
  entropyChains: number;
}

export interface Schedule {
  marginalSteps: number;
  /** How often the marginal VAEs are trained anew; of each feature the best is kept. One in four trainings leaves some feature in a poor optimum. */
  marginalRestarts: number;
  viSteps: number;
  hmcSteps: number;
  /** Steps of the completion network at most, and steps without gain on the held-back rows after which it stops. */
  completionSteps: number;
  completionPatience: number;
  batch: number;
  learningRate: number;
  inflationLearningRate: number;
  /** Steps over which the KL is annealed and balanced. */
  annealSteps: number;
  /** Least and largest extra missing rate of the training masks; least: 0 if absent. */
  minMissingRate?: number;
  maxMissingRate: number;
  /** Part of a batch's rows that lose about as much as the table's own rows lack: at a rate from 0 to twice the table's, or `leastLightRate`. Absent: 0, as the authors have it: it helps on some tables and costs on others. */
  lightShare?: number;
  /** The KL weight of discrete features' marginal VAEs. */
  discreteKlWeight: number;
}

export const defaultSchedule: Schedule = {
  marginalSteps: 1000,
  marginalRestarts: 3,
  viSteps: 18_000,
  hmcSteps: 2_000,
  completionSteps: 12_000,
  completionPatience: 1_500,
  batch: 100,
  learningRate: 1e-3,
  inflationLearningRate: 1e-2,
  annealSteps: 1000,
  maxMissingRate: 0.99,
  discreteKlWeight: 0.2,
};

/** Whether a model's columns need bins and knots, which the training rows give. */
export function needsQuantiles({ completion, outputs }: ModelConfig): boolean {
  return completion !== undefined || outputs === "binned";
}

/**
 * How draws of features and targets belong together, and by what the information of a value is estimated. Models with fixed variances are the authors': their targets are drawn from what the
 * decoder expects of hidden features, so that little of what one value says about another is left, and five bins count them.
 */
export function estimatorOf({ outputs, image }: ModelConfig): Estimator {
  return outputs === "fixed" || image ? "paper" : "told";
}

/** What a model file from before a setting existed was trained with. */
export const earlierSettings = { reparameterised: true, outputs: "fixed", generative: true } as const;
export const earlierHmcSettings = { gradient: "frozen", entropy: false, entropyChains: 10 } as const;

const common = {
  reparameterised: true,
  importanceSamples: 5,
  hidden: 256,
  marginalHidden: 32,
  variance: 0.1,
  outputs: "fixed",
  generative: true,
  hmc: { transitions: 10, leapfrogSteps: 5, stepSize: [0.02, 0.05], sksdChains: 30, inflationEvery: 10, ...earlierHmcSettings },
} as const;

const [flat, deep] = [[10], [10, 5]] as const;

/** The completion network of the presets that have one. */
export const defaultCompletion: CompletionConfig = { latent: 10, hidden: 256, blocks: 0, samples: 2, averaging: 0.998, heldBack: 0.1, lookEvery: 250 };

/** The hierarchical model with HMC on the features themselves, all variances learned. */
const proper = { marginal: false, latents: deep, inference: "hmc", ...common, outputs: "learned" } as const;

/** The named systems: the paper's family, and what goes beyond it. */
export const presets: Readonly<Record<string, ModelConfig>> = {
  VAE: { preset: "VAE", marginal: false, latents: flat, inference: "elbo", ...common },
  MIWAE: { preset: "MIWAE", marginal: false, latents: flat, inference: "importance-weighted", ...common },
  HVAE: { preset: "HVAE", marginal: false, latents: deep, inference: "elbo", ...common },
  "HVAE-noreparam": { preset: "HVAE-noreparam", marginal: false, latents: deep, inference: "elbo", ...common, reparameterised: false },
  HMCVAE: { preset: "HMCVAE", marginal: false, latents: flat, inference: "hmc", ...common },
  HHVAE: { preset: "HHVAE", marginal: false, latents: deep, inference: "hmc", ...common },
  "HHVAE-noreparam": { preset: "HHVAE-noreparam", marginal: false, latents: deep, inference: "hmc", ...common, reparameterised: false },
  MIWAEM: { preset: "MIWAEM", marginal: true, latents: flat, inference: "importance-weighted", ...common },
  VAEM: { preset: "VAEM", marginal: true, latents: flat, inference: "elbo", ...common },
  HVAEM: { preset: "HVAEM", marginal: true, latents: deep, inference: "elbo", ...common },
  HMCVAEM: { preset: "HMCVAEM", marginal: true, latents: flat, inference: "hmc", ...common },
  HHVAEM: { preset: "HHVAEM", marginal: true, latents: deep, inference: "hmc", ...common },
  paper: { preset: "paper", marginal: true, latents: deep, inference: "hmc", ...common },
  proper: { preset: "proper", ...proper },
  conditional: { preset: "conditional", ...proper, inference: "elbo", latents: flat, generative: false, completion: defaultCompletion },
  best: { preset: "best", ...proper, completion: { ...defaultCompletion, members: 3 }, gaussians: { parts: 12 } },
};

/** The schedule that a preset is meant for: models without marginal VAEs settle in fewer steps. */
export function presetSchedule({ marginal }: ModelConfig): Schedule {
  return marginal ? defaultSchedule : { ...defaultSchedule, ...shortSchedule };
}

const shortSchedule = { viSteps: 4_000, hmcSteps: 50 } as const;

/** Light masks go at least up to this missing rate, so that complete tables are learned from too. */
export const leastLightRate = 0.4;
