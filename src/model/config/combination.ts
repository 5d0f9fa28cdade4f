import { leastSamples } from "../../sampler/research/index.ts";
import { hmcGradients, inferences, numberOutputs, type ModelConfig } from "./config.ts";
import { imageConfigProblem } from "../image/architecture.ts";
import { shownValue } from "../../math/shown-value.ts";

/** Why no model can have this configuration, in a sentence; undefined: it can. */
export function combinationProblem(config: ModelConfig): string | undefined {
  if (!inferences.includes(config.inference)) return `expected inference to be one of ${inferences.join(", ")}, got ${shownValue(config.inference)}.`;
  if (config.latents.length === 0 || config.latents.some((size) => !Number.isInteger(size) || size < 1)) {
    return `expected latents to be whole numbers of at least 1, layer 1 first, got [${config.latents.join(", ")}].`;
  }
  if (!numberOutputs.includes(config.outputs)) return `expected outputs to be one of ${numberOutputs.join(", ")}, got ${shownValue(config.outputs)}.`;
  if (config.outputs !== "fixed" && config.marginal) return `${config.outputs === "learned" ? "learned variances" : "binned outputs"} are for models without marginal VAEs; set marginal to false, or outputs to "fixed".`;
  if (config.gaussians && !config.completion) return "a mixture of Gaussians stands beside a completion network, whose held-back rows decide its share; set completion, or leave gaussians out.";
  if (!config.generative && !config.completion) return "a model needs a latent variable model, a completion network, or both; set generative or completion.";
  return imageProblem(config) ?? hmcProblem(config);
}

/** Why pictures cannot be read so. */
function imageProblem({ image, marginal, completion }: ModelConfig): string | undefined {
  if (!image) return undefined;
  if (marginal || completion) return "an image's pixels are read by convolutions: set marginal to false and leave the completion network out.";
  const problem = imageConfigProblem(image);
  return problem && `expected ${problem}.`;
}

/** Why the HMC objective cannot be trained so. */
function hmcProblem({ preset, inference, hmc }: ModelConfig): string | undefined {
  const { gradient, entropy, entropyChains } = hmc;
  if (!hmcGradients.includes(gradient)) return `expected hmc.gradient to be one of ${hmcGradients.join(", ")}, got ${shownValue(gradient)}.`;
  if (inference !== "hmc" && (gradient === "exact" || entropy)) {
    return `exact gradients and the entropy belong to the HMC objective, and "${preset}" has none (inference: ${inference}); use HMCVAEM or HHVAEM, or leave them out.`;
  }
  if (entropy && !(Number.isInteger(entropyChains) && entropyChains >= leastSamples)) {
    return `expected hmc.entropyChains to be a whole number of at least ${leastSamples}, got ${entropyChains}.`;
  }
  return undefined;
}
