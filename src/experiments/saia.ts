import { Rewards, type Method } from "../acquisition/index.ts";
import { isContinuous, selectRows, targetColumns, type Table } from "../data/index.ts";
import { foldIn, keyFromSeed } from "../math/key.ts";
import type { Model } from "../model/index.ts";
import { acquireRows, CurveSums, scoredTargets, type AcquisitionCurves } from "./acquire-rows.ts";

export interface SaiaOptions {
  methods: readonly Method[];
  /** Posterior draws per row. */
  draws: number;
  seed: number;
  /** Random orders that the method "random" is averaged over. */
  randomOrders: number;
  onProgress?: (method: Method, done: number, steps: number) => void;
  signal?: AbortSignal;
}

/** Chains that run side by side. */
const chainsAtOnce = 32_768;

/**
 * Sequential active information acquisition of all rows of a coded table by one model: curves per method, handed over as they
 * are finished. Rows without all targets are left out. Throws RangeError if none is left.
 */
export async function* saia(model: Model, table: Table, options: SaiaOptions): AsyncGenerator<AcquisitionCurves & { method: Method; rows: number }> {
  const targets = targetColumns(model.schema);
  const scored = Array.from({ length: table.rows }, (_, row) => row).filter((row) => targets.every((_, j) => table.observedY[row * targets.length + j] === 1));
  if (scored.length === 0) throw new RangeError("[saia] no test row has a value for the target; nothing can be scored.");
  const chunks = chunksOf(scored, Math.max(1, Math.floor(chainsAtOnce / options.draws)));
  const sampler = model.conditional();
  const session = await sampler.open({ rows: chunks[0].rows.length, draws: options.draws });
  const rewards = new Rewards(sampler);
  const root = isContinuous(targets[scoredTargets(targets)[0]].type);
  try {
    for (const method of options.methods) {
      const orders = method === "random" ? options.randomOrders : 1;
      const steps = orders * chunks.length * (table.features + 1);
      let done = 0;
      const runs: AcquisitionCurves[] = [];
      for (let order = 0; order < orders; order++) {
        const sums = new CurveSums(table.features);
        for (const [c, { rows, count }] of chunks.entries()) {
          const key = foldIn(foldIn(keyFromSeed(options.seed), order), c);
          const onStep = (): void => options.onProgress?.(method, ++done, steps);
          await acquireRows(session, rewards, selectRows(table, rows), count, sums, { method, key, targets, onStep, signal: options.signal });
        }
        runs.push(sums.curves(root));
      }
      yield { method, rows: scored.length, ...averageCurves(runs) };
    }
  } finally {
    rewards.destroy();
    session.destroy();
  }
}

/** Chunks of one size, as even as they can be; the last is filled up with rows that `count` leaves out. */
export function chunksOf(rows: readonly number[], most: number): { rows: number[]; count: number }[] {
  const number = Math.ceil(rows.length / most);
  const size = Math.ceil(rows.length / number);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, c) => {
    const own = rows.slice(c * size, (c + 1) * size);
    return { rows: [...own, ...new Array<number>(size - own.length).fill(rows[0])], count: own.length };
  });
}

/** The mean of each curve, step by step. */
function averageCurves(runs: readonly AcquisitionCurves[]): AcquisitionCurves {
  const mean = (pick: (run: AcquisitionCurves) => number[]): number[] => pick(runs[0]).map((_, i) => runs.reduce((total, run) => total + pick(run)[i], 0) / runs.length);
  return { error: mean((run) => run.error), logLikelihood: mean((run) => run.logLikelihood), position: mean((run) => run.position) };
}
