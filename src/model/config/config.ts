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
  /** Training rows that the networks look up, at most; more are drawn from evenly. They are kept in the model's file. Absent or 0: none. */
  lookUp?: number;
  /** Of small tables (`crossFolds` in plan.ts says which): parts of the rows without each of which everything is trained once more, so that all rows decide what a tenth decides otherwise, and maps are of all. Absent or 0: no. */
  crossFolds?: number;
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

/** Whether a model's columns need bins and knots, which the training rows give. */
export function needsQuantiles({ completion, outputs }: ModelConfig): boolean {
  return completion !== undefined || outputs === "binned";
}

/**
 * How draws of features and targets belong together, and by what the information of a value is estimated. Models with fixed variances are the authors': their targets are drawn from what the
 * decoder expects of hidden features, so that little of what one value says about another is left, and five bins count them.
 */
export function estimatorOf({ outputs, image }: ModelConfig): "paper" | "told" {
  return outputs === "fixed" || image ? "paper" : "told";
}

/** Light masks go at least up to this missing rate, so that complete tables are learned from too. */
export const leastLightRate = 0.4;
