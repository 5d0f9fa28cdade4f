import { informationOfCounts, millerMadowBias } from "./information.ts";
import { binLabels, countPairs, jointLabels } from "./labels.ts";

type Labels = { labels: Uint16Array; bins: number };

/** The draws of one row on the host. */
export interface RowDraws {
  /** [S, D] and [S, P] */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Levels of each feature and target; 1: continuous. */
  readonly features: readonly number[];
  readonly targets: readonly number[];
}

/** States to which the values chosen so far are summed up: more would leave too few draws to each. */
const mostStates = 8;

/**
 * Columns to acquire together, one after another by the joint information I(y; x_chosen, x_j), not the ones that are best
 * alone: a copy of a chosen one adds nothing. What was chosen counts through a label of at most 8 states, made by
 * ordering its cells by what they say of y; that never claims more information than there is. Gains are bias-corrected.
 */
export function chooseBatch(draws: RowDraws, candidates: readonly number[], options: { size: number; bins: number; costs: ArrayLike<number>; budget: number }): { columns: number[]; gain: number } {
  const { size, bins, costs } = options;
  const s = draws.y.length / draws.targets.length;
  const column = (values: Float32Array, width: number, j: number, levels: number): Labels =>
    binLabels(Float32Array.from({ length: s }, (_, i) => values[i * width + j]), levels, bins);
  const y = draws.targets.map((levels, j) => column(draws.y, draws.targets.length, j, levels)).reduce(jointLabels);
  const x = new Map(candidates.map((j) => [j, column(draws.x, draws.features.length, j, draws.features[j])]));
  const columns: number[] = [];
  let budget = options.budget;
  let chosen: Labels = { labels: new Uint16Array(s), bins: 1 };
  let gain = 0;
  while (columns.length < size) {
    let best: { j: number; rate: number; gain: number } | undefined;
    for (const [j, labels] of x) {
      if (costs[j] > budget) continue;
      const joint = information(jointLabels(chosen, labels), y);
      const rate = (joint - gain) / costs[j];
      if (!best || rate > best.rate) best = { j, rate, gain: joint };
    }
    if (!best) break;
    chosen = summedUp(jointLabels(chosen, x.get(best.j)!), y);
    gain = Math.max(gain, best.gain);
    budget -= costs[best.j];
    columns.push(best.j);
    x.delete(best.j);
  }
  return { columns, gain };
}

function information(x: Labels, y: Labels): number {
  const counts = countPairs(x, y);
  return informationOfCounts(counts, x.bins, y.bins) - millerMadowBias(counts, x.bins, y.bins);
}

/** At most 8 states: cells in the order of their mean y label, cut into parts of equal mass. */
function summedUp(x: Labels, y: Labels): Labels {
  const counts = countPairs(x, y);
  const cells: { cell: number; mass: number; mean: number }[] = [];
  for (let cell = 0; cell < x.bins; cell++) {
    let mass = 0;
    let sum = 0;
    for (let b = 0; b < y.bins; b++) {
      mass += counts[cell * y.bins + b];
      sum += b * counts[cell * y.bins + b];
    }
    if (mass > 0) cells.push({ cell, mass, mean: sum / mass });
  }
  if (cells.length > mostStates) cells.sort((a, b) => a.mean - b.mean);
  const state = new Uint16Array(x.bins);
  const total = x.labels.length;
  let before = 0;
  cells.forEach(({ cell, mass }, at) => {
    state[cell] = cells.length <= mostStates ? at : Math.min(mostStates - 1, Math.floor(((before + mass / 2) / total) * mostStates));
    before += mass;
  });
  return { labels: x.labels.map((cell) => state[cell]), bins: Math.min(mostStates, cells.length) };
}
