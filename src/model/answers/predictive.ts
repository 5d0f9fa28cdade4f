import { codeValue, isWhole, type Column } from "../../data/index.ts";
import { mostLogCount } from "../../likelihood/count.ts";
import { isNumber, levelCount, type MixedColumn } from "../../likelihood/mixed.ts";
import { standardNormal, threefry2x32, unitUniform, type Key } from "../../math/key.ts";
import { quantileOfSorted } from "../../math/statistics.ts";
import { calibrateDraws } from "../calibration/calibrate-draws.ts";
import type { CellMap } from "../calibration/calibration.ts";
import { recoupledDraws, tempered } from "../calibration/level-map.ts";
import { besideTruth } from "./beside-truth.ts";
import { levelAnswer, numberAnswer, pick, withinRange, type CellAnswer } from "./cell-summary.ts";
import { levelLaw } from "./level-law.ts";
import { drawsInUnits, numberLaw, type NumberLaw } from "./number-law.ts";

/** One column's likelihood parameters over some draws of a row: theta [S, columns, C]. */
interface ThetaOf {
  theta: Float32Array;
  draws: number;
  at: number;
  columns: number;
  mixed: MixedColumn;
  /** Of Gaussians whose variance is fixed. */
  variance: number;
}

const mostCount = 2 ** Math.ceil(mostLogCount / Math.LN2);

/** A cell's predictive distribution: an even mixture over all draws of all parts. */
export type CellDraws = readonly ThetaOf[];

function drawCount(cell: CellDraws): number {
  return cell.reduce((total, { draws }) => total + draws, 0);
}

/** Probability of each level of a discrete column, averaged over the draws. */
export function levelProbabilities(cell: CellDraws): number[] {
  const sums = new Array<number>(levelCount(cell[0].mixed)).fill(0);
  for (const part of cell) {
    const law = levelLaw(part.mixed);
    for (let s = 0; s < part.draws; s++) {
      const p = law(part.theta, offset(part, s));
      for (let c = 0; c < sums.length; c++) sums[c] += p[c];
    }
  }
  return sums.map((total) => total / drawCount(cell));
}

/** The mean of a number in original units, within the training rows' range: the point whose squared error is least. Of counts the median, which is whole. */
export function meanInUnits(cell: CellDraws, column: Column): number {
  return isWhole(column.type) ? wholeMedian(cell, column) : withinRange(column, overDraws(cell, (law, theta, at) => law.units(theta, at, column)));
}

/** The median of a number in original units: of draws of it the middle one, moved to where F is 1/2; an atom is its own place. */
function medianInUnits(cell: CellDraws, column: Column, coded: Float64Array, inUnits: (coded: number) => number): number {
  if (isWhole(column.type)) return wholeMedian(cell, column);
  const sorted = Float64Array.from(coded).sort();
  const middle = sorted[Math.floor(sorted.length / 2)];
  const units = (value: number): number => withinRange(column, inUnits(value));
  if (sorted.length > 4 && sorted.filter((value) => value === middle).length > 1) return units(middle);
  // F at two draws on either side, and where the line between them is 1/2, twice
  let [low, high] = [quantileOfSorted(sorted, 0.35), quantileOfSorted(sorted, 0.65)];
  let [below, above] = [cdfAt(cell, low), cdfAt(cell, high)];
  if (!(below < 0.5 && above > 0.5)) return units(middle);
  let place = middle;
  for (let i = 0; i < 3; i++) {
    place = low + ((high - low) * (0.5 - below)) / (above - below);
    const at = cdfAt(cell, place);
    if (at < 0.5) [low, below] = [place, at];
    else [high, above] = [place, at];
    if (Math.abs(at - 0.5) < 1e-3 || !(above > below)) break;
  }
  return units(place);
}

/** The smallest whole number k with P(X <= k) >= 1/2. */
function wholeMedian(cell: CellDraws, column: Column): number {
  const reached = (k: number): boolean => cdfAt(cell, codeValue(column, k + 0.5)) >= 0.5;
  // what lies beneath is not reached, `high` is
  let high = 1;
  while (high < mostCount && !reached(high)) high *= 2;
  let low = -1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The predictive mean on the coded scale. */
export function codedMean(cell: CellDraws): number {
  return overDraws(cell, (law, theta, at) => law.mean(theta, at));
}

/** F(x) of the predictive distribution, on the coded scale. */
export function cdfAt(cell: CellDraws, x: number): number {
  return overDraws(cell, (law, theta, at) => law.cdf(theta, at, x));
}

/** F below and up to a coded value: the same where it is no atom; of whole numbers half a number on either side. */
export function placesAbout(cell: CellDraws, column: Column, x: number): { low: number; high: number } {
  const { below, above } = besideTruth(column, x);
  if (below === above) {
    const place = cdfAt(cell, x);
    return { low: place, high: place };
  }
  return { low: cdfAt(cell, below), high: cdfAt(cell, above) };
}

/** Mean over all draws. */
function overDraws(cell: CellDraws, of: (law: NumberLaw, theta: Float32Array, at: number) => number): number {
  let total = 0;
  for (const part of cell) {
    const law = numberLaw(part.mixed, part.variance);
    for (let s = 0; s < part.draws; s++) total += of(law, part.theta, offset(part, s));
  }
  return total / drawCount(cell);
}

/** What a column is expected to be at one draw, on the coded scale: a number's mean, the probability of a binary column's 1, the mean index of levels. */
export function expectedAt(part: ThetaOf, s: number): number {
  if (isNumber(part.mixed)) return numberLaw(part.mixed, part.variance).mean(part.theta, offset(part, s));
  return levelLaw(part.mixed)(part.theta, offset(part, s)).reduce((total, p, level) => total + p * level, 0);
}

/** How a cell's draws are made, and what its distribution is calibrated by. */
interface SummaryOptions {
  key: Key;
  interval: number;
  map?: CellMap;
}

/** One draw of a cell, coded or the level, at so many of its draws (all, where nothing is said), as far apart as may be, by the cell's own random words. */
export function drawCell(cell: CellDraws, key: Key, count = drawCount(cell)): Float64Array {
  const all = drawCount(cell);
  const draws = new Float64Array(count);
  const word = (i: number, stream: number): number => unitUniform(threefry2x32(key, [i, stream])[0]);
  let [part, first] = [0, 0];
  const laws = cell.map((own) => (isNumber(own.mixed) ? { number: numberLaw(own.mixed, own.variance) } : { levels: levelLaw(own.mixed) }));
  for (let k = 0; k < count; k++) {
    const i = Math.floor((k * all) / count);
    while (i >= first + cell[part].draws) first += cell[part++].draws;
    const [own, law] = [cell[part], laws[part]];
    const at = offset(own, i - first);
    // an atom's share and the number beside it are drawn by words of their own
    if (law.number) draws[k] = law.number.draw(own.theta, at, word(i, own.mixed.kind === "spiked" ? 1 : 0), standardNormal(key, [i, 0]));
    else draws[k] = pick(law.levels(own.theta, at), word(i, 0));
  }
  return draws;
}

/** Summary of one missing cell from the draws: moments, interval or level probabilities; and, when they are asked for, one draw of the cell per posterior draw. A map changes how far they spread, not what stands for the cell. */
export function summarise(cell: CellDraws, column: Column, { key, interval, map }: SummaryOptions): { summary: CellAnswer; draws(): Float64Array } {
  const coded = drawCell(cell, key);
  if (!isNumber(cell[0].mixed)) {
    const probabilities = levelProbabilities(cell);
    return { summary: levelAnswer(column, probabilities, interval, map), draws: () => calibratedLevels(coded, probabilities, key, map) };
  }
  const inUnits = drawsInUnits(column);
  const draws = coded.map(inUnits);
  const centre = draws.reduce((a, b) => a + b, 0) / draws.length;
  const sd = Math.sqrt(draws.reduce((total, value) => total + (value - centre) ** 2, 0) / Math.max(1, draws.length - 1));
  const sorted = Float64Array.from(draws).sort();
  const value = medianInUnits(cell, column, coded, inUnits);
  const mean = isWhole(column.type) ? value : meanInUnits(cell, column);
  const quantiles = map?.numbers;
  const tail = quantiles?.sourceOf((1 - interval) / 2) ?? (1 - interval) / 2;
  const summary = numberAnswer(column, { value, mean, sd: sd * (quantiles?.deviation ?? 1), ends: [quantileOfSorted(sorted, tail), quantileOfSorted(sorted, 1 - tail)] });
  return { summary, draws: () => (quantiles ? calibrateDraws(coded, quantiles).map(inUnits) : draws) };
}

/** Draws of levels as calibrated probabilities have them: few of them change. */
export function calibratedLevels(draws: Float64Array, probabilities: readonly number[], key: Key, map?: CellMap): Float64Array {
  return map?.levels ? recoupledDraws(draws, probabilities, tempered(probabilities, map.levels.temperature), key, 2) : draws;
}

function offset({ theta, draws, at, columns }: ThetaOf, s: number): number {
  return (s * columns + at) * (theta.length / (draws * columns));
}
