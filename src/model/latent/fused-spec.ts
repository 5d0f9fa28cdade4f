import { fusedKinds, type FusedColumn, type FusedKind, type FusedSpec, type MlpWeights } from "../../sampler/fused/spec.ts";
import type { Kind, MixedColumn } from "../../likelihood/mixed.ts";
import type { LatentNetworks } from "./networks.ts";
import type { ModelShape } from "../config/spec.ts";

/** Whether the fused kernel can run the model's chains: Gaussian codes or features, latents reparameterised; with y observed only where marginal VAEs complete x, all columns of kinds it knows. */
export function fusedFits({ config, features, targets }: ModelShape, withTarget: boolean): boolean {
  if (!config.reparameterised || config.image) return false;
  if (config.marginal) return !withTarget || [...features, ...targets].every(({ kind }) => isFused(kind));
  return !withTarget && features.every(({ kind }) => kind === "gaussian");
}

function isFused(kind: Kind): kind is FusedKind {
  return fusedKinds.some((known) => known === kind);
}

/** The model's density as MLPs for the fused kernel, with the predictor where y is observed. */
export function fusedSpec({ parameters, shape }: LatentNetworks, withTarget: boolean): FusedSpec {
  const { config, features, targets } = shape;
  const mlp = (name: string): MlpWeights => ({
    input: { kernel: parameters.value(`${name}/0/kernel`), bias: parameters.value(`${name}/0/bias`) },
    output: { kernel: parameters.value(`${name}/1/kernel`), bias: parameters.value(`${name}/1/bias`) },
  });
  const columns = (list: readonly MixedColumn[]): FusedColumn[] => list.map(({ kind, levels }) => ({ kind: kind as FusedKind, levels })); // fusedFits has seen to it
  const spec: FusedSpec = {
    latents: config.latents,
    hidden: config.hidden,
    features: features.length,
    variance: config.variance,
    generative: config.latents.slice(0, -1).map((_, l) => mlp(`generative/${l}`)),
    decoder: mlp("decoder"),
  };
  if (!withTarget) return spec;
  const completion = { weights: mlp("marginal/decoder"), hidden: config.marginalHidden, columns: columns(features) };
  return { ...spec, predictor: { weights: mlp("predictor"), targets: columns(targets), completion } };
}
