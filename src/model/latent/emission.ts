import { add, mul, reshape, type Tensor } from "../../autodiff/index.ts";
import type { MixedLikelihood } from "../../likelihood/mixed.ts";
import { gaussianLogProb } from "./gaussian.ts";

/** How the decoder's output explains the features: through the marginal VAEs, or by the features' own likelihoods. N rows, D features, C entries of the widest. */
export interface Emission {
  /** log p of what the chain conditions on, elementwise: the marginal codes z, or the coded features. [N, D] each -> [N, D] */
  logProb(output: Tensor, values: Tensor): Tensor;
  /** Parameters of p(x_d | h_1), with marginal VAEs at the mean code: [N, D, C]. */
  parameters(output: Tensor): Tensor;
  /** The point that stands for each feature in x_hat; `noise` [N, D] moves the marginal codes. -> [N, D] */
  points(output: Tensor, noise?: Tensor): Tensor;
  /** A draw of each feature. -> [N, D] */
  sample(output: Tensor, key: Tensor): Tensor;
}

/** Points of p(x_d | z_d) and draws from it. z [N, D] -> [N, D] */
export interface CodeOutputs {
  points(z: Tensor): Tensor;
  sample(z: Tensor, key: Tensor, likelihoods: MixedLikelihood): Tensor;
}

/** Both from all outputs of the marginal decoders. */
export function decodedOutputs(features: MixedLikelihood, decode: (z: Tensor) => Tensor): CodeOutputs {
  return { points: (z) => features.point(decode(z)), sample: (z, key) => features.sample(decode(z), key) };
}

/** The decoder gives the mean of p(z_d | h_1) = N(., v), and a marginal decoder p(x_d | z_d). */
export function marginalEmission(features: MixedLikelihood, outputs: CodeOutputs, decode: (z: Tensor) => Tensor): Emission {
  const { variance } = features;
  return {
    logProb: (output, z) => gaussianLogProb(z, output, variance),
    parameters: decode,
    points: (output, noise) => outputs.points(noise ? add(output, mul(Math.sqrt(variance), noise)) : output),
    sample: (output, key) => outputs.sample(output, key, features),
  };
}

/** The decoder gives the parameters of p(x_d | h_1) themselves. */
export function directEmission(features: MixedLikelihood): Emission {
  const parameters = (output: Tensor): Tensor => reshape(output, [output.shape[0], features.columns.length, features.params]);
  return {
    logProb: (output, x) => features.logProb(parameters(output), x),
    parameters,
    points: (output) => features.point(parameters(output)),
    sample: (output, key) => features.sample(parameters(output), key),
  };
}
