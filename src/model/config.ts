/** How a model infers its latents. */
export type Inference = "elbo" | "importance-weighted" | "hmc";

/** What is trained: the family of the paper as one configuration. Constants: Peis et al. 2022 and their code. */
export interface ModelConfig {
  preset: string;
  /** Marginal VAEs in front (one code z_d per feature); without them a homogeneous likelihood acts on x. */
  marginal: boolean;
  /** Latent sizes, layer 1 (next to the data) first. */
  latents: readonly number[];
  inference: Inference;
  /** Samples of the importance-weighted bound. */
  importanceSamples: number;
  /** Hidden units of every MLP. */
  hidden: number;
  marginalHidden: number;
  /** The fixed variance of every Gaussian likelihood. */
  variance: number;
  hmc: HmcConfig;
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
  batch: number;
  learningRate: number;
  inflationLearningRate: number;
  /** Steps over which the KL is annealed and balanced. */
  annealSteps: number;
  /** Largest extra missing rate of the training masks. */
  maxMissingRate: number;
  /** The KL weight of discrete features' marginal VAEs. */
  discreteKlWeight: number;
}

export const defaultSchedule: Schedule = {
  marginalSteps: 1000,
  marginalRestarts: 3,
  viSteps: 18_000,
  hmcSteps: 2_000,
  batch: 100,
  learningRate: 1e-3,
  inflationLearningRate: 1e-2,
  annealSteps: 1000,
  maxMissingRate: 0.99,
  discreteKlWeight: 0.2,
};

/** What a model file from before a setting existed was trained with. */
export const earlierHmcSettings = { gradient: "frozen", entropy: false, entropyChains: 10 } as const;

const common = {
  importanceSamples: 1,
  hidden: 256,
  marginalHidden: 32,
  variance: 0.1,
  hmc: { transitions: 10, leapfrogSteps: 5, stepSize: [0.02, 0.05], sksdChains: 30, inflationEvery: 10, ...earlierHmcSettings },
} as const;

/** The named systems. */
export const presets: Readonly<Record<string, ModelConfig>> = {
  VAEM: { preset: "VAEM", marginal: true, latents: [10], inference: "elbo", ...common },
  HVAEM: { preset: "HVAEM", marginal: true, latents: [10, 5], inference: "elbo", ...common },
  HMCVAEM: { preset: "HMCVAEM", marginal: true, latents: [10], inference: "hmc", ...common },
  HHVAEM: { preset: "HHVAEM", marginal: true, latents: [10, 5], inference: "hmc", ...common },
};
