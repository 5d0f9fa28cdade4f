import { relu, reshape, transpose, type Tensor } from "../../autodiff/index.ts";
import { batchNormSpecs } from "../../nn/batch-norm.ts";
import { conv, convSpecs, convTranspose, convTransposeSpecs } from "../../nn/conv.ts";
import { mlp, mlpSpecs } from "../../nn/mlp.ts";
import type { ParameterSpec, Parameters } from "../../nn/parameters.ts";
import { flatSize, outputPadding, planes, type ImageConfig } from "./architecture.ts";
import type { Norms } from "./norms.ts";

/** The encoder's convolutions, `encoder/conv/<layer>`, and their normalisations. */
export function imageEncoderSpecs(config: ImageConfig): ParameterSpec[] {
  const sizes = planes(config);
  return config.layers.flatMap(({ channels, kernel }, l) => [
    ...convSpecs(`encoder/conv/${l}`, { inputs: sizes[l].channels, outputs: channels, kernel }),
    ...(config.batchNorm ? batchNormSpecs(`encoder/norm/${l}`, channels) : []),
  ]);
}

/** The decoder: an MLP [k_1 -> hidden -> flat], then the mirrored transposed convolutions; the last gives `params` planes per channel. */
export function imageDecoderSpecs(config: ImageConfig, { latent, hidden, params }: { latent: number; hidden: number; params: number }): ParameterSpec[] {
  const sizes = planes(config);
  const mirrored = config.layers.flatMap(({ channels, kernel }, l) => {
    const outputs = sizes[l].channels * (l === 0 ? params : 1);
    return [
      ...convTransposeSpecs(`decoder/conv/${l}`, { inputs: channels, outputs, kernel }),
      ...(config.batchNorm && l > 0 ? batchNormSpecs(`decoder/norm/${l}`, outputs) : []),
    ];
  });
  return [...mlpSpecs("decoder", [latent, hidden, flatSize(config)]), ...mirrored];
}

/** Pixels [B, C H W] through the convolutions, each with ReLU behind it: [B, flat]. */
export function encodeImage(parameters: Parameters, config: ImageConfig, norms: Norms, x: Tensor): Tensor {
  const { height, width, channels, layers } = config;
  const [rows] = x.shape;
  let plane = reshape(x, [rows, channels, height, width]);
  layers.forEach(({ stride, padding }, l) => {
    const out = conv(x.tape, parameters, `encoder/conv/${l}`, plane, { stride, padding });
    plane = relu(config.batchNorm ? norms.apply(`encoder/norm/${l}`, out) : out);
  });
  return reshape(plane, [rows, flatSize(config)]);
}

/** Latents next to the data [N, k_1] to the parameters of every pixel: [N, C H W params], a pixel's side by side. */
export function decodeImage(parameters: Parameters, config: ImageConfig, norms: Norms, h1: Tensor): Tensor {
  const { layers, channels, height, width } = config;
  const [n] = h1.shape;
  const sizes = planes(config);
  const last = sizes[layers.length];
  let plane = relu(reshape(mlp(h1.tape, parameters, "decoder", h1), [n, last.channels, last.height, last.width]));
  for (let l = layers.length - 1; l >= 0; l--) {
    const { stride, padding } = layers[l];
    const out = convTranspose(h1.tape, parameters, `decoder/conv/${l}`, plane, { stride, padding, outputPadding: outputPadding(sizes[l], sizes[l + 1], layers[l]) });
    plane = l === 0 ? out : relu(config.batchNorm ? norms.apply(`decoder/norm/${l}`, out) : out);
  }
  const params = plane.shape[1] / channels;
  const pixels = height * width;
  if (params === 1) return reshape(plane, [n, channels * pixels]);
  return reshape(transpose(reshape(plane, [n, channels, params, pixels]), [0, 1, 3, 2]), [n, channels * pixels * params]);
}
