import { foldIn, keyFromSeed } from "../math/key.ts";
import type { ConditionalSampler, KnownRows } from "../model/index.ts";
import type { AcquisitionOptions, Ranking } from "./api.ts";
import { checkOptions, defaultDraws, needsJoint } from "./options.ts";
import { rankRows } from "./rank.ts";
import { Rewards } from "./rewards.ts";

/** Draws that lie side by side on the device. */
const drawsAtOnce = 65_536;

/** What to acquire next for every row. Throws RangeError for options that make no sense, DeviceError. */
export async function acquire(
  sampler: ConditionalSampler,
  known: KnownRows,
  options: AcquisitionOptions & { onProgress?: (done: number, rows: number) => void; signal?: AbortSignal } = {},
): Promise<Ranking[]> {
  checkOptions(sampler, options);
  const { draws = defaultDraws, seed = 0, method = "mi", budget = Infinity } = options;
  const d = sampler.features.length;
  const rows = Math.max(1, Math.min(known.rows, Math.floor(Math.min(drawsAtOnce, sampler.chainsAtOnce ?? drawsAtOnce) / draws)));
  const key = keyFromSeed(seed);
  const session = await sampler.open({ rows, draws });
  const rewards = new Rewards(sampler, options);
  const rankings: Ranking[] = [];
  try {
    for (let first = 0; first < known.rows; first += rows) {
      options.signal?.throwIfAborted();
      const count = Math.min(rows, known.rows - first);
      // the last rows are filled up with rows of which nothing is known
      const part = (values: Float32Array): Float32Array => {
        const padded = new Float32Array(rows * d);
        padded.set(values.subarray(first * d, (first + count) * d));
        return padded;
      };
      const chunk = { rows, x: part(known.x), observed: part(known.observed), ...(known.absent && { absent: part(Float32Array.from(known.absent)) }) };
      const joint = await session.draw(chunk, foldIn(key, first), { joint: needsJoint(sampler, options) });
      const table = await rewards.of(joint, chunk, method, foldIn(foldIn(key, first), 1), options.interval);
      const ranked = await rankRows(sampler, chunk, joint, table, { ...options, left: budget });
      rankings.push(...ranked.slice(0, count).map((ranking) => ({ ...ranking, row: first + ranking.row })));
      options.onProgress?.(first + count, known.rows);
    }
  } finally {
    rewards.destroy();
    session.destroy();
  }
  return rankings;
}
