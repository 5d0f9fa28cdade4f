import { add, conv2d, convTranspose2d, relu, reshape, transpose, type Tensor } from "../../autodiff/index.ts";
import { mlp, mlpSpecs } from "../../nn/mlp.ts";
import type { ParameterSpec, Parameters } from "../../nn/parameters.ts";
import { flatSize, outputPadding, planes, type ImageConfig } from "./architecture.ts";
import { normSpecs, type Norms } from "./norms.ts";

/** Kernels [O, C, y, x] and biases of the encoder's convolutions, uniform in +-1 / sqrt(fan in). */
export function imageEncoderSpecs(config: ImageConfig): ParameterSpec[] {
  const sizes = planes(config);
  return config.layers.flatMap(({ channels, kernel }, l) => [
    ...convSpecs(`encoder/conv/${l}`, [channels, sizes[l].channels, ...kernel], channels, sizes[l].channels * kernel[0] * kernel[1]),
    ...(config.batchNorm ? normSpecs(`encoder/norm/${l}`, channels) : []),
  ]);
}

/** The decoder: an MLP [k_1 -> hidden -> flat], then the mirrored transposed convolutions, kernels [C, O, y, x]; the last gives `params` planes per channel. */
export function imageDecoderSpecs(config: ImageConfig, { latent, hidden, params }: { latent: number; hidden: number; params: number }): ParameterSpec[] {
  const sizes = planes(config);
  const mirrored = config.layers.flatMap(({ channels, kernel }, l) => {
    const out = sizes[l].channels * (l === 0 ? params : 1);
    return [
      ...convSpecs(`decoder/conv/${l}`, [channels, out, ...kernel], out, out * kernel[0] * kernel[1]),
      ...(config.batchNorm && l > 0 ? normSpecs(`decoder/norm/${l}`, out) : []),
    ];
  });
  return [...mlpSpecs("decoder", [latent, hidden, flatSize(config)]), ...mirrored];
}

function convSpecs(name: string, kernel: number[], outputs: number, fanIn: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(fanIn);
  return [
    { name: `${name}/kernel`, shape: kernel, low: -bound, high: bound },
    { name: `${name}/bias`, shape: [outputs], low: -bound, high: bound },
  ];
}

/** Pixels [B, C H W] through the convolutions, each with ReLU behind it: [B, flat]. */
export function encodeImage(parameters: Parameters, config: ImageConfig, norms: Norms, x: Tensor): Tensor {
  const { height, width, channels, layers } = config;
  const [rows] = x.shape;
  let plane = reshape(x, [rows, channels, height, width]);
  layers.forEach(({ stride, padding }, l) => {
    const name = `encoder/conv/${l}`;
    const out = withBias(parameters, name, conv2d(plane, x.tape.read(parameters.value(`${name}/kernel`)), { stride, padding }));
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
    const name = `decoder/conv/${l}`;
    const kernel = h1.tape.read(parameters.value(`${name}/kernel`));
    const out = withBias(parameters, name, convTranspose2d(plane, kernel, { stride, padding, outputPadding: outputPadding(sizes[l], sizes[l + 1], layers[l]) }));
    plane = l === 0 ? out : relu(config.batchNorm ? norms.apply(`decoder/norm/${l}`, out) : out);
  }
  const params = plane.shape[1] / channels;
  const pixels = height * width;
  if (params === 1) return reshape(plane, [n, channels * pixels]);
  return reshape(transpose(reshape(plane, [n, channels, params, pixels]), [0, 1, 3, 2]), [n, channels * pixels * params]);
}

/** [N, O, H, W] + bias [O]. */
function withBias(parameters: Parameters, name: string, plane: Tensor): Tensor {
  return add(plane, reshape(plane.tape.read(parameters.value(`${name}/bias`)), [plane.shape[1], 1, 1]));
}
