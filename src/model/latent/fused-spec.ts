import { tailDeviation, tailShare } from "../../likelihood/binned.ts";
import { atomNumbers, binNumbers } from "../../likelihood/column-numbers.ts";
import { countLogScaleRange, mostLogCount } from "../../likelihood/count.ts";
import { learnedLogVarRange } from "../../likelihood/learned-gaussian.ts";
import { paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import { atomDistance } from "../../likelihood/spiked.ts";
import { mostEntries } from "../../sampler/fused/variant.ts";
import type { FusedColumn, FusedKind, FusedSpec, MlpWeights } from "../../sampler/fused/spec.ts";
import type { ModelShape } from "../config/spec.ts";
import type { LatentNetworks } from "./networks.ts";

/**
 * Outputs of all marginal decoders together that the kernel computes side by side, where y is observed: more take longer to
 * compile than they save.
 */
const mostCompleted = 128;

/**
 * Whether the fused kernel can run the model's chains: latents reparameterised, decoders that are MLPs, and columns, of any kinds, whose
 * parameters fit into what an invocation may keep.
 */
export function fusedFits({ config, features, targets }: ModelShape, withTarget: boolean): boolean {
  if (!config.reparameterised || config.image) return false;
  const entries = (columns: readonly MixedColumn[]): number => columns.reduce((total, column) => total + paramsOf(column), 0);
  const completed = config.marginal && withTarget ? entries(features) : 0;
  const observed = config.marginal ? features.length : entries(features);
  // a quarter is left for what blocks of outputs are padded with
  return completed <= mostCompleted && observed + (withTarget ? entries(targets) : 0) <= 0.75 * mostEntries;
}

/** The model's density as MLPs for the fused kernel, with the predictor where y is observed. */
export function fusedSpec({ parameters, shape }: LatentNetworks, withTarget: boolean): FusedSpec {
  const { config, features, targets } = shape;
  const mlp = (name: string): MlpWeights => ({
    input: { kernel: parameters.value(`${name}/0/kernel`), bias: parameters.value(`${name}/0/bias`) },
    output: { kernel: parameters.value(`${name}/1/kernel`), bias: parameters.value(`${name}/1/bias`) },
  });
  const spec: FusedSpec = {
    latents: config.latents,
    hidden: config.hidden,
    features: features.length,
    variance: config.variance,
    generative: config.latents.slice(0, -1).map((_, l) => mlp(`generative/${l}`)),
    decoder: mlp("decoder"),
    // marginal codes are Gaussian, whatever the features are
    ...(!config.marginal && { columns: features.map(fusedColumn) }),
  };
  if (!withTarget) return spec;
  const completion = config.marginal ? { weights: mlp("marginal/decoder"), hidden: config.marginalHidden, columns: features.map(fusedColumn) } : undefined;
  return { ...spec, predictor: { weights: mlp("predictor"), targets: targets.map(fusedColumn), completion } };
}

/** What the kernel is told of a column: its kind, and the numbers of it that the likelihood reads. */
function fusedColumn(column: MixedColumn): FusedColumn {
  const { kind, bins, atoms, scale } = column;
  return {
    // of a count in bins the kernel knows by its `whole`
    kind: kind === "binnedCount" ? "binned" : (kind satisfies FusedKind),
    entries: paramsOf(column),
    ...((kind === "learned" || kind === "spiked") && { range: learnedLogVarRange }),
    ...(kind === "count" && { range: countLogScaleRange }),
    ...(bins && { bins: { ...binNumbers(bins), tailShare, tailDeviation } }),
    ...(atoms && { atoms: { ...atomNumbers(atoms), distance: atomDistance } }),
    ...(scale && { whole: { ...scale, mostLog: mostLogCount } }),
  };
}
