import fc from "fast-check";
import type { Gpu } from "../../src/gpu/device.ts";
import type { Target } from "./target.ts";

/** What became of a target's inputs. */
export interface Tried {
  tried: number;
  /** The smallest input found that breaks the promise, how to find it again, and what went wrong. */
  failure?: { input: unknown; seed: number; path: string; message: string };
}

/** Tries inputs that were kept, and then so many at random. */
export async function tryTarget({ inputs, check }: Target, { runs, seed, kept = [], device, seconds }: { runs: number; seed: number; kept?: readonly unknown[]; device: () => Promise<Gpu>; seconds?: number }): Promise<Tried> {
  const property = fc.asyncProperty(inputs, async (input) => check(input, device));
  const result = await fc.check(property, {
    seed,
    numRuns: runs + kept.length,
    examples: kept.map((input): [unknown] => [input]),
    ...(seconds !== undefined && { interruptAfterTimeLimit: 1000 * seconds, markInterruptAsFailure: false }),
  });
  if (!result.failed || !result.counterexample) return { tried: result.numRuns };
  const { counterexample, errorInstance, counterexamplePath } = result;
  return { tried: result.numRuns, failure: { input: counterexample[0], seed: result.seed, path: counterexamplePath ?? "", message: errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance) } };
}
