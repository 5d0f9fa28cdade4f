import type { Gpu } from "../gpu/device.ts";
import { keyFromSeed, split, threefry2x32, uniform, unitUniform, type Key } from "../math/key.ts";
import { ChainRunner, type Batch, type Tuning } from "./chain-runner.ts";
import type { LogDensity } from "./hmc-chain.ts";
import { HmcResult, type SamplingInfo } from "./hmc-result.ts";
import { freeDensity, type NamedLogDensity, type Parameters } from "./parameters/named.ts";
import { NonFiniteError } from "../math/non-finite-error.ts";
import { acceptanceProbability, isDivergent, meanAcceptance, stepsOfShare, warmUp } from "./adaptation/warmup.ts";

interface SamplingOptions {
  /** Chains run together; on a GPU many cost little more than one. */
  readonly chains?: number;
  /** Transitions that only tune; their draws are dropped. */
  readonly warmup?: number;
  /** Draws kept per chain. */
  readonly draws?: number;
  /**
   * Most leapfrog steps of a trajectory; each takes between half of it and all, so that no orbit is met in step. "adapt": how far trajectories go is learned in the warm-up, from all chains together (ChEES-HMC, Hoffman, Radul & Sountsov 2021), with
   * `mostLeapfrogSteps` at most: for densities whose scales nobody knows. Default: 10.
   */
  readonly leapfrogSteps?: number | "adapt";
  /** Steps of a trajectory at most where its length is learned; default: 200. */
  readonly mostLeapfrogSteps?: number;
  readonly seed?: number;
  /** Starting points [N, K], of free numbers where parameters are named; default: uniform on (-2, 2). */
  readonly initial?: ArrayLike<number>;
  readonly targetAcceptance?: number;
  /** Transitions per kept draw. */
  readonly thin?: number;
}

export interface HmcOptions extends SamplingOptions {
  /** Log density of positions [N, K] -> [N], up to a constant, of unknowns that may be any real number. */
  readonly logDensity: LogDensity;
  /** Number of unknowns K. */
  readonly dim: number;
  /** Names of the unknowns; default: x[1], x[2], ... */
  readonly names?: readonly string[];
}

export interface NamedHmcOptions<P extends Parameters> extends SamplingOptions {
  /** What is unknown, by name: `{ mu: real(), tau: positive(), theta: real([8]) }`. */
  readonly parameters: P;
  /** Log density of the values, [N, ...shape] each, -> [N], up to a constant. Where they are constrained the sampler moves free numbers, and adds the Jacobian. */
  readonly logDensity: NamedLogDensity<P>;
}

/**
 * Draws from a density of named parameters, or of vectors, by Hamiltonian Monte Carlo, many chains at once on the device, tuned during the warm-up (dual
 * averaging, diagonal metric). Same seed and adapter: same draws. Throws NonFiniteError if a chain cannot start.
 */
export function hmc(gpu: Gpu, options: HmcOptions): Promise<HmcResult>;
export function hmc<P extends Parameters>(gpu: Gpu, options: NamedHmcOptions<P>): Promise<HmcResult>;
export function hmc<P extends Parameters>(gpu: Gpu, options: HmcOptions | NamedHmcOptions<P>): Promise<HmcResult> {
  return "parameters" in options ? sampleNamed(gpu, options) : sample(gpu, options);
}

/** Draws of free numbers, and from them those of the values. */
async function sampleNamed<P extends Parameters>(gpu: Gpu, { parameters, logDensity, ...options }: NamedHmcOptions<P>): Promise<HmcResult> {
  const density = freeDensity(parameters, logDensity);
  const { draws, info, seed } = await sample(gpu, { ...options, logDensity: density.logDensity, dim: density.dim });
  const free = Object.values(draws);
  const values = free[0].map((one, chain) => Array.from(one, (_, draw) => density.values(free.map((chains) => chains[chain][draw]))));
  return new HmcResult(Object.fromEntries(density.names.map((name, i) => [name, values.map((chain) => Float32Array.from(chain, (draw) => draw[i]))])), info, seed);
}

async function sample(gpu: Gpu, options: HmcOptions): Promise<HmcResult> {
  const { logDensity, dim, chains = 64, warmup = 400, draws = 100, leapfrogSteps = 10, mostLeapfrogSteps = 200, seed = 0, targetAcceptance = 0.8, thin = 1 } = options;
  const adapts = leapfrogSteps === "adapt";
  const most = adapts ? mostLeapfrogSteps : leapfrogSteps;
  for (const [name, value] of Object.entries({ dim, chains, draws, [adapts ? "mostLeapfrogSteps" : "leapfrogSteps"]: most, thin })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`[hmc] expected ${name} to be a whole number of at least 1, got ${value}.`);
  }
  const names = options.names ?? Array.from({ length: dim }, (_, i) => `x[${i + 1}]`);
  if (names.length !== dim) throw new RangeError(`[hmc] expected ${dim} names, one per unknown, got ${names.length}.`);
  const [chainKey, startKey, lengthKey] = split(keyFromSeed(seed), 3);
  const keep = drawsPerBatch(draws, thin, chains * dim);
  const runner = await ChainRunner.make(gpu, { logDensity, chains, dim, leapfrogSteps: most, keep, thin }, chainKey);
  try {
    await startChains(runner, { chains, dim, initial: options.initial, key: startKey });
    let trajectories = 0;
    const random = (): number => stepsUpTo(lengthKey, trajectories++, most);
    const { length, ...tuning } = await warmUp(runner, { dim, warmup, targetAcceptance, nextSteps: random, ...(adapts && { adaptUpTo: most }) });
    const nextSteps = length === undefined ? random : (): number => stepsOfShare(trajectories++, length, tuning.stepSize, most).steps;
    const taken = length === undefined ? most : Math.max(1, Math.min(most, Math.round(length / tuning.stepSize)));
    const batches: Batch[] = [];
    for (let done = 0; done < draws; done += keep) {
      batches.push(await runner.batch(tuning, Array.from({ length: keep * thin }, nextSteps)));
    }
    return collect(batches, tuning, { chains, dim, draws, thin, keep, names, seed, leapfrogSteps: taken });
  } finally {
    runner.destroy();
  }
}

/** How many draws are made before the host reads them: bounded in time and memory, in batches of equal size. */
function drawsPerBatch(draws: number, thin: number, size: number): number {
  const most = Math.max(1, Math.min(Math.floor(64 / thin), Math.floor(4_000_000 / size)));
  return Math.ceil(draws / Math.ceil(draws / most));
}

/** Leapfrog steps of a trajectory: uniform from half of the most to the most. */
function stepsUpTo(key: Key, trajectory: number, most: number): number {
  const least = Math.ceil(most / 2);
  return least + Math.floor(unitUniform(threefry2x32(key, [trajectory, 0])[0]) * (most - least + 1));
}

interface Start {
  chains: number;
  dim: number;
  initial: ArrayLike<number> | undefined;
  key: Key;
}

/** Evaluates the chains where they start; without given points, those whose density is not finite are drawn again. */
async function startChains(runner: ChainRunner, { chains, dim, initial, key }: Start): Promise<void> {
  if (initial && initial.length !== chains * dim) {
    throw new RangeError(`[hmc] expected initial positions of ${chains} x ${dim} = ${chains * dim} numbers, got ${initial.length}.`);
  }
  const spread = (attempt: number): Float32Array => Float32Array.from(uniform(key, chains * dim, attempt), (u) => 4 * u - 2);
  const positions = initial ? Float32Array.from(initial) : spread(0);
  for (let attempt = 1; ; attempt++) {
    const { logDensity, gradient } = await runner.start(positions);
    const bad = Array.from({ length: chains }, (_, n) => n).filter((n) => !Number.isFinite(logDensity[n]) || !gradient.subarray(n * dim, (n + 1) * dim).every(Number.isFinite));
    if (bad.length === 0) return;
    if (initial || attempt === 100) {
      const [n] = bad;
      throw new NonFiniteError(
        `[hmc] ${bad.length} of ${chains} chains start where the log density or its gradient is not finite; the first is chain ${n}: log density ${logDensity[n]}, gradient ${Array.from(gradient.subarray(n * dim, (n + 1) * dim)).slice(0, 8).join(", ")}; give initial positions where both are finite.`,
      );
    }
    const again = spread(attempt);
    for (const n of bad) positions.set(again.subarray(n * dim, (n + 1) * dim), n * dim);
  }
}

interface Collection {
  chains: number;
  dim: number;
  draws: number;
  thin: number;
  keep: number;
  names: readonly string[];
  seed: number;
  leapfrogSteps: number;
}

/** Batches as [parameter][chain][draw]; draws beyond the number asked for are dropped. */
function collect(batches: readonly Batch[], tuning: Tuning, sizes: Collection): HmcResult {
  const { chains, dim, draws, thin, keep, names, seed, leapfrogSteps } = sizes;
  const perChain = <T>(pick: (batch: Batch, draw: number, chain: number) => T): T[][] =>
    Array.from({ length: chains }, (_, chain) => Array.from({ length: draws }, (_, draw) => pick(batches[Math.floor(draw / keep)], draw % keep, chain)));
  const floats = (pick: (batch: Batch, draw: number, chain: number) => number): Float32Array[] => perChain(pick).map((chain) => Float32Array.from(chain));
  const lastOf = (draw: number, chain: number): number => ((draw + 1) * thin - 1) * chains + chain;
  const changes = batches.map((batch) => batch.energyChanges);
  const info: SamplingInfo = {
    acceptance: changes.reduce((total, batch) => total + meanAcceptance(batch), 0) / changes.length,
    divergences: changes.reduce((total, batch) => total + batch.filter(isDivergent).length, 0),
    acceptanceRates: floats((batch, draw, chain) => acceptanceProbability(batch.energyChanges[lastOf(draw, chain)])),
    diverging: perChain((batch, draw, chain) => isDivergent(batch.energyChanges[lastOf(draw, chain)])),
    energies: floats((batch, draw, chain) => batch.energies[lastOf(draw, chain)]),
    logDensities: floats((batch, draw, chain) => batch.logDensities[draw * chains + chain]),
    ...tuning,
    leapfrogSteps,
  };
  const byName = names.map((name, i) => [name, floats((batch, draw, chain) => batch.positions[(draw * chains + chain) * dim + i])] as const);
  return new HmcResult(Object.fromEntries(byName), info, seed);
}
