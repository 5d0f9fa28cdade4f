import { broadcastTo, deviceTensor, gather, greater, linear, randomUniform, relu, reshape, slice, stopGradient, transpose, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { categorical, levelAt } from "../../likelihood/categorical.ts";
import { paramsOf, type MixedLikelihood } from "../../likelihood/mixed.ts";
import type { Parameters } from "../../nn/parameters.ts";
import type { CodeOutputs } from "./emission.ts";
import type { ModelShape } from "../config/spec.ts";

/**
 * Mean (continuous) or mode (discrete) of p(x_d | z_d), for x_hat, and draws of it. Only what they need is computed: one output
 * per feature, and all levels for categorical features alone. Modes carry no gradient.
 */
export class MarginalOutputs implements CodeOutputs {
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

  /** Whether one output per feature, and the levels of categorical ones, are all that points and draws need. */
  static suffice({ features }: ModelShape): boolean {
    return features.every((column) => column.kind === "categorical" || (!column.ordered && paramsOf(column) === 1));
  }

  /** Means and modes: z [N, D] -> [N, D] */
  points(z: Tensor): Tensor {
    const { tape } = z;
    const logit = this.firstOutput(z);
    const binary = stopGradient(greater(logit, 0));
    const point = this.shape.features.some((column) => column.kind === "bernoulli") ? where(broadcastTo(tape.read(this.isBinary), z.shape), binary, logit) : logit;
    if (!this.categoricalFeatures) return point;
    return where(broadcastTo(tape.read(this.isCategorical), z.shape), this.categoricalModes(z), point);
  }

  /** A draw of each feature, the one that the likelihoods give for all outputs of the decoders: z [N, D] -> [N, D] */
  sample(z: Tensor, key: Tensor, likelihoods: MixedLikelihood): Tensor {
    const first = reshape(this.firstOutput(z), [...z.shape, 1]);
    return likelihoods.sampleBy(z.tape, z.shape, (likelihood, settings) => {
      if (likelihood.kind !== "categorical") return likelihood.sample(first, key, settings);
      // everyone's uniform numbers, of which only those of categorical features are made
      const u = randomUniform(key, [...z.shape, likelihoods.params]);
      const own = gather(transpose(u, [1, 0, 2]), z.tape.read(this.categoricalFeatures!));
      return this.atAllPlaces(levelAt(this.levelLogits(z), own, z.tape.read(this.allowed!)));
    });
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
    return this.atAllPlaces(categorical.point(this.levelLogits(z), { variance: 1, allowed: z.tape.read(this.allowed!) }));
  }

  /** The logits of all levels of the F categorical features: z [N, D] -> [F, N, C]. */
  private levelLogits(z: Tensor): Tensor {
    const { tape } = z;
    const which = tape.read(this.categoricalFeatures!);
    const own = (name: string): Tensor => gather(tape.read(this.parameters.value(`marginal/decoder/${name}`)), which);
    const codes = reshape(gather(transpose(z, [1, 0]), which), [this.categoricalFeatures!.size, z.shape[0], 1]);
    return linear(relu(linear(codes, own("0/kernel"), own("0/bias"))), own("1/kernel"), own("1/bias"));
  }

  /** [F, N] -> [N, D] */
  private atAllPlaces(levels: Tensor): Tensor {
    return transpose(gather(levels, levels.tape.read(this.places)), [1, 0]);
  }
}
