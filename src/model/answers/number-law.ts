import { codedAtoms, codeValue, decodeValue, drawDecoder, drawLimits, isAtom, isWhole, type Bins, type CodedAtom, type Column } from "../../data/index.ts";
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

/** How a column of numbers is distributed: Gaussian with the given variance, Gaussian with its own, the same beside atoms, by bins, or a rounded logistic. */
export function numberLaw(mixed: MixedColumn, variance: number): NumberLaw {
  if (mixed.bins) return binnedLaw(mixed.bins);
  if (mixed.kind === "spiked") return spikedLaw(mixed.atoms!, mixed.limits!);
  if (mixed.kind === "count") return countLaw({ type: "count", ...mixed.scale! });
  return gaussianLaw(gaussianVariance(mixed, variance)!, mixed.kind === "gaussian");
}

/** The variance at one draw of a column that is Gaussian, beside atoms or not: its own, or the given one; undefined for other columns. */
export function gaussianVariance({ kind }: MixedColumn, variance: number): ((theta: Float32Array, at: number) => number) | undefined {
  if (kind === "learned" || kind === "spiked") return learnedVariance;
  return kind === "gaussian" ? () => variance : undefined;
}

function learnedVariance(theta: Float32Array, at: number): number {
  return Math.exp(clamp(theta[at + 1], ...learnedLogVarRange));
}

function gaussianLaw(varianceAt: (theta: Float32Array, at: number) => number, fixed: boolean): NumberLaw {
  return {
    mean: (theta, at) => theta[at],
    units: (theta, at, column) => {
      const { type, mean = 0, std = 1 } = column;
      // E[e^x - 1] = exp(m + v / 2) - 1, where the variance is everyone's and therefore small
      if (type === "positive" && fixed) return Math.max(0, Math.expm1(mean + std * theta[at] + (std * std * varianceAt(theta, at)) / 2));
      return gaussianMean(column, theta[at], varianceAt(theta, at));
    },
    cdf: (theta, at, x) => normalCdf((x - theta[at]) / Math.sqrt(varianceAt(theta, at))),
    draw: (theta, at, _, normal) => theta[at] + Math.sqrt(varianceAt(theta, at)) * normal,
  };
}

/** Places z and weights of the trapezoidal rule for means over N(0, 1), from -4 to 4. */
export const normalPlaces = /* @__PURE__ */ Array.from({ length: 17 }, (_, i) => (i - 8) / 2);
const normalWeights = /* @__PURE__ */ normalPlaces.map((z) => Math.exp(-0.5 * z * z)).map((weight, _, all) => weight / all.reduce((a, b) => a + b));

/**
 * The mean in original units of N(m, v) on the coded scale, x = mean + std N(m, v): mean + std m; where the scale is bent that of what lies within the limits of draws, because
 * the mean of all, for positive numbers exp(mean + std m + std^2 v / 2) - 1, may be decided by a tail that no cell would have.
 */
function gaussianMean(column: Column, m: number, v: number): number {
  const { type, mean = 0, std = 1 } = column;
  if (type === "real") return mean + std * m;
  const deviation = Math.sqrt(v);
  const [low, high] = drawLimits(column);
  // where all that counts lies within the limits the closed form is that mean
  const within = (z: number): boolean => {
    const place = mean + std * (m + deviation * z);
    return place > 0 && Math.expm1(place) < high;
  };
  if (type === "positive" && within(4) && within(-4)) return Math.expm1(mean + std * m + (std * std * v) / 2);
  return normalPlaces.reduce((total, z, i) => total + normalWeights[i] * clamp(decodeValue(column, m + deviation * z), low, high), 0);
}

/** Atoms beside a Gaussian, as likelihood/spiked.ts has it. */
function spikedLaw(atoms: readonly CodedAtom[], [least, largest]: readonly [number, number]): NumberLaw {
  const p = new Float64Array(atoms.length + 1);
  // P(Gaussian) first
  const shares = (theta: Float32Array, at: number): Float64Array => {
    let top = 0;
    for (let a = 0; a < atoms.length; a++) top = Math.max(top, theta[at + 2 + a]);
    let total = p[0] = Math.exp(-top);
    for (let a = 0; a < atoms.length; a++) total += p[a + 1] = Math.exp(theta[at + 2 + a] - top);
    for (let a = 0; a < p.length; a++) p[a] /= total;
    return p;
  };
  const mixture = (own: Float64Array, number: number, of: (atom: CodedAtom) => number): number => atoms.reduce((total, atom, a) => total + own[a + 1] * of(atom), own[0] * number);
  return {
    mean: (theta, at) => mixture(shares(theta, at), clamp(theta[at], least, largest), ({ value }) => value),
    units: (theta, at, column) => mixture(shares(theta, at), gaussianMean(column, theta[at], learnedVariance(theta, at)), ({ units }) => units),
    cdf: (theta, at, x) => {
      const below = x < least ? 0 : x >= largest ? 1 : normalCdf((x - theta[at]) / Math.sqrt(learnedVariance(theta, at)));
      return mixture(shares(theta, at), below, ({ value }) => atomBelow(value, x));
    },
    draw: (theta, at, uniform, normal) => {
      const own = shares(theta, at);
      let left = uniform;
      for (let a = 0; a < atoms.length; a++) {
        if (left < own[a + 1]) return atoms[a].value;
        left -= own[a + 1];
      }
      return clamp(theta[at] + Math.sqrt(learnedVariance(theta, at)) * normal, least, largest);
    },
  };
}

/** Softmax over bins; the broad tail of the training objective is left out. */
function binnedLaw(bins: Bins): NumberLaw {
  const { low, high, mean, units } = bins;
  const softmax = softmaxLaw(new Float64Array(low.length));
  const expected = (p: Float64Array, values: readonly number[]): number => p.reduce((total, weight, b) => total + weight * values[b], 0);
  return {
    mean: (theta, at) => expected(softmax(theta, at), mean),
    units: (theta, at) => expected(softmax(theta, at), units),
    cdf: (theta, at, x) => softmax(theta, at).reduce((total, weight, b) => total + weight * shareBelow(bins, b, x), 0),
    draw: (theta, at, uniform) => {
      const p = softmax(theta, at);
      let left = uniform;
      let b = 0;
      while (b < p.length - 1 && left >= p[b]) left -= p[b++];
      return isAtom(bins, b) ? mean[b] : low[b] + clamp(left / Math.max(p[b], 1e-12), 0, 1) * (high[b] - low[b]);
    },
  };
}

/** How much of bin b lies below x. */
export function shareBelow(bins: Bins, b: number, x: number): number {
  const { low, high, mean } = bins;
  if (!isAtom(bins, b)) return clamp((x - low[b]) / (high[b] - low[b]), 0, 1);
  return atomBelow(mean[b], x);
}

/** How much of an atom lies below x: half, if x is its place. */
export function atomBelow(value: number, x: number): number {
  return x > value + 1e-6 ? 1 : x < value - 1e-6 ? 0 : 0.5;
}

/** Quantiles that stand for a count's distribution in its means: where the tail has no mean, that of its body is meant. */
export const countQuantiles = 32;

/** The whole number nearest to e^t - 1, t logistic on the coded scale, as likelihood/count.ts has it. */
function countLaw(column: CountScale): NumberLaw {
  const scaleAt = (theta: Float32Array, at: number): number => Math.exp(clamp(theta[at + 1], ...countLogScaleRange));
  const codedAt = (theta: Float32Array, at: number, u: number): number => {
    const place = theta[at] + scaleAt(theta, at) * Math.log(u / (1 - u));
    return codeValue(column, decodeValue(column, Math.min(place, (mostLogCount - column.mean) / column.std)));
  };
  const overQuantiles = (of: (u: number) => number): number => Array.from({ length: countQuantiles }, (_, i) => of((i + 0.5) / countQuantiles)).reduce((a, b) => a + b) / countQuantiles;
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

/** Coded values that lie nearer to an atom are it: float32 has no more digits. */
const atomTolerance = 1e-5;

/** Reads coded draws of a column in original units: of an atom exactly the value that occurs, else as a cell could hold it. */
export function drawsInUnits(column: Column): (coded: number) => number {
  const { bins } = column;
  const ofBins = bins?.mean.flatMap((value, b) => (isAtom(bins, b) ? [{ value, units: exact(column, bins.units[b]) }] : [])) ?? [];
  const atoms = [...ofBins, ...(isWhole(column.type) ? [] : codedAtoms(column))];
  const decode = drawDecoder(column);
  return (coded) => atoms.find(({ value }) => Math.abs(value - coded) < atomTolerance)?.units ?? decode(coded);
}

/** A value that was coded in float32 and back, with the column's digits. */
function exact({ decimals }: Column, units: number): number {
  return decimals === undefined ? units : Number(units.toFixed(decimals));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
