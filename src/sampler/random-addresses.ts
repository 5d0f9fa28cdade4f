import hmcRandom from "../../shaders/lib/hmc-random.wgsl";
import random from "../../shaders/lib/random.wgsl";

/**
 * Where Hamiltonian Monte Carlo finds its random numbers, in every kernel that runs it: a transition of a chain owns
 * ceil(dim / 2) + 1 counters of the key, (chain, transition * (ceil(dim / 2) + 1) + slot). Slot j holds the momenta of
 * dimensions 2j and 2j + 1 (both normals of `standardNormalPair`), the last slot the Metropolis test (its first word,
 * through `standardExponential`). `chain` counts from 0 over all chains, `transition` from 0 within one replay.
 */
type Counter = readonly [number, number];

/** The counter whose pair of normals are the momenta of dimensions 2 * pair and 2 * pair + 1. */
export function momentumCounter(chain: number, transition: number, pair: number, dim: number): Counter {
  return [chain, transition * (pairs(dim) + 1) + pair];
}

/** The counter of the Metropolis test. */
export function acceptCounter(chain: number, transition: number, dim: number): Counter {
  return [chain, transition * (pairs(dim) + 1) + pairs(dim)];
}

function pairs(dim: number): number {
  return Math.ceil(dim / 2);
}

/** WGSL of `momentumPair` and `logAcceptUniform`, with what they need. */
export const hmcRandomWgsl = `${random}\n${hmcRandom}`;
