import { featureColumns, isContinuous, targetColumns, type Column, type Schema } from "../data/index.ts";
import { leastSamples } from "../sampler/entropy.ts";
import type { MixedColumn } from "../likelihood/mixed.ts";
import { hmcGradients, inferences, type ModelConfig } from "./config.ts";
import { imageConfigProblem, type ImageSizes } from "./image/architecture.ts";
import type { ModelShape } from "./spec.ts";

/** The likelihood of a column in the latent variable model. */
function mixedColumn(column: Column, { outputs }: ModelConfig): MixedColumn {
  const positiveWeight = column.positiveWeight ?? 1;
  if (column.type === "categorical") return { kind: "categorical", levels: column.categories!.length, positiveWeight };
  if (column.type === "binary") return { kind: "bernoulli", levels: 1, positiveWeight };
  return { kind: outputs === "learned" ? "learned" : "gaussian", levels: 1, positiveWeight };
}

/** The likelihood of a column in the completion network: numbers by their bins. */
export function completionColumn(column: Column): MixedColumn {
  if (!isContinuous(column.type)) return { ...mixedColumn(column, { outputs: "fixed" } as ModelConfig), positiveWeight: 1 };
  if (!column.bins) throw new RangeError(`[model] the column "${column.name}" has no bins in the schema; train the model anew.`);
  return { kind: "binned", levels: column.bins.low.length, positiveWeight: 1, bins: column.bins };
}

/** The shape of a model for the columns of a schema. Throws RangeError for configurations that do not exist yet. */
export function modelShape(config: ModelConfig, schema: Schema): ModelShape {
  if (!inferences.includes(config.inference)) throw new RangeError(`[fit] expected inference to be one of ${inferences.join(", ")}, got ${JSON.stringify(config.inference)}.`);
  if (config.latents.length === 0 || config.latents.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new RangeError(`[fit] expected latents to be whole numbers of at least 1, layer 1 first, got [${config.latents.join(", ")}].`);
  }
  if (config.outputs === "learned" && config.marginal) throw new RangeError("[fit] learned variances are for models without marginal VAEs; set marginal to false, or outputs to \"fixed\".");
  if (!config.generative && !config.completion) throw new RangeError("[fit] a model needs a latent variable model, a completion network, or both; set generative or completion.");
  checkHmc(config);
  checkImage(config, schema);
  const of = (columns: readonly Column[]): MixedColumn[] => columns.map((column) => mixedColumn(column, config));
  const shape = { config, features: of(featureColumns(schema)), targets: of(targetColumns(schema)) };
  if (!config.completion) return shape;
  const columns = [...featureColumns(schema), ...targetColumns(schema)];
  return { ...shape, completion: { config: config.completion, columns: columns.map(completionColumn), features: shape.features.length, knots: columns.map(({ knots }) => knots) } };
}

/** Refuses convolutions over features that are no image, or another one. */
function checkImage({ image, marginal, completion }: ModelConfig, schema: Schema): void {
  if (!image) return;
  if (marginal || completion) throw new RangeError("[fit] an image's pixels are read by convolutions: set marginal to false and leave the completion network out.");
  const problem = imageConfigProblem(image);
  if (problem) throw new RangeError(`[fit] expected ${problem}.`);
  const of = ({ height, width, channels }: ImageSizes): string => `${channels} x ${height} x ${width}`;
  if (!schema.image || of(schema.image) !== of(image)) throw new RangeError(`[fit] the networks are for pictures of ${of(image)} (channels, height, width), and the schema's are ${schema.image ? of(schema.image) : "none"}; make the configuration from the schema's image.`);
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
