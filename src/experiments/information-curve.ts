import { Rewards, type Method } from "../acquisition/index.ts";
import { isContinuous, selectRows, targetColumns, type Table } from "../data/index.ts";
import { foldIn, keyFromSeed, permutation } from "../math/key.ts";
import type { Model } from "../model/index.ts";
import { meanHeight } from "../report/summary.ts";
import { acquireRows, scoredTargets } from "./acquire-rows.ts";
import { RowLosses } from "./row-losses.ts";
import { chunksOf, rowsAtOnce } from "./rows-at-once.ts";

export interface InformationCurveOptions {
  /** Rows to try at most. */
  rows: number;
  /** Posterior draws per row. */
  draws: number;
  /** Values to give each row at most. */
  steps: number;
  /** Random orders to average over. */
  orders: number;
  seed: number;
  onProgress?: (done: number, steps: number) => void;
  signal?: AbortSignal;
}

/** How the prediction's error falls as rows get their values one by one. */
export interface InformationCurve {
  /** "RMSE" in original units, or "error rate". */
  errorName: string;
  /** Rows that were tried. */
  rows: number;
  /** After 0, 1, ... values: the most telling value first, and in random order. Standard errors are over rows. */
  byInformation: ErrorCurve;
  atRandom: ErrorCurve;
  /** Share of the random order's mean error that the other order saves, paired by rows. */
  saved: { share: number; standardError: number };
}

export interface ErrorCurve {
  error: number[];
  standardError: number[];
}

/**
 * Hides everything of some rows and gives them their values back one by one, by information and at random. The rows are those with the
 * fewest holes among those whose targets are known. Throws RangeError if there is none.
 */
export async function informationCurve(model: Model, table: Table, options: InformationCurveOptions): Promise<InformationCurve> {
  const { draws, orders, seed, signal } = options;
  const steps = Math.min(options.steps, table.features);
  const tried = rowsToTry(table, options.rows, seed);
  if (tried.length === 0) throw new RangeError("no row of the table has a value for every target, so that no prediction can be scored.");
  const targets = targetColumns(model.schema);
  const sampler = model.conditional();
  const chunks = chunksOf(tried, rowsAtOnce(sampler, draws));
  const session = await sampler.open({ rows: chunks[0].rows.length, draws });
  const rewards = new Rewards(sampler);
  const all = (1 + orders) * chunks.length * (steps + 1);
  let done = 0;
  const onStep = (): void => options.onProgress?.(++done, all);
  const losses = async (method: Method, rounds: number): Promise<RowLosses> => {
    const record = new RowLosses(steps, rounds);
    for (let round = 0; round < rounds; round++) {
      record.startRound();
      for (const [c, { rows, count }] of chunks.entries()) {
        const key = foldIn(foldIn(keyFromSeed(seed), round), c);
        await acquireRows(session, rewards, selectRows(table, rows), count, record, { method, key, targets, steps, onStep, signal });
      }
    }
    return record;
  };
  try {
    const [mi, random] = [await losses("mi", 1), await losses("random", orders)];
    const root = isContinuous(targets[scoredTargets(targets)[0]].type);
    const share = (without?: number): number[] => {
      const atRandom = meanHeight(random.curve(root, without));
      return [atRandom > 0 ? 1 - meanHeight(mi.curve(root, without)) / atRandom : 0];
    };
    return {
      errorName: root ? "RMSE" : "error rate",
      rows: tried.length,
      byInformation: withErrors(mi, root),
      atRandom: withErrors(random, root),
      saved: { share: share()[0], standardError: jackknife(tried.length, share)[0] },
    };
  } finally {
    rewards.destroy();
    session.destroy();
  }
}

/** Rows with all targets, those with the fewest holes first, at random among equals. */
function rowsToTry(table: Table, most: number, seed: number): number[] {
  const { rows, features: d, targets: p } = table;
  const holes = (row: number): number => d - table.observedX.subarray(row * d, (row + 1) * d).reduce((a, b) => a + b, 0);
  return [...permutation(keyFromSeed(seed), rows)]
    .filter((row) => table.observedY.subarray(row * p, (row + 1) * p).every((seen) => seen === 1))
    .map((row) => ({ row, holes: holes(row) }))
    .sort((a, b) => a.holes - b.holes)
    .slice(0, most)
    .map(({ row }) => row);
}

function withErrors(losses: RowLosses, root: boolean): ErrorCurve {
  return { error: losses.curve(root), standardError: jackknife(losses.rows, (without) => losses.curve(root, without)) };
}

/** Standard errors of statistics over n rows, from the statistics without each: sqrt((n - 1) / n sum (t_i - mean t)^2); NaN for one row. */
function jackknife(n: number, statistics: (without: number) => number[]): number[] {
  const parts = Array.from({ length: n }, (_, row) => statistics(row));
  return parts[0].map((_, i) => {
    const mean = parts.reduce((total, part) => total + part[i], 0) / n;
    return n < 2 ? Number.NaN : Math.sqrt(((n - 1) / n) * parts.reduce((total, part) => total + (part[i] - mean) ** 2, 0));
  });
}
