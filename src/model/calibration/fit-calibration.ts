import { weightedQuantile } from "../../math/statistics.ts";
import { seenGroup, type Calibration, type ColumnCalibration } from "./calibration.ts";
import { tempered } from "./level-map.ts";
import { endOf, masses } from "./quantile-map.ts";
import { conformal, WeightedScores, type Score } from "./weighted-scores.ts";

/** A held-back cell of numbers, hidden: F just below the truth and F(truth), the same where it is no atom. */
export interface NumberCell {
  /** Features first. */
  readonly column: number;
  /** Which row; it may be there several times, with other cells hidden. */
  readonly row: number;
  /** Share of the row's features that are seen. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** A held-back cell of levels: their probabilities, and which is true. */
export interface LevelCell {
  readonly column: number;
  readonly row: number;
  readonly share: number;
  readonly probabilities: readonly number[];
  readonly truth: number;
}

/** What all columns' cells together count for beside a column's own. */
const pooledCells = 60;
/** Cells that are as foretold stand beside those of few held-back rows, one less for every two rows: maps from a handful of rows are noise. */
const asForetold = 40;
/** With fewer cells in all distributions stay as they are. */
const leastCells = 40;
/** A group of rows with fewer cells is half as far from the others as its cells say. */
const fewOfGroup = 60;
/** The narrowest and the widest that a map may make an interval, in deviations. */
const [narrowest, widest] = [0.3, 3];
/** Places in an atom's jump of F that stand for a random one. */
const inJump = Array.from({ length: 20 }, (_, i) => (i + 0.5) / 20);
const pitBins = 20;
const temperatures = Array.from({ length: 41 }, (_, i) => Math.exp(-0.8 + 0.05 * i));

/** A held-back truth's place in its predictive distribution. */
interface Place extends Score {
  readonly column: number;
  readonly group: 0 | 1 | 2;
  readonly u: number;
}

type Weighed<Cell> = Cell & { readonly weight: number };

/**
 * Maps from cells that were held back: numbers by split-conformal quantiles of |z|, each column's own cells beside all columns' together (which count as 60), after a factor for how much of the row is seen;
 * levels by the temperature of least negative log-likelihood, weighed likewise, and the probability of a set's least level. Of numbers that are atoms F(truth) is spread evenly over the jump (randomised PIT: Czado, Gneiting & Held 2009).
 * A central interval of one of `masses` then holds the truth of a further cell with at least that probability, as far as cells are exchangeable with those held back: of all columns together where a column's own cells are few. That ends where fewer than 80 rows were held back, beside which cells as foretold are counted.
 */
export function fitCalibration(columns: readonly { levels: number }[], numbers: readonly NumberCell[], levels: readonly LevelCell[], rows: number): Calibration {
  const places = weighed(numbers).flatMap(placesOf);
  const enough = totalWeight(places) >= leastCells;
  const seen = enough ? seenFactors(places) : ([1, 1, 1] as const);
  const scores = places.map((place) => ({ ...place, z: place.z / seen[place.group] }));
  const pool = [new WeightedScores(scores, poolFactor(scores)), new WeightedScores(foretold(rows))];
  const ofNumbers = byColumn(scores, columns.length);
  const ofLevels = byColumn(weighed(levels), columns.length);
  const losses = ofLevels.map(lossesOf);
  const factor = poolFactor(ofLevels.flat());
  const pooled = temperatures.map((_, t) => factor * losses.reduce((total, own) => total + own[t], 0));
  const number = (own: readonly Place[]): ColumnCalibration => ({ kind: "number", values: ascending(enough ? conformal([new WeightedScores(own), ...pool]) : masses.map(endOf)), ...recordOf(own) });
  const ofColumn = (column: number): ColumnCalibration => {
    if (columns[column].levels === 1) return number(ofNumbers[column]);
    const own = ofLevels[column];
    const temperature = levels.length === 0 ? 1 : leastAt(losses[column].map((loss, t) => loss + pooled[t]));
    return { kind: "levels", temperature, least: leastOf(own, temperature), cells: Math.round(totalWeight(own)) };
  };
  return { columns: columns.map((_, j) => ofColumn(j)), seen, rows };
}

/** Cells of the same row and column count together as one. */
function weighed<Cell extends { column: number; row: number }>(cells: readonly Cell[]): Weighed<Cell>[] {
  const copies = new Map<string, number>();
  const keyOf = ({ column, row }: Cell): string => `${column}/${row}`;
  for (const cell of cells) copies.set(keyOf(cell), (copies.get(keyOf(cell)) ?? 0) + 1);
  return cells.map((cell) => ({ ...cell, weight: 1 / copies.get(keyOf(cell))! }));
}

/** Places of a truth, and its |z| at each. */
function placesOf({ column, share, low, high, weight }: Weighed<NumberCell>): Place[] {
  const at = (u: number, own: number): Place => ({ column, group: seenGroup(share), u, z: endOf(Math.min(0.9995, Math.abs(2 * u - 1))), weight: own });
  if (high - low < 1e-6) return [at((low + high) / 2, weight)];
  return inJump.map((part) => at(low + part * (high - low), weight / inJump.length));
}

function byColumn<Cell extends { column: number }>(cells: readonly Cell[], columns: number): Cell[][] {
  const lists = Array.from({ length: columns }, (): Cell[] => []);
  for (const cell of cells) lists[cell.column].push(cell);
  return lists;
}

/** By what all cells count as 60, if they are more. */
function poolFactor(all: readonly { weight: number }[]): number {
  return Math.min(1, pooledCells / totalWeight(all));
}

function totalWeight(cells: readonly { weight: number }[]): number {
  return cells.reduce((total, { weight }) => total + weight, 0);
}

/** |z| of cells that are as foretold, evenly over their distribution. */
function foretold(rows: number): Score[] {
  const weight = Math.max(0, asForetold - rows / 2);
  const places = weight > 0 ? 100 : 0;
  return Array.from({ length: places }, (_, i) => ({ z: endOf((i + 0.5) / places), weight: weight / places }));
}

/** Kept apart, and within what a map may do. */
function ascending(values: readonly number[]): number[] {
  const result: number[] = [];
  values.forEach((value, i) => {
    const end = endOf(masses[i]);
    result.push(Math.max(Math.min(widest * end, Math.max(narrowest * end, value)), (result[i - 1] ?? 0) + 0.02));
  });
  return result;
}

/** How much wider rows with little, some, and most seen need their intervals than all rows together: the mean ratio of quantiles of |z|, drawn to 1 where a group has few cells. */
function seenFactors(scores: readonly Place[]): [number, number, number] {
  const all = conformal([new WeightedScores(scores)]);
  const factor = (group: number): number => {
    const own = new WeightedScores(scores.filter((score) => score.group === group));
    if (own.total === 0) return 1;
    const logRatio = conformal([own]).reduce((total, value, i) => total + Math.log(value / all[i]), 0) / masses.length;
    const shrunk = (logRatio * own.total) / (own.total + fewOfGroup);
    return Math.exp(Math.min(Math.LN2, Math.max(-Math.LN2, Number.isFinite(shrunk) ? shrunk : 0)));
  };
  return [factor(0), factor(1), factor(2)];
}

function recordOf(places: readonly { u: number; weight: number }[]): Pick<ColumnCalibration, "cells" | "pit" | "covered"> {
  const n = totalWeight(places);
  if (n === 0) return { cells: 0 };
  const share = (holds: (u: number) => boolean): number => Number((places.reduce((total, { u, weight }) => total + (holds(u) ? weight : 0), 0) / n).toFixed(4));
  const binOf = (u: number): number => Math.min(pitBins - 1, Math.floor(u * pitBins));
  return { cells: Math.round(n), pit: Array.from({ length: pitBins }, (_, bin) => share((u) => binOf(u) === bin)), covered: masses.map((mass) => share((u) => Math.abs(2 * u - 1) <= mass)) };
}

/** The negative log-likelihood of the truths at each temperature. */
function lossesOf(cells: readonly Weighed<LevelCell>[]): number[] {
  return temperatures.map((temperature) => cells.reduce((total, { probabilities, truth, weight }) => total - weight * Math.log(Math.max(1e-9, tempered(probabilities, temperature)[truth])), 0));
}

/** The temperature of the least loss. */
function leastAt(losses: readonly number[]): number {
  return temperatures[losses.indexOf(Math.min(...losses))];
}

/** The probability that levels of a set have at least, from a column's own cells: 0, and so all levels, where they are too few to tell. */
function leastOf(own: readonly Weighed<LevelCell>[], temperature: number): number[] {
  const scores = own.map(({ probabilities, truth }) => 1 - tempered(probabilities, temperature)[truth]);
  const n = totalWeight(own);
  return masses.map((mass) => (mass * (n + 1) > n ? 0 : 1 - weightedQuantile(scores, own.map(({ weight }) => weight), (mass * (n + 1)) / n)));
}
