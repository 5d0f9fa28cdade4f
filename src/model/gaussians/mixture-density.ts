import type { CodedAtom } from "../../data/index.ts";
import { isNumber, levelCount, type MixedColumn } from "../../likelihood/mixed.ts";
import { atomDistance } from "../../likelihood/spiked.ts";
import { choleskyFactor, logDeterminant, solveLower } from "../../math/cholesky.ts";
import { logSumExp } from "../../math/special.ts";

/**
 * A mixture of K parts over all columns, features first: within a part the N numbers are jointly Gaussian on the coded scale and every column of
 * levels is independent. (The location model: Olkin and Tate 1961; its mixture: Hunt and Jorgensen 2003) A number with atoms is both: a column of levels, which
 * say whether it is one of its atoms (level 0: none), and a number that is hidden where it is an atom.
 */
export interface MixtureParameters {
  /** [K], summing to 1; a part that is not used has 0. */
  readonly weights: Float64Array;
  /** [K, N] */
  readonly mean: Float64Array;
  /** [K, N, N] */
  readonly covariance: Float64Array;
  /** Probabilities of the levels of all columns of levels, one after the other: [K, L]. */
  readonly levels: Float64Array;
}

/** Where a column stands: among the numbers, where its levels begin, or both. */
export interface ColumnPlaces {
  /** Of each column: its place among the numbers; -1 for levels. */
  readonly number: readonly number[];
  /** Of each column: where its levels begin; -1 for numbers without atoms. */
  readonly firstLevel: readonly number[];
  /** How many levels each column has; 1 for numbers, with atoms one more for each of them. */
  readonly levelCounts: readonly number[];
  /** Of each column. */
  readonly atoms: readonly (readonly CodedAtom[])[];
  /** Columns that are numbers. N */
  readonly numbers: readonly number[];
  /** L */
  readonly levels: number;
}

export function columnPlaces(columns: readonly MixedColumn[]): ColumnPlaces {
  const numbers = columns.flatMap((column, j) => (isNumber(column) ? [j] : []));
  const atoms = columns.map((column) => column.atoms ?? []);
  const levelCounts = columns.map((column, j) => (isNumber(column) ? 1 + atoms[j].length : levelCount(column)));
  let levels = 0;
  const firstLevel = columns.map((column, j) => {
    if (isNumber(column) && atoms[j].length === 0) return -1;
    levels += levelCounts[j];
    return levels - levelCounts[j];
  });
  return { number: columns.map((_, j) => numbers.indexOf(j)), firstLevel, levelCounts, atoms, numbers, levels };
}

/** Which of the levels of column j a coded value is: of numbers with atoms 1 + the atom's place, or 0. */
export function levelAt({ number, atoms }: ColumnPlaces, j: number, value: number): number {
  if (number[j] < 0) return value;
  for (let a = 0; a < atoms[j].length; a++) if ((value - atoms[j][a].value) ** 2 < atomDistance) return a + 1;
  return 0;
}

/** log of the width over which a level's probability is spread: of atoms, whose density is compared with that of numbers. */
export function logWidthOf({ number, atoms }: ColumnPlaces, j: number, level: number): number {
  return number[j] < 0 || level === 0 ? 0 : Math.log(atoms[j][level - 1].high - atoms[j][level - 1].low);
}

/** The regression of the numbers that are hidden on those that are seen, in one part. */
interface Regression {
  /** L_OO [O, O] */
  readonly factor: Float64Array;
  readonly logDeterminant: number;
  /** L_OO^-1 Sigma_OU [O, U] */
  readonly half: Float64Array;
  /** Sigma_UU - Sigma_UO Sigma_OO^-1 Sigma_OU [U, U] */
  readonly covariance: Float64Array;
}

/** Which numbers are seen, and what follows from that for every part. */
interface Pattern {
  /** Places among the numbers. */
  readonly seen: readonly number[];
  readonly hidden: readonly number[];
  readonly regressions: readonly Regression[];
}

/** One row given what is known of it. */
export interface RowConditional {
  readonly pattern: Pattern;
  /** log p(part | x_O) [K], and log p(x_O) of what is seen. */
  readonly logWeights: Float64Array;
  readonly logDensity: number;
  /** E[x_U | x_O, part] [K, U]; the covariances are the pattern's. */
  readonly mean: Float64Array;
}

/** More patterns than this are not kept. */
const mostPatterns = 2000;
/** Up to so many numbers a pattern is told by a whole number, which is quicker than a text. */
const mostBits = 30;
const logOfTwoPi = Math.log(2 * Math.PI);

/** The density with what it needs for conditioning. */
export class MixtureDensity {
  readonly parts: number;
  private readonly patterns = new Map<string | number, Pattern>();
  /** log of the parts' weights [K], and of the probabilities of levels [K, L]. */
  private readonly logWeights: Float64Array;
  private readonly logLevels: Float64Array;

  constructor(readonly parameters: MixtureParameters, readonly places: ColumnPlaces) {
    this.parts = parameters.weights.length;
    this.logWeights = parameters.weights.map(Math.log);
    this.logLevels = parameters.levels.map(Math.log);
  }

  /** Conditions on the entries with observed 1, coded: x, observed [C] from place `at` on. Throws RangeError where a part's covariance is not positive definite. */
  condition(x: ArrayLike<number>, observed: ArrayLike<number>, at = 0): RowConditional {
    const { places, parameters, parts } = this;
    const pattern = this.pattern(x, observed, at);
    const { seen, hidden } = pattern;
    const n = places.numbers.length;
    const [o, u] = [seen.length, hidden.length];
    const mean = new Float64Array(parts * u);
    const logJoint = new Float64Array(parts);
    const { mean: means } = parameters;
    // L_OO^-1 (x_O - mu_O)
    const whitened = new Float64Array(o);
    const values = new Float64Array(o);
    for (let i = 0; i < o; i++) values[i] = x[at + places.numbers[seen[i]]];
    for (let k = 0; k < parts; k++) {
      const { factor, logDeterminant: determinant, half } = pattern.regressions[k];
      let distance = 0;
      for (let i = 0; i < o; i++) {
        let value = values[i] - means[k * n + seen[i]];
        for (let j = 0; j < i; j++) value -= factor[i * o + j] * whitened[j];
        value /= factor[i * o + i];
        whitened[i] = value;
        distance += value * value;
      }
      // log N(x_O; mu_O, Sigma_OO), and E[x_U | x_O] = mu_U + Sigma_UO Sigma_OO^-1 (x_O - mu_O)
      logJoint[k] = this.logWeights[k] - 0.5 * (o * logOfTwoPi + determinant + distance);
      for (let j = 0; j < u; j++) {
        let value = means[k * n + hidden[j]];
        for (let i = 0; i < o; i++) value += half[i * u + j] * whitened[i];
        mean[k * u + j] = value;
      }
    }
    for (let j = 0; j < places.firstLevel.length; j++) {
      const first = places.firstLevel[j];
      if (first < 0 || Number(observed[at + j]) !== 1) continue;
      const level = levelAt(places, j, x[at + j]);
      const logWidth = logWidthOf(places, j, level);
      for (let k = 0; k < parts; k++) logJoint[k] += this.logLevels[k * places.levels + first + level] - logWidth;
    }
    const logDensity = logSumExp(logJoint);
    for (let k = 0; k < parts; k++) logJoint[k] -= logDensity;
    return { pattern, logWeights: logJoint, logDensity, mean };
  }

  /** A number that is known to be an atom says nothing of what it would be otherwise. */
  private pattern(x: ArrayLike<number>, observed: ArrayLike<number>, at: number): Pattern {
    const { places } = this;
    const { numbers } = places;
    const isSeen = (column: number): boolean => Number(observed[at + column]) === 1 && levelAt(places, column, x[at + column]) === 0;
    let bits = 0;
    if (numbers.length <= mostBits) for (let i = 0; i < numbers.length; i++) bits = 2 * bits + Number(isSeen(numbers[i]));
    const name = numbers.length <= mostBits ? bits : numbers.map((column) => Number(isSeen(column))).join("");
    const known = this.patterns.get(name);
    if (known) return known;
    const seen = numbers.flatMap((column, i) => (isSeen(column) ? [i] : []));
    const hidden = numbers.flatMap((column, i) => (isSeen(column) ? [] : [i]));
    const pattern = { seen, hidden, regressions: Array.from({ length: this.parts }, (_, k) => this.regression(k, seen, hidden)) };
    if (this.patterns.size >= mostPatterns) this.patterns.clear();
    this.patterns.set(name, pattern);
    return pattern;
  }

  private regression(k: number, seen: readonly number[], hidden: readonly number[]): Regression {
    const n = this.places.numbers.length;
    const [o, u] = [seen.length, hidden.length];
    const sigma = (i: number, j: number): number => this.parameters.covariance[(k * n + i) * n + j];
    const factor = choleskyFactor(Float64Array.from({ length: o * o }, (_, at) => sigma(seen[Math.floor(at / o)], seen[at % o])), o);
    if (!factor) throw new RangeError(`[gaussians] the covariance of part ${k} is not positive definite.`);
    const half = new Float64Array(o * u);
    const column = new Float64Array(o);
    for (let j = 0; j < u; j++) {
      for (let i = 0; i < o; i++) column[i] = sigma(seen[i], hidden[j]);
      solveLower(factor, o, column).forEach((value, i) => (half[i * u + j] = value));
    }
    const covariance = new Float64Array(u * u);
    for (let a = 0; a < u; a++) {
      for (let b = 0; b <= a; b++) {
        let value = sigma(hidden[a], hidden[b]);
        for (let i = 0; i < o; i++) value -= half[i * u + a] * half[i * u + b];
        covariance[a * u + b] = covariance[b * u + a] = value;
      }
    }
    return { factor, logDeterminant: logDeterminant(factor, o), half, covariance };
  }
}
