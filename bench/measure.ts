/** Somebody's way to do a piece of work. */
export interface Contender {
  readonly name: string;
  /** Does the work `count` times and waits until the last result is there; milliseconds of all together. */
  time(count: number): Promise<number>;
}

export interface Measured {
  readonly name: string;
  /** Median and fastest time of one run, milliseconds. */
  readonly ms: number;
  readonly best: number;
  readonly rounds: number;
}

/** Milliseconds from an arbitrary start. */
export type Clock = () => number;

/** Processor time of all threads together: on a software adapter it hardly depends on what else runs. */
export const processorClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** A contender from a function that does the work once and one that waits for everything begun. */
export function contender(clock: Clock, name: string, run: () => unknown, wait: () => Promise<unknown>): Contender {
  return {
    name,
    async time(count) {
      const begin = clock();
      for (let i = 0; i < count; i++) await run();
      await wait();
      return clock() - begin;
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

interface Effort {
  /** Rounds of each contender at most. */
  readonly rounds: number;
  /** Runs of a round are repeated until they take about so long, milliseconds. */
  readonly sampleMs: number;
  /** A contender that has taken so long has no further rounds, milliseconds. */
  readonly budgetMs: number;
}

/** Warms every contender up, then times them in turn, so that whatever else the machine does meets them all alike. */
export async function interleave(contenders: readonly Contender[], effort: Effort): Promise<Measured[]> {
  const entries = [];
  for (const entry of contenders) {
    const first = await entry.time(1);
    if (first > effort.budgetMs) {
      // its result was checked before, so it is warm, and too long to be repeated
      entries.push({ entry, count: 1, times: [first], spent: first });
      continue;
    }
    const once = Math.min(await entry.time(1), first < effort.budgetMs / 10 ? await entry.time(1) : Infinity);
    entries.push({ entry, count: Math.max(1, Math.min(1000, Math.round(effort.sampleMs / Math.max(once, 1e-3)))), times: [] as number[], spent: first + once });
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const item of entries) {
      if (item.spent > effort.budgetMs && item.times.length > 0) continue;
      const total = await item.entry.time(item.count);
      item.spent += total;
      item.times.push(total / item.count);
    }
  }
  return entries.map(({ entry, times }) => ({ name: entry.name, ms: median(times), best: Math.min(...times), rounds: times.length }));
}
