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

/** The density with what it needs for conditioning. */
export class MixtureDensity {
  readonly parts: number;
  private readonly patterns = new Map<string, Pattern>();

  constructor(readonly parameters: MixtureParameters, readonly places: ColumnPlaces) {
    this.parts = parameters.weights.length;
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
    const deviation = new Float64Array(o);
    for (let k = 0; k < parts; k++) {
      const { factor, logDeterminant: determinant, half } = pattern.regressions[k];
      for (let i = 0; i < o; i++) deviation[i] = x[at + places.numbers[seen[i]]] - parameters.mean[k * n + seen[i]];
      const whitened = solveLower(factor, o, deviation);
      // log N(x_O; mu_O, Sigma_OO), and E[x_U | x_O] = mu_U + Sigma_UO Sigma_OO^-1 (x_O - mu_O)
      logJoint[k] = Math.log(parameters.weights[k]) - 0.5 * (o * Math.log(2 * Math.PI) + determinant + whitened.reduce((total, value) => total + value * value, 0));
      for (let j = 0; j < u; j++) {
        let value = parameters.mean[k * n + hidden[j]];
        for (let i = 0; i < o; i++) value += half[i * u + j] * whitened[i];
        mean[k * u + j] = value;
      }
    }
    places.firstLevel.forEach((first, j) => {
      if (first < 0 || Number(observed[at + j]) !== 1) return;
      const level = levelAt(places, j, x[at + j]);
      const logWidth = logWidthOf(places, j, level);
      for (let k = 0; k < parts; k++) logJoint[k] += Math.log(parameters.levels[k * places.levels + first + level]) - logWidth;
    });
    const logDensity = logSumExp(logJoint);
    return { pattern, logWeights: logJoint.map((value) => value - logDensity), logDensity, mean };
  }

  /** A number that is known to be an atom says nothing of what it would be otherwise. */
  private pattern(x: ArrayLike<number>, observed: ArrayLike<number>, at: number): Pattern {
    const { places } = this;
    const { numbers } = places;
    const isSeen = numbers.map((column) => Number(observed[at + column]) === 1 && levelAt(places, column, x[at + column]) === 0);
    const name = isSeen.map(Number).join("");
    const known = this.patterns.get(name);
    if (known) return known;
    const seen = isSeen.flatMap((yes, i) => (yes ? [i] : []));
    const hidden = isSeen.flatMap((yes, i) => (yes ? [] : [i]));
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
