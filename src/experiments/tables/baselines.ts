import { decodeValue, featureColumns, isContinuous, targetColumns, type Column, type Schema, type Table } from "../../data/index.ts";
import { distancesFrom } from "../../model/index.ts";
import type { PointScores } from "./table-results.ts";

/** Fillings that need no training, for comparison. */
export const baselines = ["mean", "neighbours"] as const;
export type Baseline = (typeof baselines)[number];

/** How many neighbours are averaged, and among how many of the nearest rows they are looked for. */
const [neighbours, candidates] = [10, 256];

const discrete = (column: Column): boolean => !isContinuous(column.type);

/**
 * Scores a baseline on test rows of which `shown` [rows, D] may be seen: the hidden features' error (RMSE on the coded scale or error
 * rate, mean over features) and the target's in original units. "mean": the training mean or most frequent level. "neighbours": the
 * mean or the majority of the 10 nearest training rows that have the column, by the mean squared difference over the features seen
 * (coded scale; a different level counts 2, as one-hot codes do).
 */
export function scoreBaseline(baseline: Baseline, schema: Schema, training: Table, test: Table, shown: ArrayLike<number>): PointScores {
  const features = featureColumns(schema);
  const targets = targetColumns(schema);
  const [d, p] = [features.length, targets.length];
  const center = [...features.map((column, j) => typical(column, training, "x", j)), ...targets.map((column, j) => typical(column, training, "y", j))];
  const losses = Array.from({ length: d + p }, () => ({ total: 0, count: 0 }));
  const add = (j: number, loss: number): void => {
    losses[j].total += loss;
    losses[j].count++;
  };
  for (let row = 0; row < test.rows; row++) {
    const order = baseline === "neighbours" ? nearest(features, training, test, shown, row) : undefined;
    const guess = (column: Column, name: "x" | "y", j: number): number => (order && fromNeighbours(column, training, name, j, order)) ?? center[name === "x" ? j : d + j];
    for (let j = 0; j < d; j++) {
      if (Number(shown[row * d + j]) === 1 || test.observedX[row * d + j] !== 1) continue;
      const found = guess(features[j], "x", j);
      const truth = test.x[row * d + j];
      add(j, discrete(features[j]) ? Number(found !== truth) : (found - truth) ** 2);
    }
    if (targets.some((_, j) => test.observedY[row * p + j] !== 1)) continue;
    for (let j = 0; j < p; j++) {
      const found = guess(targets[j], "y", j);
      const truth = test.y[row * p + j];
      add(d + j, discrete(targets[j]) ? Number(found !== truth) : (decodeValue(targets[j], found) - decodeValue(targets[j], truth)) ** 2);
    }
  }
  const errors = losses.map(({ total, count }, j) => (discrete(j < d ? features[j] : targets[j - d]) ? total / count : Math.sqrt(total / count)));
  const known = errors.slice(0, d).filter((error) => !Number.isNaN(error));
  const rmses = errors.slice(d).filter((_, j) => !discrete(targets[j]));
  const rates = errors.slice(d).filter((_, j) => discrete(targets[j]));
  return {
    rows: test.rows,
    error_xu: known.reduce((a, b) => a + b, 0) / known.length,
    ...(rmses.length > 0 && { rmse: rmses[0] }),
    ...(rmses.length > 1 && { rmses }),
    ...(rates.length > 0 && { error_rate: rates[0] }),
  };
}

/** The coded mean of a column's training values, or the most frequent level. */
function typical(column: Column, table: Table, name: "x" | "y", j: number): number {
  return combine(column, valuesOf(table, name, j, Array.from({ length: table.rows }, (_, row) => row)));
}

function valuesOf(table: Table, name: "x" | "y", j: number, rows: ArrayLike<number>): number[] {
  const [values, observed, width] = name === "x" ? [table.x, table.observedX, table.features] : [table.y, table.observedY, table.targets];
  return Array.from(rows).flatMap((row) => (observed[row * width + j] === 1 ? [values[row * width + j]] : []));
}

function combine(column: Column, values: readonly number[]): number {
  if (!discrete(column)) return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  // the smaller level at a tie
  return [...counts].sort(([a, n], [b, m]) => m - n || a - b)[0]?.[0] ?? 0;
}

/** The nearest training rows, nearest first; those that share no feature with the row are left out. */
function nearest(features: readonly Column[], training: Table, test: Table, shown: ArrayLike<number>, row: number): Uint32Array {
  const d = features.length;
  const observed = features.map((_, j) => Number(Number(shown[row * d + j]) === 1 && test.observedX[row * d + j] === 1));
  const all = Array.from({ length: training.rows }, (_, other) => other);
  // a level that differs counts 2, as one-hot codes do
  const distance = distancesFrom({ values: test.x.subarray(row * d, (row + 1) * d), observed }, training, all, features.map((column) => !discrete(column)), 2);
  const limit = distance.slice().sort()[Math.min(candidates, training.rows) - 1];
  return Uint32Array.from(distance.keys()).filter((other) => distance[other] <= limit && distance[other] < Infinity).sort((a, b) => distance[a] - distance[b] || a - b);
}

function fromNeighbours(column: Column, training: Table, name: "x" | "y", j: number, order: Uint32Array): number | undefined {
  const [observed, width] = name === "x" ? [training.observedX, training.features] : [training.observedY, training.targets];
  const rows: number[] = [];
  for (let i = 0; i < order.length && rows.length < neighbours; i++) if (observed[order[i] * width + j] === 1) rows.push(order[i]);
  return rows.length === 0 ? undefined : combine(column, valuesOf(training, name, j, rows));
}
