import { needsJoint, Rewards, type Method } from "../acquisition/index.ts";
import { isContinuous, selectRows, targetColumns, type Table } from "../data/index.ts";
import { foldIn, keyFromSeed } from "../math/key.ts";
import type { Model } from "../model/index.ts";
import { acquireRows, CurveSums, scoredTargets, type AcquisitionCurves } from "./acquire-rows.ts";
import { chunksOf, rowsAtOnce } from "./rows-at-once.ts";

export interface SaiaOptions {
  methods: readonly Method[];
  /** Posterior draws per row. */
  draws: number;
  seed: number;
  /** Random orders that the method "random" is averaged over. */
  randomOrders: number;
  /** Columns that are acquired as one value, such as the channels of a pixel; default: each by itself. */
  units?: readonly (readonly number[])[];
  /** Values that are acquired before the draws are made anew; default 1. */
  atOnce?: number;
  /** How often that happens; default: until all are acquired. */
  steps?: number;
  onProgress?: (method: Method, done: number, steps: number) => void;
  signal?: AbortSignal;
}

/**
 * Sequential active information acquisition of all rows of a coded table by one model: curves per method, handed over as they
 * are finished. Rows without all targets are left out. Throws RangeError if none is left.
 */
export async function* saia(model: Model, table: Table, options: SaiaOptions): AsyncGenerator<AcquisitionCurves & { method: Method; rows: number }> {
  const targets = targetColumns(model.schema);
  const scored = Array.from({ length: table.rows }, (_, row) => row).filter((row) => targets.every((_, j) => table.observedY[row * targets.length + j] === 1));
  if (scored.length === 0) throw new RangeError("[saia] no test row has a value for the target; nothing can be scored.");
  const sampler = model.conditional();
  const chunks = chunksOf(scored, rowsAtOnce(sampler, options.draws));
  const units = options.units ?? Array.from({ length: table.features }, (_, column) => [column]);
  const atOnce = options.atOnce ?? 1;
  const steps = Math.min(options.steps ?? Infinity, Math.ceil(units.length / atOnce));
  const session = await sampler.open({ rows: chunks[0].rows.length, draws: options.draws });
  const rewards = new Rewards(sampler);
  const root = isContinuous(targets[scoredTargets(targets)[0]].type);
  try {
    for (const method of options.methods) {
      const orders = method === "random" ? options.randomOrders : 1;
      const all = orders * chunks.length * (steps + 1);
      let done = 0;
      const runs: AcquisitionCurves[] = [];
      for (let order = 0; order < orders; order++) {
        const sums = new CurveSums(steps, units.length);
        for (const [c, { rows, count }] of chunks.entries()) {
          const key = foldIn(foldIn(keyFromSeed(options.seed), order), c);
          const onStep = (): void => options.onProgress?.(method, ++done, all);
          await acquireRows(session, rewards, selectRows(table, rows), count, sums, { method, key, targets, joint: needsJoint(sampler, { method }), units, atOnce, steps, onStep, signal: options.signal });
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

/** The mean of each curve, step by step. */
function averageCurves(runs: readonly AcquisitionCurves[]): AcquisitionCurves {
  const mean = (pick: (run: AcquisitionCurves) => number[]): number[] => pick(runs[0]).map((_, i) => runs.reduce((total, run) => total + pick(run)[i], 0) / runs.length);
  const { claims } = runs[0];
  return { error: mean((run) => run.error), logLikelihood: mean((run) => run.logLikelihood), position: mean((run) => run.position), ...(claims && { claims }) };
}
