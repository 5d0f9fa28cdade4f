import { Rewards } from "../acquisition/index.ts";
import type { ConditionalSampler } from "../model/index.ts";

/** Chains that run side by side, where the model does not ask for fewer. */
const usualChains = 32_768;

/** Rows that the device has room for together: for their chains, and for what is counted of their draws. */
export function rowsAtOnce(sampler: ConditionalSampler, draws: number): number {
  const chains = sampler.chainsAtOnce ?? usualChains;
  const counted = Math.floor(sampler.gpu.limits.maxStorageBufferBindingSize / new Rewards(sampler).bytesPerRow(draws));
  return Math.max(1, Math.min(Math.floor(chains / draws), counted));
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
