import { isNumber, type MixedColumn } from "../../likelihood/mixed.ts";
import { normalCdf } from "../../math/special.ts";
import type { TargetCells, ToldQuestion } from "./conditional.ts";
import { levelLaw, softmaxLaw } from "./level-law.ts";
import { gaussianVariance, numberLaw, shareBelow } from "./number-law.ts";

/** G, all combinations of the targets' cells. */
export function cellCount(cells: readonly TargetCells[]): number {
  return cells.reduce((product, { count }) => product * count, 1);
}


/** For targets whose likelihood parameters are theta [P, C] at one draw, which is when they are independent. */
export function massesOf(columns: readonly MixedColumn[], variance: number, params: number, { cells }: Pick<ToldQuestion, "cells">): (theta: Float32Array, from: number, row: number, weight: number, into: Float64Array, at: number) => void {
  const each = columns.map((column, p) => targetMasses(column, variance, cells[p]));
  const own = cells.map(({ count }) => new Float64Array(count));
  return (theta, from, row, weight, into, at) => {
    each.forEach((masses, p) => masses(theta, from + p * params, row, own[p]));
    addProduct(own, weight, into, at);
  };
}

/** into[g] += weight prod_p masses_p[g_p], the last target's cells innermost. */
export function addProduct(masses: readonly Float64Array[], weight: number, into: Float64Array, at: number): void {
  if (masses.length === 1) {
    for (let g = 0; g < masses[0].length; g++) into[at + g] += weight * masses[0][g];
    return;
  }
  const [first, ...rest] = masses;
  const inner = rest.reduce((product, { length }) => product * length, 1);
  for (let g = 0; g < first.length; g++) addProduct(rest, weight * first[g], into, at + g * inner);
}

/** The masses of one target's cells from its parameters. */
function targetMasses(column: MixedColumn, variance: number, { count, borders }: TargetCells): (theta: Float32Array, at: number, row: number, into: Float64Array) => void {
  if (!isNumber(column) || !borders) {
    const law = levelLaw(column);
    return (theta, at, _, into) => into.set(law(theta, at));
  }
  const betweenBorders = (row: number, into: Float64Array, cdf: (x: number) => number): void => {
    let below = 0;
    for (let g = 0; g < count; g++) {
      const upTo = g === count - 1 ? 1 : cdf(borders[row * (count - 1) + g]);
      into[g] = Math.max(0, upTo - below);
      below = upTo;
    }
  };
  const varianceAt = column.kind === "spiked" ? undefined : gaussianVariance(column, variance);
  if (varianceAt) {
    return (theta, at, row, into) => {
      const [mean, scale] = [theta[at], 1 / Math.sqrt(varianceAt(theta, at))];
      betweenBorders(row, into, (x) => tabulatedCdf((x - mean) * scale));
    };
  }
  if (column.bins && column.bins.atoms !== true) {
    const { bins } = column;
    const { low, high } = bins;
    const softmax = softmaxLaw(new Float64Array(low.length));
    return (theta, at, row, into) => {
      const p = softmax(theta, at);
      let b = 0;
      let before = 0;
      betweenBorders(row, into, (x) => {
        // borders ascend, and so do bins
        while (b < p.length - 1 && x >= high[b]) before += p[b++];
        return before + p[b] * shareBelow(bins, b, x);
      });
    };
  }
  const law = numberLaw(column, variance);
  return (theta, at, row, into) => betweenBorders(row, into, (x) => law.cdf(theta, at, x));
}

const [tableEnd, perUnit] = [8, 256];
const table = Float64Array.from({ length: 2 * tableEnd * perUnit + 2 }, (_, i) => normalCdf(i / perUnit - tableEnd));

/** The standard normal's distribution function, to 5e-7. */
export function tabulatedCdf(z: number): number {
  if (!(z > -tableEnd)) return 0;
  if (z >= tableEnd) return 1;
  const place = (z + tableEnd) * perUnit;
  const i = Math.floor(place);
  return table[i] + (place - i) * (table[i + 1] - table[i]);
}
