import type { Encodable } from "../../gpu/dispatch.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { ChainRange } from "./chain-dispatches.ts";
import type { FusedChain } from "./fused-chain.ts";

interface ChunkOptions {
  /** Puts the starting points of these chains into `chain.position` (and their noise into its place), by writing or by the work it returns. */
  start(range: ChainRange): readonly Encodable[] | void;
  /** Milliseconds; if given, dispatches are cut by the time that the first ones took, else by a count of operations. */
  readonly clock?: () => number;
  /** Longest dispatch aimed at, in milliseconds. */
  readonly longest?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs all chains of a chain compiled with `chainsAtOnce`, that many at a time, and hands over each chunk when its results lie in
 * the chain's arrays: its first `count` entries. The chains are those that one run of all would give.
 */
export async function* inChunks(chain: FusedChain, { start, clock, longest = 500, signal }: ChunkOptions): AsyncGenerator<ChainRange> {
  const { gpu } = chain;
  for (let first = 0; first < chain.total; first += chain.capacity) {
    signal?.throwIfAborted();
    const range = { first, count: Math.min(chain.capacity, chain.total - first) };
    chain.hold(range);
    submit(gpu, start(range) ?? []);
    if (clock) await gpu.idle();
    const begin = clock?.() ?? 0;
    chain.run();
    if (clock) {
      await gpu.idle();
      const perDispatch = (clock() - begin) / chain.dispatches;
      // a change of this size is worth new dispatches
      if (perDispatch > 2 * longest || (perDispatch < longest / 4 && chain.dispatches > 1)) {
        chain.split(Math.floor(((range.count / chain.dispatches) * longest) / Math.max(perDispatch, 1e-3)));
      }
    }
    yield range;
  }
}
