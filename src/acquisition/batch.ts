import { informationOfCounts, millerMadowBias } from "./information.ts";
import { binLabels, columnOf, countPairs, jointLabels } from "./labels.ts";

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
 * alone: a copy of a chosen one adds nothing; and by pairs, where two say more together than one after another. What was chosen counts through a label of at most 8 states, made by
 * ordering its cells by what they say of y; that never claims more information than there is. Gains are bias-corrected.
 */
export function chooseBatch(draws: RowDraws, candidates: readonly number[], options: { size: number; bins: number; equalMass?: boolean; costs: ArrayLike<number>; budget: number }): { columns: number[]; gain: number } {
  const { size, bins, costs, equalMass } = options;
  const s = draws.y.length / draws.targets.length;
  const column = (values: Float32Array, width: number, j: number, levels: number): Labels =>
    binLabels(columnOf(values, width, j), levels, bins, equalMass);
  const y = draws.targets.map((levels, j) => column(draws.y, draws.targets.length, j, levels)).reduce(jointLabels);
  const x = new Map(candidates.map((j) => [j, column(draws.x, draws.features.length, j, draws.features[j])]));
  const state: Chosen = { labels: { labels: new Uint16Array(s), bins: 1 }, gain: 0, columns: [] };
  let budget = options.budget;
  const take = (j: number): void => {
    const joint = jointLabels(state.labels, x.get(j)!);
    state.gain = Math.max(state.gain, information(joint, y));
    state.labels = summedUp(joint, y);
    state.columns.push(j);
    budget -= costs[j];
    x.delete(j);
  };
  while (state.columns.length < size) {
    const affordable = [...x.keys()].filter((j) => costs[j] <= budget);
    const best = highest(affordable, (j) => (information(jointLabels(state.labels, x.get(j)!), y) - state.gain) / costs[j]);
    if (best === undefined) break;
    const pair = state.columns.length + 2 <= size ? bestPair(affordable) : undefined;
    if (!pair) take(best);
    else for (const j of pair) take(j);
  }
  return { columns: state.columns, gain: state.gain };

  /** Two values that say much more together than the best one and its best partner, as the bits of an exclusive or do. */
  function bestPair(affordable: readonly number[]): [number, number] | undefined {
    if (affordable.length > mostPaired) return undefined;
    const rate = (i: number, j: number): number =>
      costs[i] + costs[j] > budget ? -Infinity : (information(jointLabels(jointLabels(state.labels, x.get(i)!), x.get(j)!), y) - state.gain) / (costs[i] + costs[j]);
    const alone = (j: number): number => (information(jointLabels(state.labels, x.get(j)!), y) - state.gain) / costs[j];
    const pairs = affordable.flatMap((i, at) => affordable.slice(at + 1).map((j): [number, number] => [i, j]));
    const pair = highest(pairs, ([i, j]) => rate(i, j));
    const first = highest(affordable, alone)!;
    const partner = highest(affordable.filter((j) => j !== first), (j) => rate(first, j));
    if (!pair || partner === undefined) return undefined;
    return rate(...pair) > rate(first, partner) + leastAdvantage ? pair : undefined;
  }
}

interface Chosen {
  labels: Labels;
  gain: number;
  columns: number[];
}

/** Above this many candidates their pairs are not looked through. */
const mostPaired = 40;
/** Nats per cost by which a pair must be better: more than the noise of a thousand draws. */
const leastAdvantage = 0.03;

function highest<T>(list: readonly T[], value: (item: T) => number): T | undefined {
  let best: { item: T; value: number } | undefined;
  for (const item of list) {
    const own = value(item);
    if (own > -Infinity && (!best || own > best.value)) best = { item, value: own };
  }
  return best?.item;
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
