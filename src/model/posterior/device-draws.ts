import type { DeviceTensor } from "../../autodiff/index.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";

/** What draws of a few rows say of each entry, on the device: arrays that the next request overwrites. */
export interface DeviceDraws {
  readonly parts: readonly DevicePart[];
  /** Of HMC: acceptance and divergences of each transition, and of how many chains. */
  readonly chain?: { readonly statistics: DeviceTensor; readonly chains: number };
  /** Mean effective share of the draws; importance sampling only. */
  readonly effective?: number;
}

/** Draws of one kind. */
export interface DevicePart {
  readonly features: DeviceColumns;
  /** Absent where the model has none. */
  readonly targets?: DeviceColumns;
  /** Whether it says nothing of entries that are seen. */
  readonly silent: boolean;
}

/** Likelihood parameters of some columns at each draw, and log p of the truth. */
export interface DeviceColumns {
  /** Draws of a row that the arrays hold, and how many of them count: these are as far apart as may be. */
  readonly made: number;
  readonly draws: number;
  readonly mixed: readonly MixedColumn[];
  /** Of Gaussians whose variance is fixed. */
  readonly variance: number;
  /** [rows, made, columns, params] */
  readonly theta: DeviceTensor;
  /** Positive classes weighted or not: [rows, made, columns]. */
  readonly logProb: DeviceTensor;
  readonly weightedLogProb: DeviceTensor;
}

/** The i-th of `count` places among S draws that are as far apart as may be; shaders/cell-summaries.wgsl and row-scores.wgsl count alike. */
export function spread(i: number, draws: number, count: number): number {
  return Math.floor(((i + 0.5) * draws) / count);
}
