import type { Tensor } from "../autodiff/index.ts";

/** The distribution of one kind of column, for parameters theta [..., C] and coded values x [...]. */
export interface Likelihood {
  readonly kind: "gaussian" | "learned" | "spiked" | "binned" | "count" | "binnedCount" | "bernoulli" | "ordinal" | "categorical";
  /** Whether values are numbers, not levels. */
  readonly continuous: boolean;
  /** How many of theta's C entries are used for a column with this many levels. */
  numParams(levels: number): number;
  /** log p(x | theta) -> [...], nats. `allowed` [C or broadcast] is 1 where an entry of theta belongs to the column. */
  logProb(theta: Tensor, x: Tensor, options: LogProbOptions): Tensor;
  /** A draw from p(x | theta) -> [...], coded. */
  sample(theta: Tensor, key: Tensor, options: LogProbOptions): Tensor;
  /** The point that stands for the distribution in x_hat: mean for continuous, mode for discrete. -> [...] */
  point(theta: Tensor, options: LogProbOptions): Tensor;
}

export interface LogProbOptions {
  /** Variance of a Gaussian. */
  variance: number;
  /** 1 where an entry of theta belongs to the column's levels, broadcast against theta. */
  allowed: Tensor;
  /** Weight of the positive class of a Bernoulli, broadcast against x; absent: 1. */
  positiveWeight?: Tensor;
  /** Of binned columns, broadcast against theta. */
  bins?: BinTensors;
  /** Of columns with atoms. */
  atoms?: AtomTensors;
  /** Of counts, broadcast against x. */
  scale?: ScaleTensors;
}

/** Mean and deviation of log(1 + count): coded = (log(1 + k) - mean) / std. */
export interface ScaleTensors {
  mean: Tensor;
  std: Tensor;
}

/** Bins along the last axis: [C] or broadcast. */
export interface BinTensors {
  low: Tensor;
  high: Tensor;
  logWidth: Tensor;
  mean: Tensor;
  /** Where draws from a bin begin and over what length they spread: the bin, or an atom's value and 0. */
  start: Tensor;
  length: Tensor;
}

/** Atoms where theta has their logits, [C] or broadcast: values, far from all where there is none, and the log of what is nearest to each; and what other draws lie between, broadcast against x. */
export interface AtomTensors {
  value: Tensor;
  logWidth: Tensor;
  least: Tensor;
  largest: Tensor;
}
