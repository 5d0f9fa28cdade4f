import { checkCell, checkFinite, placeOf } from "../math/finite.ts";
import { kraskovInformation } from "../math/kraskov.ts";
import type { CellSummary, ConditionalSampler, JointDraws, KnownRows } from "../model/index.ts";
import type { AcquisitionOptions, Candidate, Ranking, StopReason } from "./api.ts";
import { chooseBatch } from "./batch.ts";
import { columnOf } from "./labels.ts";
import { Intervals } from "./narrowing.ts";
import type { RewardTable } from "./api.ts";

/** What is the same for all rows of a question. */
interface RankOptions extends AcquisitionOptions {
  /** Left of the budget; infinite without one. */
  readonly left?: number;
  /** Columns that cannot be had. */
  readonly unavailable?: ReadonlySet<number>;
}

/** The rankings of all rows of some draws. */
export async function rankRows(sampler: ConditionalSampler, known: KnownRows, joint: JointDraws, rewards: RewardTable, options: RankOptions): Promise<Ranking[]> {
  const { interval = 0.9 } = options;
  const predictions = await joint.predictions(interval);
  const [x, y] = await Promise.all([joint.x.read(), joint.y.read()]);
  const [d, p] = [sampler.features.length, sampler.targets.length];
  for (const cell of predictions) checkCell("acquire", cell);
  return Array.from({ length: known.rows }, (_, row) => {
    sampler.features.forEach(({ name }, column) => {
      const at = row * d + column;
      // of what is known, or is not there, there is nothing to gain
      if (known.observed[at] !== 1 && known.absent?.[at] !== 1) checkFinite(rewards.gain[at], placeOf("acquire", row, name), "gain");
    });
    const part = (values: Float32Array, width: number): Float32Array => values.subarray(row * joint.draws * width, (row + 1) * joint.draws * width);
    const prediction = predictions.slice(row * p, (row + 1) * p);
    return rankRow(sampler, { row, x: part(x, d), y: part(y, p), gain: rewards.gain.subarray(row * d, (row + 1) * d), standardError: rewards.standardError.subarray(row * d, (row + 1) * d), expectedWidth: rewards.expectedWidth?.subarray(row * d, (row + 1) * d), prediction }, options);
  });
}

interface RowQuestion {
  row: number;
  x: Float32Array;
  y: Float32Array;
  gain: Float64Array;
  standardError: Float64Array;
  expectedWidth?: Float64Array;
  prediction: readonly CellSummary[];
}

function rankRow({ features, targets, estimator }: ConditionalSampler, question: RowQuestion, options: RankOptions): Ranking {
  const { row, x, y, gain, standardError, prediction } = question;
  const { left = Infinity, unavailable, costs, bins = 5, batch = 1, interval = 0.9, minimalGain = -Infinity, width: wanted = 0 } = options;
  const cost = (column: number): number => costs?.[column] ?? 1;
  // of the first continuous target's draws, in original units
  const at = targets.findIndex(({ levels }) => levels === 1);
  const { units = (value: number) => value } = targets[at] ?? {};
  const intervals = at < 0 ? undefined : new Intervals(Float64Array.from(columnOf(y, targets.length, at)).map(units), interval);
  const width = intervals?.width;

  const open = features.map((_, column) => column).filter((column) => !Number.isNaN(gain[column]) && !unavailable?.has(column));
  const candidates = open
    .filter((column) => cost(column) <= left)
    .map((column): Candidate => {
      const own = { column, name: features[column].name, gain: gain[column], standardError: standardError[column], cost: cost(column), gainPerCost: gain[column] / cost(column) };
      if (!intervals) return own;
      const values = columnOf(x, features.length, column);
      const kraskov = options.kraskov && targets.length === 1 && features[column].levels === 1 ? { kraskov: kraskovInformation(values, y) } : {};
      return { ...own, ...kraskov, expectedWidth: question.expectedWidth?.[column] ?? intervals.expectedWidth(values, { levels: features[column].levels, bins }) };
    })
    .sort((a, b) => b.gainPerCost - a.gainPerCost);
  const stop = stopReason();
  const { columns: next, gain: jointGain } = stop ? { columns: [], gain: 0 } : choose();
  return { row, candidates, next, jointGain, prediction, ...(stop ? { stop } : {}), ...(width === undefined ? {} : { width }) };

  function stopReason(): StopReason | undefined {
    if (open.length === 0) return "nothing left";
    if (candidates.length === 0) return "budget";
    if (width !== undefined && width < wanted) return "width";
    return candidates.every((candidate) => candidate.gain < minimalGain) ? "gain" : undefined;
  }

  function choose(): { columns: number[]; gain: number } {
    if (batch === 1 || candidates.length === 1) return { columns: [candidates[0].column], gain: candidates[0].gain };
    if (options.method && options.method !== "mi") return inOrder();
    const levels = { features: features.map((feature) => feature.levels), targets: targets.map((variable) => variable.levels) };
    const chosen = candidates.map(({ column }) => column);
    return chooseBatch({ x, y, ...levels }, chosen, { size: batch, bins, equalMass: (options.estimator ?? estimator) === "told", costs: features.map((_, column) => cost(column)), budget: left });
  }

  /** Methods without a joint information take the best ones that the budget allows. */
  function inOrder(): { columns: number[]; gain: number } {
    let rest = left;
    const columns: number[] = [];
    for (const candidate of candidates) {
      if (columns.length === batch || candidate.cost > rest) continue;
      rest -= candidate.cost;
      columns.push(candidate.column);
    }
    return { columns, gain: columns.reduce((total, column) => total + gain[column], 0) };
  }
}
