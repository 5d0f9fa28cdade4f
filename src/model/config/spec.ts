import { entries, paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import { mlpSpecs } from "../../nn/mlp.ts";
import type { ParameterSpec } from "../../nn/parameters.ts";
import { completionSpecs, rowSpecs, type CompletionShape } from "../completion/shape.ts";
import type { ModelConfig } from "./config.ts";
import { gaussiansSpecs, type GaussiansShape } from "../gaussians/gaussians.ts";
import { flatSize } from "../image/architecture.ts";
import { statisticsSpecs } from "../image/norms.ts";
import { imageDecoderSpecs, imageEncoderSpecs } from "../image/trunk.ts";

/** Everything that fixes the shapes of a model: configuration and the kinds of its columns. */
export interface ModelShape {
  readonly config: ModelConfig;
  readonly features: readonly MixedColumn[];
  readonly targets: readonly MixedColumn[];
  /** Of the completion network, if there is one. */
  readonly completion?: CompletionShape;
  /** Of the mixture of Gaussians, if there is one. */
  readonly gaussians?: GaussiansShape;
}

/** Entries of the widest feature: what the packed marginal encoders are padded to. */
export function featureEntries(shape: ModelShape): number {
  return Math.max(...shape.features.map(entries));
}

export function latentSize(config: ModelConfig): number {
  return config.latents.reduce((total, size) => total + size, 0);
}

/** Outputs per target: the largest number of parameters any target's likelihood takes. */
export function targetParams(shape: ModelShape): number {
  return Math.max(1, ...shape.targets.map(paramsOf));
}

/** Outputs per feature of a decoder of features, marginal ones included: the largest number of parameters any feature's likelihood takes. */
export function featureParams(shape: ModelShape): number {
  return Math.max(...shape.features.map(paramsOf));
}

/**
 * All parameters in the order that the stages train them: marginal VAEs (stage 1), encoder (a), decoders and step sizes
 * (b), inflation (c); each stage updates one contiguous range.
 */
export function parameterSpecs(shape: ModelShape): ParameterSpec[] {
  const { config } = shape;
  const d = shape.features.length;
  const p = shape.targets.length;
  const { hidden, latents, image } = config;
  return [
    ...(config.marginal ? marginalSpecs(shape) : []),
    ...(image ? imageEncoderSpecs(image) : []),
    ...mlpSpecs("encoder/input", [encoderInputs(shape), hidden, hidden]),
    ...latents.slice(1).flatMap((_, l) => mlpSpecs(`encoder/path/${l + 1}`, [hidden, hidden])),
    ...latents.flatMap((size, l) => mlpSpecs(`encoder/head/${l}`, [hidden, 2 * size])),
    ...latents.slice(0, -1).flatMap((size, l) => mlpSpecs(`generative/${l}`, [latents[l + 1], hidden, 2 * size])),
    ...(image
      ? imageDecoderSpecs(image, { latent: latents[0], hidden, params: featureParams(shape) })
      : mlpSpecs("decoder", [latents[0], hidden, config.marginal ? d : d * featureParams(shape)])),
    ...(p > 0 ? mlpSpecs("predictor", [latents[0] + 2 * d, hidden, p * targetParams(shape)]) : []),
    ...hmcSpecs(config),
    ...(image ? statisticsSpecs(image) : []),
  ];
}

/** The parameters of everything that the model has: of the latent variable model, of the completion network and of the mixture of Gaussians. */
export function allSpecs(shape: ModelShape): Pick<ParameterSpec, "name" | "shape">[] {
  return [...(shape.config.generative ? parameterSpecs(shape) : []), ...(shape.completion ? [...completionSpecs(shape.completion), ...rowSpecs(shape.completion)] : []), ...(shape.gaussians ? gaussiansSpecs(shape.gaussians) : [])];
}

/** The encoder's inputs: the codes or the features (of an image what its convolutions make of them), their mask, the targets and theirs. */
function encoderInputs({ config, features, targets }: ModelShape): number {
  const { image, marginal } = config;
  const known = image ? flatSize(image) : marginal ? features.length : features.reduce((total, column) => total + entries(column), 0);
  return known + features.length + 2 * targets.length;
}

function marginalSpecs(shape: ModelShape): ParameterSpec[] {
  const d = shape.features.length;
  const { marginalHidden } = shape.config;
  const inputs = featureEntries(shape);
  // the first layer is padded to the widest feature; each starts as wide as its own inputs ask for
  const scales = shape.features.map((column) => Math.sqrt((inputs + 1) / (entries(column) + 1)));
  const encoder = mlpSpecs("marginal/encoder", [inputs + 1, marginalHidden, 2], d);
  return [
    ...encoder.map((spec) => (spec.name.startsWith("marginal/encoder/0/") ? { ...spec, scales } : spec)),
    ...mlpSpecs("marginal/decoder", [1, marginalHidden, featureParams(shape)], d),
  ];
}

function hmcSpecs(config: ModelConfig): ParameterSpec[] {
  if (config.inference !== "hmc") return [];
  const { transitions, stepSize } = config.hmc;
  return [
    { name: "hmc/log_step_size", shape: [transitions, latentSize(config)], low: Math.log(stepSize[0]), high: Math.log(stepSize[1]) },
    { name: "hmc/log_inflation", shape: [config.latents.length], low: 0, high: 0 },
  ];
}
