import { add, div, mean, mul, reshape, ShapeError, showShape, sizeOf, sqrt, square, sub, type Tensor } from "../autodiff/index.ts";
import type { ParameterSpec } from "./parameters.ts";

/** Mean and variance of each channel, [C] each, averaged over training steps. */
export interface RunningStatistics {
  mean: Tensor;
  variance: Tensor;
}

interface BatchNormOptions {
  /** Share of the new statistics in the running ones. Default: 0.1. */
  momentum?: number;
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
}

/** Parameters of a normalisation: `<name>/scale` [C], first 1, and `<name>/bias` [C], first 0. */
export function batchNormSpecs(name: string, channels: number): ParameterSpec[] {
  return [
    { name: `${name}/scale`, shape: [channels], low: 1, high: 1 },
    { name: `${name}/bias`, shape: [channels], low: 0, high: 0 },
  ];
}

/**
 * Batch normalisation in training (Ioffe & Szegedy 2015): y = scale (x - m) / sqrt(v + epsilon) + bias with the mean m and biased variance v of
 * each channel of this batch, and the running statistics to keep, which take the unbiased variance. x [N,C,H,W], scale and bias [C].
 */
export function batchNorm(x: Tensor, scale: Tensor, bias: Tensor, running: RunningStatistics, options: BatchNormOptions = {}): { y: Tensor; running: RunningStatistics } {
  const { momentum = 0.1, epsilon = 1e-5 } = options;
  checkChannels(x, { scale, bias, "running mean": running.mean, "running variance": running.variance });
  const count = sizeOf(x.shape) / x.shape[1];
  if (count < 2) throw new ShapeError(`[batchNorm] x ${showShape(x.shape)} has one value for each channel, whose variance is unknown; train on larger batches.`);
  const batchMean = mean(x, [0, 2, 3]);
  const variance = mean(square(sub(x, perChannel(batchMean))), [0, 2, 3]);
  const moved = (old: Tensor, now: Tensor): Tensor => add(mul(old, 1 - momentum), mul(now, momentum));
  return {
    y: normalised(x, batchMean, variance, scale, bias, epsilon),
    running: { mean: moved(running.mean, batchMean), variance: moved(running.variance, mul(variance, count / (count - 1))) },
  };
}

/** Batch normalisation in use: by the running statistics. x [N,C,H,W] -> the same shape. */
export function batchNormInference(x: Tensor, scale: Tensor, bias: Tensor, running: RunningStatistics, { epsilon = 1e-5 }: Pick<BatchNormOptions, "epsilon"> = {}): Tensor {
  checkChannels(x, { scale, bias, "running mean": running.mean, "running variance": running.variance });
  return normalised(x, running.mean, running.variance, scale, bias, epsilon);
}

function normalised(x: Tensor, m: Tensor, v: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Tensor {
  const factor = div(scale, sqrt(add(v, epsilon)));
  return add(mul(sub(x, perChannel(m)), perChannel(factor)), perChannel(bias));
}

/** [C] -> [C, 1, 1], which broadcasts over images and pixels. */
function perChannel(values: Tensor): Tensor {
  return reshape(values, [...values.shape, 1, 1]);
}

function checkChannels(x: Tensor, others: Record<string, Tensor>): void {
  if (x.shape.length !== 4) throw new ShapeError(`[batchNorm] expected x [N, C, H, W], got ${showShape(x.shape)}; reshape it.`);
  for (const [name, { shape }] of Object.entries(others)) {
    if (shape.length !== 1 || shape[0] !== x.shape[1]) throw new ShapeError(`[batchNorm] the ${name} is ${showShape(shape)}, x ${showShape(x.shape)}; give one value for each of its ${x.shape[1]} channels.`);
  }
}
