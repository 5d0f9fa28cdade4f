import type { DeviceTensor, Tensor } from "../../autodiff/index.ts";
import { batchNorm, batchNormInference, type RunningStatistics } from "../../nn/batch-norm.ts";
import type { ParameterSpec, Parameters } from "../../nn/parameters.ts";
import { planes, type ImageConfig } from "./architecture.ts";

/** Batch normalisation of the planes [N, C, H, W] of a layer, by name. */
export interface Norms {
  apply(name: string, plane: Tensor): Tensor;
}

/** The running statistics of a layer, kept beside the parameters: no gradient flows there. */
const statistic = (name: string, of: keyof RunningStatistics): string => `statistics/${name}/${of}`;

/** Running means and variances of every layer of an image's encoder and decoder. */
export function statisticsSpecs(config: ImageConfig): ParameterSpec[] {
  if (!config.batchNorm) return [];
  const sizes = planes(config);
  const names = [...config.layers.map(({ channels }, l) => [`encoder/norm/${l}`, channels] as const), ...config.layers.slice(1).map((_, l) => [`decoder/norm/${l + 1}`, sizes[l + 1].channels] as const)];
  return names.flatMap(([name, channels]) => [
    { name: statistic(name, "mean"), shape: [channels], low: 0, high: 0 },
    { name: statistic(name, "variance"), shape: [channels], low: 1, high: 1 },
  ]);
}

function read({ tape }: Tensor, parameters: Parameters, name: string): { scale: Tensor; bias: Tensor; running: RunningStatistics } {
  const of = (place: string): Tensor => tape.read(parameters.value(place));
  return { scale: of(`${name}/scale`), bias: of(`${name}/bias`), running: { mean: of(statistic(name, "mean")), variance: of(statistic(name, "variance")) } };
}

/** Normalises by the running statistics: what answers, and what HMC trains with. */
export class RunningNorms implements Norms {
  constructor(private readonly parameters: Parameters) {}

  apply(name: string, plane: Tensor): Tensor {
    const { scale, bias, running } = read(plane, this.parameters, name);
    return batchNormInference(plane, scale, bias, running);
  }
}

/** Normalises by the statistics of the batch, and collects what becomes of the running ones. */
export class BatchNorms implements Norms {
  readonly outputs: Record<string, Tensor> = {};
  readonly into: Record<string, DeviceTensor> = {};

  constructor(private readonly parameters: Parameters) {}

  apply(name: string, plane: Tensor): Tensor {
    const { scale, bias, running } = read(plane, this.parameters, name);
    const { y, running: moved } = batchNorm(plane, scale, bias, running);
    for (const of of ["mean", "variance"] as const) {
      const place = statistic(name, of);
      this.outputs[place] = moved[of];
      this.into[place] = this.parameters.value(place);
    }
    return y;
  }
}
