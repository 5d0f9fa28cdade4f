import { codeValue, decodeValue, type Bins, type Column } from "../../data/index.ts";
import { countLogScaleRange, mostLogCount } from "../../likelihood/count.ts";
import { learnedLogVarRange } from "../../likelihood/learned-gaussian.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";
import { normalCdf, sigmoid } from "../../math/special.ts";
import { softmaxLaw } from "./level-law.ts";

/** A number's distribution at one draw, on the coded scale, from the parameters that stand at `at` in theta. */
export interface NumberLaw {
  mean(theta: Float32Array, at: number): number;
  /** The mean in original units. */
  units(theta: Float32Array, at: number, column: Column): number;
  /** F(x) = P(X <= x); half of the probability of an atom at x counts. */
  cdf(theta: Float32Array, at: number, x: number): number;
  /** A draw from a uniform and a standard normal number. */
  draw(theta: Float32Array, at: number, uniform: number, normal: number): number;
}

/** How a column of numbers is distributed: Gaussian with the given variance, Gaussian with its own, by bins, or a rounded logistic. */
export function numberLaw(mixed: MixedColumn, variance: number): NumberLaw {
  if (mixed.bins) return binnedLaw(mixed.bins);
  if (mixed.kind === "count") return countLaw({ type: "count", ...mixed.scale! });
  return gaussianLaw(gaussianVariance(mixed, variance)!);
}

/** The variance at one draw of a column that is Gaussian: its own, or the given one; undefined for other columns. */
export function gaussianVariance({ kind }: MixedColumn, variance: number): ((theta: Float32Array, at: number) => number) | undefined {
  if (kind === "learned") return (theta, at) => Math.exp(clamp(theta[at + 1], ...learnedLogVarRange));
  return kind === "gaussian" ? () => variance : undefined;
}

function gaussianLaw(varianceAt: (theta: Float32Array, at: number) => number): NumberLaw {
  return {
    mean: (theta, at) => theta[at],
    // for x = mean + std u, u ~ N(m, v): mean + std m; on the log1p scale E[e^x - 1] = exp(mean + std m + std^2 v / 2) - 1
    units: (theta, at, { type, mean = 0, std = 1 }) => {
      const m = mean + std * theta[at];
      return type === "positive" ? Math.max(0, Math.expm1(m + (std * std * varianceAt(theta, at)) / 2)) : m;
    },
    cdf: (theta, at, x) => normalCdf((x - theta[at]) / Math.sqrt(varianceAt(theta, at))),
    draw: (theta, at, _, normal) => theta[at] + Math.sqrt(varianceAt(theta, at)) * normal,
  };
}

/** Softmax over bins; the broad tail of the training objective is left out. */
function binnedLaw({ low, high, mean, units, atoms }: Bins): NumberLaw {
  const softmax = softmaxLaw(new Float64Array(low.length));
  const expected = (p: Float64Array, values: readonly number[]): number => p.reduce((total, weight, b) => total + weight * values[b], 0);
  const part = (b: number, x: number): number => (atoms ? (x > mean[b] + 1e-6 ? 1 : x < mean[b] - 1e-6 ? 0 : 0.5) : clamp((x - low[b]) / (high[b] - low[b]), 0, 1));
  return {
    mean: (theta, at) => expected(softmax(theta, at), mean),
    units: (theta, at) => expected(softmax(theta, at), units),
    cdf: (theta, at, x) => softmax(theta, at).reduce((total, weight, b) => total + weight * part(b, x), 0),
    draw: (theta, at, uniform) => {
      const p = softmax(theta, at);
      let left = uniform;
      let b = 0;
      while (b < p.length - 1 && left >= p[b]) left -= p[b++];
      return atoms ? mean[b] : low[b] + clamp(left / Math.max(p[b], 1e-12), 0, 1) * (high[b] - low[b]);
    },
  };
}

/** Quantiles that stand for a count's distribution in its means: where the tail has no mean, that of its body is meant. */
const quantiles = 32;

/** The whole number nearest to e^t - 1, t logistic on the coded scale, as likelihood/count.ts has it. */
function countLaw(column: CountScale): NumberLaw {
  const scaleAt = (theta: Float32Array, at: number): number => Math.exp(clamp(theta[at + 1], ...countLogScaleRange));
  const codedAt = (theta: Float32Array, at: number, u: number): number => {
    const place = theta[at] + scaleAt(theta, at) * Math.log(u / (1 - u));
    return codeValue(column, decodeValue(column, Math.min(place, (mostLogCount - column.mean) / column.std)));
  };
  const overQuantiles = (of: (u: number) => number): number => Array.from({ length: quantiles }, (_, i) => of((i + 0.5) / quantiles)).reduce((a, b) => a + b) / quantiles;
  return {
    mean: (theta, at) => overQuantiles((u) => codedAt(theta, at, u)),
    units: (theta, at) => overQuantiles((u) => decodeValue(column, codedAt(theta, at, u))),
    cdf: (theta, at, x) => {
      // F is constant between whole numbers
      const value = Math.expm1(column.mean + column.std * x);
      const whole = Math.round(value);
      const upTo = (k: number): number => (k < 0 ? 0 : sigmoid((codeValue(column, k + 0.5) - theta[at]) / scaleAt(theta, at)));
      return Math.abs(value - whole) < 0.25 ? (upTo(whole - 1) + upTo(whole)) / 2 : upTo(Math.floor(value));
    },
    draw: (theta, at, uniform) => codedAt(theta, at, clamp(uniform, 1e-9, 1 - 1e-9)),
  };
}

interface CountScale extends Pick<Column, "type"> {
  mean: number;
  std: number;
}

/** A coded draw in original units; of a binned column's atoms exactly the value that occurs. */
export function drawInUnits(column: Column, mixed: MixedColumn, coded: number): number {
  if (mixed.bins?.atoms) {
    const b = mixed.bins.mean.indexOf(coded);
    if (b >= 0) return mixed.bins.units[b];
  }
  return decodeValue(column, coded);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
