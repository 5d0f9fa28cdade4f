import { featureColumns, targetColumns, type Column, type Schema } from "../data/index.ts";
import { leastSamples } from "../sampler/entropy.ts";
import type { MixedColumn } from "../likelihood/mixed.ts";
import { hmcGradients, inferences, type ModelConfig } from "./config.ts";
import type { ModelShape } from "./spec.ts";

const kinds: Record<Column["type"], MixedColumn["kind"]> = { real: "gaussian", positive: "gaussian", binary: "bernoulli", categorical: "categorical" };

function mixedColumn(column: Column): MixedColumn {
  const kind = kinds[column.type];
  return { kind, levels: kind === "categorical" ? column.categories!.length : 1, positiveWeight: column.positiveWeight ?? 1 };
}

/** The shape of a model for the columns of a schema. Throws RangeError for configurations that do not exist yet. */
export function modelShape(config: ModelConfig, schema: Schema): ModelShape {
  if (!inferences.includes(config.inference)) throw new RangeError(`[fit] expected inference to be one of ${inferences.join(", ")}, got ${JSON.stringify(config.inference)}.`);
  if (config.latents.length === 0 || config.latents.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new RangeError(`[fit] expected latents to be whole numbers of at least 1, layer 1 first, got [${config.latents.join(", ")}].`);
  }
  checkHmc(config);
  return { config, features: featureColumns(schema).map(mixedColumn), targets: targetColumns(schema).map(mixedColumn) };
}

/** Refuses settings of the HMC objective that cannot be trained. */
function checkHmc({ preset, inference, hmc }: ModelConfig): void {
  const { gradient, entropy, entropyChains } = hmc;
  if (!hmcGradients.includes(gradient)) throw new RangeError(`[fit] expected hmc.gradient to be one of ${hmcGradients.join(", ")}, got ${JSON.stringify(gradient)}.`);
  if (inference !== "hmc" && (gradient === "exact" || entropy)) {
    throw new RangeError(`[fit] exact gradients and the entropy belong to the HMC objective, and "${preset}" has none (inference: ${inference}); use HMCVAEM or HHVAEM, or leave them out.`);
  }
  if (entropy && !(Number.isInteger(entropyChains) && entropyChains >= leastSamples)) {
    throw new RangeError(`[fit] expected hmc.entropyChains to be a whole number of at least ${leastSamples}, got ${entropyChains}.`);
  }
}
