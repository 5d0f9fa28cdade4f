import {
  add, broadcastTo, clamp, concat, equal, greater, iota, mul, randomNormal, relu, reshape, slice, square, sub, sum, transpose, where,
  type Tensor,
} from "../../autodiff/index.ts";
import { MixedLikelihood, type Kind } from "../../likelihood/mixed.ts";
import type { Gpu } from "../../gpu/device.ts";
import { mlp } from "../../nn/mlp.ts";
import { Parameters } from "../../nn/parameters.ts";
import { logVarRange } from "../../sampler/fused/spec.ts";
import { decodedOutputs, directEmission, marginalEmission, type CodeOutputs, type Emission } from "./emission.ts";
import { FeatureInputs } from "./feature-inputs.ts";
import { RunningNorms, type Norms } from "../image/norms.ts";
import { decodeImage, encodeImage } from "../image/trunk.ts";
import { klBetween, klToStandardNormal, logDensity, reparameterise, type Gaussian } from "./gaussian.ts";
import { MarginalOutputs } from "./marginal-outputs.ts";
import { latentSize, featureEntries, parameterSpecs, targetParams, type ModelShape } from "../config/spec.ts";

/** The model's parameters on a device and its networks as functions on a tape. B rows, S draws, D features, P targets, C levels. */
export class LatentNetworks {
  readonly parameters: Parameters;
  readonly features: MixedLikelihood;
  readonly targets: MixedLikelihood;
  readonly emission: Emission;
  private readonly inputs: FeatureInputs;
  private readonly norms: Norms;

  constructor(readonly gpu: Gpu, readonly shape: ModelShape) {
    this.parameters = new Parameters(gpu, parameterSpecs(shape));
    this.features = new MixedLikelihood(gpu, shape.features, shape.config.variance);
    this.targets = new MixedLikelihood(gpu, shape.targets.length > 0 ? shape.targets : shape.features, shape.config.variance);
    this.inputs = new FeatureInputs(gpu, shape.features);
    this.norms = new RunningNorms(this.parameters);
    const decode = (z: Tensor): Tensor => this.marginalDecoder(z);
    const outputs = (): CodeOutputs => (MarginalOutputs.suffice(shape) ? new MarginalOutputs(gpu, shape, this.parameters) : decodedOutputs(this.features, decode));
    this.emission = shape.config.marginal ? marginalEmission(this.features, outputs(), decode) : directEmission(this.features);
  }

  /** The same networks and parameters with another normalisation of image planes. */
  withNorms(norms: Norms): LatentNetworks {
    return Object.assign(Object.create(LatentNetworks.prototype) as LatentNetworks, this, { norms });
  }

  /** The same networks and parameters, whose programs are made by way of this scope of their device. */
  within(gpu: Gpu): LatentNetworks {
    return Object.assign(Object.create(LatentNetworks.prototype) as LatentNetworks, this, { gpu });
  }

  /** q(z_d | x_d) of every feature: x, observed [B, D] -> [B, D] each. */
  marginalEncoder(x: Tensor, observed: Tensor): Gaussian {
    const { tape } = x;
    const [rows, d] = x.shape;
    const inputs = featureEntries(this.shape);
    // [D, B, 1]: features are the batch of one block-diagonal problem
    const columns = (t: Tensor): Tensor => reshape(transpose(t, [1, 0]), [d, rows, 1]);
    const seen = columns(observed);
    const shape = [d, rows, inputs];
    const level = iota(tape, shape, 2);
    const value = broadcastTo(columns(x), shape);
    const onKind = (kind: Kind, then: Tensor, otherwise: Tensor): Tensor => {
      const indicator = this.features.isOfKind(tape, kind);
      return indicator ? where(broadcastTo(reshape(indicator, [d, 1, 1]), shape), then, otherwise) : otherwise;
    };
    const coded = onKind("categorical", equal(value, level), onKind("ordinal", greater(value, level), where(equal(level, 0), value, 0)));
    const masked = where(broadcastTo(seen, shape), coded, 0);
    const out = mlp(tape, this.parameters, "marginal/encoder", concat([masked, seen], 2));
    const rowsFirst = (t: Tensor): Tensor => transpose(reshape(t, [d, rows]), [1, 0]);
    return { mean: rowsFirst(slice(out, 2, 0, 1)), logVar: clamp(rowsFirst(slice(out, 2, 1, 2)), ...logVarRange) };
  }

  /** Parameters of p(x_d | z_d) of every feature: z [N, D] -> [N, D, C]. */
  marginalDecoder(z: Tensor): Tensor {
    const [rows, d] = z.shape;
    const out = mlp(z.tape, this.parameters, "marginal/decoder", reshape(transpose(z, [1, 0]), [d, rows, 1]));
    return transpose(out, [1, 0, 2]);
  }

  /** What the chain conditions on: a draw of the marginal codes q(z_d | x_d), or the coded features themselves. [B, D] -> [B, D] */
  codes(x: Tensor, observed: Tensor, key: Tensor): Tensor {
    if (!this.shape.config.marginal) return x;
    return reparameterise(this.marginalEncoder(x, observed), randomNormal(key, x.shape));
  }

  /** q(eps | x_O, y_O): the layers' codes side by side, [B, K]. Missing entries of z and y are masked here. */
  encoder(z: Tensor, observed: Tensor, y: Tensor | undefined, observedY: Tensor | undefined): Gaussian {
    const known = this.known(z, observed);
    const parts = [known, observed];
    if (y && observedY) parts.push(where(observedY, y, 0), observedY);
    return this.encode(concat(parts, 1));
  }

  /** What of the codes or features enters the encoder, 0 where missing: [B, D] -> [B, J]. */
  private known(z: Tensor, observed: Tensor): Tensor {
    const { marginal, image } = this.shape.config;
    if (image) return encodeImage(this.parameters, image, this.norms, mul(1 / greyest(this.shape), where(observed, z, 0)));
    return marginal ? where(observed, z, 0) : this.inputs.of(z, observed);
  }

  /** The same from the encoder's input u = (z o, o, y o_y, o_y) [B, 2 D + 2 P]. */
  encode(input: Tensor): Gaussian {
    const { tape } = input;
    // r_1 = MLP(u), r_l = ReLU(W_l r_{l-1} + b_l)
    let r = mlp(tape, this.parameters, "encoder/input", input);
    const means: Tensor[] = [];
    const logVars: Tensor[] = [];
    this.shape.config.latents.forEach((size, l) => {
      if (l > 0) r = relu(mlp(tape, this.parameters, `encoder/path/${l}`, r));
      const head = mlp(tape, this.parameters, `encoder/head/${l}`, r);
      means.push(slice(head, 1, 0, size));
      logVars.push(clamp(slice(head, 1, size, 2 * size), ...logVarRange));
    });
    return { mean: concat(means, 1), logVar: concat(logVars, 1) };
  }

  /**
   * h_1..h_L from eps [N, K], layer 1 first: h_L = eps_L; h_l = mu_l(h_{l+1}) + exp(logvar_l(h_{l+1}) / 2) eps_l. Without the
   * reparameterisation the latents are the h_l themselves.
   */
  generate(eps: Tensor): Tensor[] {
    const { latents } = this.shape.config;
    const layers = splitLayers(eps, latents);
    if (!this.shape.config.reparameterised) return layers;
    const h = [...layers];
    for (let l = latents.length - 2; l >= 0; l--) h[l] = reparameterise(this.conditionalPrior(h[l + 1], l), layers[l]);
    return h;
  }

  /** p(h_l | h_{l+1}) = N(mu_l(h_{l+1}), exp(logvar_l(h_{l+1}))): [N, k_{l+1}] -> [N, k_l] each. */
  conditionalPrior(above: Tensor, l: number): Gaussian {
    const size = this.shape.config.latents[l];
    const out = mlp(above.tape, this.parameters, `generative/${l}`, above);
    return { mean: slice(out, 1, 0, size), logVar: clamp(slice(out, 1, size, 2 * size), ...logVarRange) };
  }

  /** log p of the latents [N, K] -> [N]: log N(eps; 0, I), or without the reparameterisation log N(h_L; 0, I) + sum_l log p(h_l | h_{l+1}). */
  logPrior(eps: Tensor): Tensor {
    const { latents, reparameterised } = this.shape.config;
    const standard = (t: Tensor): Tensor => add(mul(-0.5, sum(square(t), 1)), -0.5 * t.shape[1] * Math.log(2 * Math.PI));
    if (reparameterised) return standard(eps);
    const h = splitLayers(eps, latents);
    const top = standard(h[h.length - 1]);
    return h.slice(0, -1).reduce((total, layer, l) => add(total, logDensity(layer, this.conditionalPrior(h[l + 1], l))), top);
  }

  /** KL of each layer's q from its prior, for eps drawn from q: [N] each. */
  klPerLayer({ mean, logVar }: Gaussian, eps: Tensor): Tensor[] {
    const { latents, reparameterised } = this.shape.config;
    const [means, logVars, h] = [mean, logVar, eps].map((t) => splitLayers(t, latents));
    return latents.map((_, l) => {
      const layer = { mean: means[l], logVar: logVars[l] };
      return reparameterised || l === latents.length - 1 ? klToStandardNormal(layer) : klBetween(layer, this.conditionalPrior(h[l + 1], l));
    });
  }

  /** What the decoder says of the features: [N, k_1] -> the mean of p(z | h_1) [N, D], or the parameters of p(x | h_1) [N, D C]. */
  decoder(h1: Tensor): Tensor {
    const { image } = this.shape.config;
    if (image) return decodeImage(this.parameters, image, this.norms, h1);
    return mlp(h1.tape, this.parameters, "decoder", h1);
  }

  /**
   * The completed features for the predictor: coded values where observed, else the mean or mode that the decoder's output stands for; with
   * marginal VAEs that at z_d = decoder mean + sqrt(v) noise (noise absent: the mean). x, observed, noise [N, D] -> [N, D]
   */
  complete(x: Tensor, observed: Tensor, output: Tensor, noise?: Tensor): Tensor {
    return where(observed, x, this.emission.points(output, noise));
  }

  /** Parameters of p(y | x_hat, h_1): [N, P, C]. */
  predictor(h1: Tensor, completed: Tensor, observed: Tensor): Tensor {
    const input = concat([h1, completed, sub(1, observed)], 1);
    const out = mlp(h1.tape, this.parameters, "predictor", input);
    return reshape(out, [h1.shape[0], this.shape.targets.length, targetParams(this.shape)]);
  }

  get latentSize(): number {
    return latentSize(this.shape.config);
  }
}

/** The largest coded value of a pixel that is read by its level, so that levels enter the convolutions as 0..1; else 1. */
function greyest({ features }: ModelShape): number {
  return Math.max(1, features[0].levels - 1);
}

/** eps [N, K] as one tensor per layer, layer 1 first. */
function splitLayers(eps: Tensor, latents: readonly number[]): Tensor[] {
  let start = 0;
  return latents.map((size) => slice(eps, 1, start, (start += size)));
}

/** 1 for rows of a mask with at least one 1: [N, ...] -> [N]. */
export function anyObserved(...masks: readonly Tensor[]): Tensor {
  const counts = masks.map((mask) => sum(mask, -1)).reduce((a, b) => add(a, b));
  return greater(counts, 0);
}
