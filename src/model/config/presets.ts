import type { LevelRule } from "../../data/index.ts";
import type { CompletionConfig, ModelConfig } from "./config.ts";
import { usualOf } from "./setting.ts";
import { configSettings } from "./settings.ts";

const common = { ...(usualOf(configSettings) as Omit<ModelConfig, "preset" | "marginal" | "latents" | "inference">), hmc: usualOf(configSettings.hmc) };

const [flat, deep] = [[10], [10, 5]] as const;

/** The completion network of the presets that have one. */
export const defaultCompletion: CompletionConfig = usualOf(configSettings.completion);

/** The hierarchical model with HMC on the features themselves, all variances learned. */
const proper = { marginal: false, latents: deep, inference: "hmc", ...common, outputs: "learned" } as const;

/** Training rows that the networks of `best` look up, at most: more gain little, and take room in the model's file. */
const lookedUp = 2048;

/** What goes beyond the paper. */
const beyondPaper: ReadonlySet<string> = new Set(["proper", "conditional", "best"]);

/** What few different numbers are to a preset: levels without an order, as in the paper, or in their order. */
export function levelRuleOf(preset: string): LevelRule {
  return beyondPaper.has(preset) ? "ordered" : "unordered";
}

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
  best: { preset: "best", ...proper, completion: { ...defaultCompletion, members: 3, lookUp: lookedUp }, gaussians: { parts: 12 } },
};
