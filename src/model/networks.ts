import {
  add, clamp, concat, exp, mul, relu, reshape, slice, square, sub, sum, transpose, where, broadcastTo, equal, greater, iota,
  type Tensor,
} from "../autodiff/index.ts";
import { MixedLikelihood } from "../likelihood/mixed.ts";
import type { Gpu } from "../gpu/device.ts";
import { mlp } from "../nn/mlp.ts";
import { Parameters } from "../nn/parameters.ts";
import { logVarRange } from "../sampler/fused/spec.ts";
import { MarginalOutputs } from "./marginal-outputs.ts";
import { latentSize, featureEntries, parameterSpecs, targetParams, type ModelShape } from "./spec.ts";

/** A Gaussian with diagonal covariance. */
export interface Gaussian {
  mean: Tensor;
  logVar: Tensor;
}

/** The model's parameters on a device and its networks as functions on a tape. B rows, S draws, D features, P targets, C levels. */
export class Networks {
  readonly parameters: Parameters;
  readonly features: MixedLikelihood;
  readonly targets: MixedLikelihood;
  private readonly outputs: MarginalOutputs;

  constructor(readonly gpu: Gpu, readonly shape: ModelShape) {
    this.parameters = new Parameters(gpu, parameterSpecs(shape));
    this.features = new MixedLikelihood(gpu, shape.features, shape.config.variance);
    this.targets = new MixedLikelihood(gpu, shape.targets.length > 0 ? shape.targets : shape.features, shape.config.variance);
    this.outputs = new MarginalOutputs(gpu, shape, this.parameters);
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
    const categorical = broadcastTo(reshape(this.features.isCategorical(tape), [d, 1, 1]), shape);
    const coded = where(categorical, equal(value, level), where(equal(level, 0), value, 0));
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

  /** A draw of every feature: z [N, D] -> [N, D]. */
  sampleFeatures(z: Tensor, key: Tensor): Tensor {
    return this.outputs.sample(z, key, this.features);
  }

  /** q(eps | x_O, y_O): the layers' codes side by side, [B, K]. Missing entries of z and y are masked here. */
  encoder(z: Tensor, observed: Tensor, y: Tensor | undefined, observedY: Tensor | undefined): Gaussian {
    const parts = [where(observed, z, 0), observed];
    if (y && observedY) parts.push(where(observedY, y, 0), observedY);
    return this.encode(concat(parts, 1));
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

  /** h_1..h_L from eps [N, K], layer 1 first: h_L = eps_L; h_l = mu_l(h_{l+1}) + exp(logvar_l(h_{l+1}) / 2) eps_l. */
  generate(eps: Tensor): Tensor[] {
    const { latents } = this.shape.config;
    const layers = splitLayers(eps, latents);
    const h = [...layers];
    for (let l = latents.length - 2; l >= 0; l--) {
      const out = mlp(eps.tape, this.parameters, `generative/${l}`, h[l + 1]);
      const mean = slice(out, 1, 0, latents[l]);
      const logVar = clamp(slice(out, 1, latents[l], 2 * latents[l]), ...logVarRange);
      h[l] = add(mean, mul(exp(mul(0.5, logVar)), layers[l]));
    }
    return h;
  }

  /** Mean of p(z | h_1) [N, D]. */
  decoder(h1: Tensor): Tensor {
    return mlp(h1.tape, this.parameters, "decoder", h1);
  }

  /**
   * The completed features for the predictor: coded values where observed, else the marginal decoders' mean or mode at
   * z_d = decoder mean + sqrt(v) noise (noise absent: the mean). x, observed, zMean, noise [N, D] -> [N, D]
   */
  complete(x: Tensor, observed: Tensor, zMean: Tensor, noise?: Tensor): Tensor {
    const z = noise ? add(zMean, mul(Math.sqrt(this.shape.config.variance), noise)) : zMean;
    return where(observed, x, this.outputs.points(z));
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

/** eps [N, K] as one tensor per layer, layer 1 first. */
export function splitLayers(eps: Tensor, latents: readonly number[]): Tensor[] {
  let start = 0;
  return latents.map((size) => slice(eps, 1, start, (start += size)));
}

/** KL(N(mean, exp(logVar)) || N(0, 1)) summed over the last axis. */
export function klToStandardNormal({ mean, logVar }: Gaussian): Tensor {
  return mul(-0.5, sum(sub(add(1, logVar), add(square(mean), exp(logVar))), -1));
}

/** mean + exp(logVar / 2) noise. */
export function reparameterise({ mean, logVar }: Gaussian, noise: Tensor): Tensor {
  return add(mean, mul(exp(mul(0.5, logVar)), noise));
}

/** log N(x; mean, v) elementwise. */
export function gaussianLogProb(x: Tensor, mean: Tensor, variance: number): Tensor {
  return add(mul(-0.5 / variance, square(sub(x, mean))), -0.5 * Math.log(2 * Math.PI * variance));
}

/** 1 for rows of a mask with at least one 1: [N, ...] -> [N]. */
export function anyObserved(...masks: readonly Tensor[]): Tensor {
  const counts = masks.map((mask) => sum(mask, -1)).reduce((a, b) => add(a, b));
  return greater(counts, 0);
}
