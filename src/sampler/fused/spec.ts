import type { DeviceTensor } from "../../autodiff/index.ts";

/** An MLP with one hidden ReLU layer: kernels [in, out], biases [out]. */
export interface MlpWeights {
  readonly input: { readonly kernel: DeviceTensor; readonly bias: DeviceTensor };
  readonly output: { readonly kernel: DeviceTensor; readonly bias: DeviceTensor };
}

/** Kinds of observations that the kernel knows. */
export const fusedKinds = ["gaussian", "bernoulli", "categorical"] as const;
export type FusedKind = (typeof fusedKinds)[number];

/** What an observation follows: N(theta, v), Bernoulli with logit theta, or categorical with logits theta. */
export interface FusedColumn {
  readonly kind: FusedKind;
  /** Levels of a categorical column, else 1. */
  readonly levels: number;
}

/**
 * One MLP per feature, [1 -> hidden -> C] side by side: kernels [D, 1, hidden] and [D, hidden, C], biases [D, hidden] and
 * [D, C]. They turn a code z_d into the feature's mean (Gaussian) or mode (else).
 */
export interface FusedCompletion {
  readonly weights: MlpWeights;
  readonly hidden: number;
  readonly columns: readonly FusedColumn[];
}

/** p(y | x_hat, h_1) by an MLP [k_1 + 2 D -> hidden -> P C] of (h_1, x_hat, 1 - observed). */
interface FusedPredictor {
  readonly weights: MlpWeights;
  readonly targets: readonly FusedColumn[];
  /** Turns codes into features; absent: the decoder's outputs are the features' parameters. */
  readonly completion?: FusedCompletion;
}

/**
 * A density of latents eps = (eps_1..eps_L), eps_l in R^k_l, given by MLPs:
 *
 *   log p(eps) = sum_{d observed} log p(z_d | decoder(h_1)_d) + sum_{p observed} log p(y_p | predictor(h_1, x_hat, 1 - o))
 *              + sum_l log N(eps_l; 0, I),
 *   h_L = eps_L;  h_l = mu_l(h_{l+1}) + exp(logvar_l(h_{l+1}) / 2) eps_l
 */
export interface FusedSpec {
  /** k_1..k_L, layer 1 next to the data. */
  readonly latents: readonly number[];
  /** Hidden units of every MLP but the completion's. */
  readonly hidden: number;
  /** D. */
  readonly features: number;
  /** What each z_d follows; absent: N(., v), as codes of marginal VAEs do. With columns of other kinds z_d is the feature itself. */
  readonly columns?: readonly FusedColumn[];
  /** v, of every Gaussian. */
  readonly variance: number;
  /** (mu_l, logvar_l) [k_{l+1} -> hidden -> 2 k_l] for l = 1..L-1. */
  readonly generative: readonly MlpWeights[];
  /** [k_1 -> hidden -> D C], C parameters for each z_d. */
  readonly decoder: MlpWeights;
  /** Present where targets are observed. */
  readonly predictor?: FusedPredictor;
}

/** log-variances are kept in this range, where they are made: trained models go down to -27. */
export const logVarRange = [-40, 20] as const;

export function dimOf(spec: FusedSpec): number {
  return spec.latents.reduce((total, size) => total + size, 0);
}

/** C, entries of theta for each of the columns: the largest number any of them takes. */
export function paramsOf(columns: readonly FusedColumn[]): number {
  return Math.max(1, ...columns.map(({ levels }) => levels));
}

/** What each z_d follows. */
export function columnsOf({ columns, features }: FusedSpec): readonly FusedColumn[] {
  return columns ?? new Array<FusedColumn>(features).fill({ kind: "gaussian", levels: 1 });
}

/** Inputs and outputs of each MLP by name, in the order in which the kernel binds their weights. */
export function mlpSizes(spec: FusedSpec): { name: string; inputs: number; outputs: number; weights: MlpWeights }[] {
  const { latents, features, predictor } = spec;
  const sizes = spec.generative.map((weights, l) => ({ name: `generative${l}`, inputs: latents[l + 1], outputs: 2 * latents[l], weights }));
  sizes.push({ name: "decoder", inputs: latents[0], outputs: features * paramsOf(columnsOf(spec)), weights: spec.decoder });
  if (predictor) {
    const outputs = predictor.targets.length * paramsOf(predictor.targets);
    sizes.push({ name: "predictor", inputs: latents[0] + 2 * features, outputs, weights: predictor.weights });
  }
  return sizes;
}
