import { broadcastTo, deviceTensor, gather, greater, linear, relu, reshape, slice, stopGradient, transpose, where, type DeviceTensor, type Tensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { categorical } from "../likelihood/categorical.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { ModelShape } from "./spec.ts";

/**
 * Mean (continuous) or mode (discrete) of p(x_d | z_d) for x_hat. Only what it needs is computed: one output per feature,
 * and all levels for categorical features alone. Modes carry no gradient.
 */
export class MarginalPoints {
  private readonly isBinary: DeviceTensor;
  private readonly isCategorical: DeviceTensor;
  /** Indices of the categorical features, and for each feature its place among them (0 for others). */
  private readonly categoricalFeatures: DeviceTensor | undefined;
  private readonly places: DeviceTensor;
  private readonly allowed: DeviceTensor | undefined;

  constructor(gpu: Gpu, private readonly shape: ModelShape, private readonly parameters: Parameters) {
    const { features } = shape;
    const names = features.flatMap((column, d) => (column.kind === "categorical" ? [d] : []));
    const indicator = (kind: string): DeviceTensor => deviceTensor(gpu, [features.length], features.map((column) => Number(column.kind === kind)), { label: `is ${kind}` });
    this.isBinary = indicator("bernoulli");
    this.isCategorical = indicator("categorical");
    this.places = deviceTensor(gpu, [features.length], features.map((_, d) => Math.max(0, names.indexOf(d))), { dtype: "u32", label: "places" });
    if (names.length === 0) return;
    const levels = Math.max(...features.map((column) => column.levels));
    this.categoricalFeatures = deviceTensor(gpu, [names.length], names, { dtype: "u32", label: "categorical features" });
    this.allowed = deviceTensor(gpu, [names.length, 1, levels], names.flatMap((d) => Array.from({ length: levels }, (_, c) => Number(c < features[d].levels))), { label: "levels" });
  }

  /** z [N, D] -> [N, D] */
  of(z: Tensor): Tensor {
    const { tape } = z;
    const logit = this.firstOutput(z);
    const binary = stopGradient(greater(logit, 0));
    const point = this.shape.features.some((column) => column.kind === "bernoulli") ? where(broadcastTo(tape.read(this.isBinary), z.shape), binary, logit) : logit;
    if (!this.categoricalFeatures) return point;
    return where(broadcastTo(tape.read(this.isCategorical), z.shape), this.categoricalModes(z), point);
  }

  /** The first output of every marginal decoder: [N, D]. */
  private firstOutput(z: Tensor): Tensor {
    const [rows, d] = z.shape;
    const read = (name: string): Tensor => z.tape.read(this.parameters.value(`marginal/decoder/${name}`));
    const h = relu(linear(reshape(transpose(z, [1, 0]), [d, rows, 1]), read("0/kernel"), read("0/bias")));
    const theta = linear(h, slice(read("1/kernel"), 2, 0, 1), slice(read("1/bias"), 1, 0, 1));
    return transpose(reshape(theta, [d, rows]), [1, 0]);
  }

  /** The most probable level of each categorical feature, at all features' places: [N, D]. */
  private categoricalModes(z: Tensor): Tensor {
    const { tape } = z;
    const rows = z.shape[0];
    const which = tape.read(this.categoricalFeatures!);
    const own = (name: string): Tensor => gather(tape.read(this.parameters.value(`marginal/decoder/${name}`)), which);
    const codes = reshape(gather(transpose(stopGradient(z), [1, 0]), which), [this.categoricalFeatures!.size, rows, 1]);
    const theta = linear(relu(linear(codes, own("0/kernel"), own("0/bias"))), own("1/kernel"), own("1/bias"));
    const modes = categorical.point(theta, { variance: 1, allowed: tape.read(this.allowed!) });
    return transpose(gather(modes, tape.read(this.places)), [1, 0]);
  }
}
