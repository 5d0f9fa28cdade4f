import type { DeviceTensor, Tensor } from "../../autodiff/index.ts";
import { batchNorm, trainBatchNorm } from "../../nn/batch-norm.ts";
import type { ParameterSpec, Parameters } from "../../nn/parameters.ts";
import { planes, type ImageConfig } from "./architecture.ts";

/** Batch normalisation of the planes [N, C, H, W] of a layer, by name. */
export interface Norms {
  apply(name: string, plane: Tensor): Tensor;
}

/** The statistics of a layer, kept beside the parameters: no gradient flows there. */
const statistic = (name: string, of: "mean" | "variance"): string => `statistics/${name}/${of}`;

/** Scale and shift, which are trained. */
export function normSpecs(name: string, channels: number): ParameterSpec[] {
  return [
    { name: `${name}/scale`, shape: [channels], low: 1, high: 1 },
    { name: `${name}/shift`, shape: [channels], low: 0, high: 0 },
  ];
}

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

/** Normalises by the running statistics: what answers, and what HMC trains with. */
export class RunningNorms implements Norms {
  constructor(private readonly parameters: Parameters) {}

  apply(name: string, plane: Tensor): Tensor {
    const read = (of: string): Tensor => plane.tape.read(this.parameters.value(of));
    return batchNorm(plane, { scale: read(`${name}/scale`), shift: read(`${name}/shift`) }, { mean: read(statistic(name, "mean")), variance: read(statistic(name, "variance")) });
  }
}

/** Normalises by the statistics of the batch, and collects what becomes of the running ones. */
export class BatchNorms implements Norms {
  readonly outputs: Record<string, Tensor> = {};
  readonly into: Record<string, DeviceTensor> = {};

  constructor(private readonly parameters: Parameters) {}

  apply(name: string, plane: Tensor): Tensor {
    const read = (of: string): Tensor => plane.tape.read(this.parameters.value(of));
    const [mean, variance] = (["mean", "variance"] as const).map((of) => statistic(name, of));
    const { normalised, running } = trainBatchNorm(plane, { scale: read(`${name}/scale`), shift: read(`${name}/shift`) }, { mean: read(mean), variance: read(variance) });
    for (const [place, value] of [[mean, running.mean], [variance, running.variance]] as const) {
      this.outputs[place] = value;
      this.into[place] = this.parameters.value(place);
    }
    return normalised;
  }
}
