import type { FamilyName } from "../../engine/bench-families.ts";

/**
 * Milliseconds from bench/RESULTS.md (commit 97de7fb): Node on two cores of a server, software adapter llvmpipe. Something to hold other
 * numbers against.
 */
export const recorded: { readonly where: string; readonly ms: Readonly<Record<string, number>> } = {
  where: "2 server cores, no GPU",
  ms: {
    "matmul 256 x 256 x 256": 1.4,
    "matmul 512 x 512 x 512": 12,
    "matmul 1,024 x 1,024 x 1,024": 114,
    "matmul 2,048 x 2,048 x 2,048": 590,
    "matmul 3,000 x 256 x 26": 2.67,
    "matmul 51,000 x 256 x 26": 38.5,
    "leapfrog 3,000 chains": 20.6,
    "leapfrog 51,000 chains": 295,
    "elbo-step batch 100": 11.6,
    "hmc-step batch 100, 10 transitions of 5 leapfrog steps": 49.8,
  },
};

export function recordedMs(family: FamilyName, size: string): number | undefined {
  return recorded.ms[`${family} ${size}`];
}
