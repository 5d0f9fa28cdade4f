import type { DeviceTensor } from "../../autodiff/index.ts";

/** An MLP with one hidden ReLU layer: kernels [in, out], biases [out]. */
export interface MlpWeights {
  readonly input: { readonly kernel: DeviceTensor; readonly bias: DeviceTensor };
  readonly output: { readonly kernel: DeviceTensor; readonly bias: DeviceTensor };
}

/** Kinds of observations that the kernel knows, in the order in which it goes through a row's columns. */
export const fusedKinds = ["gaussian", "learned", "spiked", "binned", "count", "bernoulli", "ordinal", "categorical"] as const;
export type FusedKind = (typeof fusedKinds)[number];

/** What an observation follows, by the parameters theta that an MLP gives for it. */
export interface FusedColumn {
  readonly kind: FusedKind;
  /** Entries of theta: 1 of a Gaussian (mean) and a Bernoulli (logit), 2 where a spread is learned, one for each level, bin or cutpoint, 2 and one for each atom. */
  readonly entries: number;
  /** Bounds of a learned log-variance (learned, spiked) or log-scale (count). */
  readonly range?: readonly [number, number];
  readonly bins?: FusedBins;
  readonly atoms?: FusedAtoms;
  /** Of counts, those in bins too. */
  readonly whole?: FusedWhole;
}

/** Bins: their borders, means, and the broad Gaussian beneath them. */
interface FusedBins extends Readonly<Record<"low" | "high" | "logWidth" | "mean", readonly number[]>> {
  readonly tailShare: number;
  readonly tailDeviation: number;
}

/** Values with a probability of their own, the log of what is nearest to each, and the squared distance below which a value is one of them. */
interface FusedAtoms extends Readonly<Record<"value" | "logWidth", readonly number[]>> {
  readonly distance: number;
}

/** Mean and deviation of log(1 + k), which code a count, and the largest such logarithm. */
interface FusedWhole {
  readonly mean: number;
  readonly std: number;
  readonly mostLog: number;
}

/**
 * One MLP per feature, [1 -> hidden -> C] side by side: kernels [D, 1, hidden] and [D, hidden, C], biases [D, hidden] and
 * [D, C]. They turn a code z_d into the feature's mean or mode.
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
  /** Turns codes into features, noise of the codes included; absent: the decoder's outputs are the features' parameters. */
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

/** C, entries of theta that a network has for each of the columns: the largest number any of them takes. */
export function paramsOf(columns: readonly FusedColumn[]): number {
  return Math.max(1, ...columns.map(({ entries }) => entries));
}

/** Which of a network's outputs, C for each column, the columns take: those of one behind those of the other. */
export function takenOutputs(columns: readonly FusedColumn[]): number[] {
  const params = paramsOf(columns);
  return columns.flatMap(({ entries }, d) => Array.from({ length: entries }, (_, c) => d * params + c));
}

/** What each z_d follows. */
export function columnsOf({ columns, features }: FusedSpec): readonly FusedColumn[] {
  return columns ?? new Array<FusedColumn>(features).fill({ kind: "gaussian", entries: 1 });
}

/** An MLP's sizes, and which outputs of its weights are computed. */
export interface MlpSizes {
  readonly name: string;
  readonly inputs: number;
  /** Outputs that its weights have. */
  readonly outputs: number;
  /** Those that are computed, in order. */
  readonly taken: readonly number[];
  readonly weights: MlpWeights;
}

/** The MLPs by name, in the order in which the kernel binds their weights. */
export function mlpSizes(spec: FusedSpec): MlpSizes[] {
  const { latents, features, predictor } = spec;
  const sizes = spec.generative.map((weights, l): MlpSizes => ({ name: `generative${l}`, inputs: latents[l + 1], outputs: 2 * latents[l], taken: Array.from({ length: 2 * latents[l] }, (_, o) => o), weights }));
  const of = (name: string, inputs: number, columns: readonly FusedColumn[], weights: MlpWeights): MlpSizes => ({ name, inputs, outputs: columns.length * paramsOf(columns), taken: takenOutputs(columns), weights });
  sizes.push(of("decoder", latents[0], columnsOf(spec), spec.decoder));
  if (predictor) sizes.push(of("predictor", latents[0] + 2 * features, predictor.targets, predictor.weights));
  return sizes;
}
