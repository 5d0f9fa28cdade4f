import type { ChainRunner, Tuning } from "../chain-runner.ts";
import { startDualAveraging, updateDualAveraging, type DualAveraging } from "./dual-averaging.ts";
import { RunningVariance } from "./running-variance.ts";
import { evenShare, rescaledLength, startLength, updateLength, type TrajectoryLength } from "./trajectory-length.ts";
import { metricWindows } from "./warmup-schedule.ts";

interface WarmupOptions {
  readonly dim: number;
  readonly warmup: number;
  readonly targetAcceptance: number;
  /** Leapfrog steps of the next transition, where the trajectories' length is not learned. */
  readonly nextSteps: () => number;
  /** Learns the trajectories' length, with this many steps at most; absent: it is as `nextSteps` says. */
  readonly adaptUpTo?: number;
}

/** What a warm-up has found. */
export interface WarmedUp extends Tuning {
  /** How far trajectories go at most, in the whitened space; where it was learned. */
  readonly length?: number;
}

/** Leapfrog steps of the t-th trajectory: an even share of the length, so that no orbit is met in step. */
export function stepsOfShare(t: number, length: number, stepSize: number, most: number): { steps: number; share: number } {
  const steps = Math.max(1, Math.min(most, Math.round((evenShare(t) * length) / stepSize)));
  return { steps, share: (steps * stepSize) / length };
}

/**
 * Finds the step size that gives the wanted acceptance and the variance of each unknown, from all chains together, while
 * the chains move to where they are to sample.
 */
export async function warmUp(runner: ChainRunner, { dim, warmup, targetAcceptance, nextSteps, adaptUpTo }: WarmupOptions): Promise<WarmedUp> {
  let variances: Float64Array = new Float64Array(dim).fill(1);
  let averaging: DualAveraging = startDualAveraging(await reasonableStepSize(runner, { stepSize: 0.1, variances }));
  const windows = metricWindows(warmup);
  const bulkFrom = windows[0]?.start ?? 0;
  let positions = new RunningVariance(dim);
  // ten of the first steps: what is too short grows soon, and what is too long is costly
  let length: TrajectoryLength | undefined = adaptUpTo !== undefined ? startLength(10 * Math.exp(averaging.logStepSize)) : undefined;
  for (let t = 0; t < warmup; t++) {
    const stepSize = Math.exp(averaging.logStepSize);
    const own = length && stepsOfShare(t, Math.exp(length.logLength), stepSize, adaptUpTo!);
    const before = length && (await runner.chain.position.read());
    const energyChanges = await runner.transition({ stepSize, variances }, own?.steps ?? nextSteps());
    if (length && own && before) length = await learnedLength(runner, length, before, energyChanges, own.share, variances);
    // on the way to the bulk the slowest chain decides, so that none is left behind where only tiny steps are accepted
    const acceptance = t < bulkFrom ? harmonicMean(energyChanges) : meanAcceptance(energyChanges);
    averaging = updateDualAveraging(averaging, acceptance, targetAcceptance);
    const window = windows.find(({ start, end }) => t >= start && t < end);
    if (!window) continue;
    positions.add(await runner.chain.position.read());
    if (t + 1 < window.end) continue;
    const found = positions.regularised();
    length &&= rescaledLength(length, variances, found);
    variances = found;
    positions = new RunningVariance(dim);
    averaging = startDualAveraging(await reasonableStepSize(runner, { stepSize: Math.exp(averaging.logAverage), variances }));
  }
  return { stepSize: Math.exp(averaging.logAverage), variances, ...(length && { length: Math.exp(length.logLength) }) };
}

async function learnedLength({ chain }: ChainRunner, length: TrajectoryLength, before: Float32Array, energyChanges: Float32Array, share: number, variances: Float64Array): Promise<TrajectoryLength> {
  const [proposed, momenta] = await Promise.all([chain.proposal.position.read(), chain.proposal.momentum.read()]);
  return updateLength(length, { before, proposed, momenta, acceptance: energyChanges.map(acceptanceProbability), share }, variances);
}

/** Acceptance probability of a transition, 0 where the trajectory was not finite. */
export function acceptanceProbability(energyChange: number): number {
  return Math.exp(-Math.max(0, energyChange));
}

/** Whether the trajectory went astray: the energy changed by more than 1000, or to a value that is not finite. */
export function isDivergent(energyChange: number): boolean {
  return !(Math.abs(energyChange) <= 1000);
}

export function meanAcceptance(energyChanges: Float32Array): number {
  return energyChanges.reduce((total, change) => total + acceptanceProbability(change), 0) / energyChanges.length;
}

function harmonicMean(energyChanges: Float32Array): number {
  return energyChanges.length / energyChanges.reduce((total, change) => total + 1 / Math.max(1e-12, acceptanceProbability(change)), 0);
}

/** A step size at which single steps are accepted about half of the time: doubled or halved from the given one. */
async function reasonableStepSize(runner: ChainRunner, tuning: Tuning): Promise<number> {
  let { stepSize } = tuning;
  const accepts = async (): Promise<boolean> => meanAcceptance(await runner.transition({ ...tuning, stepSize }, 1)) > 0.5;
  const factor = (await accepts()) ? 2 : 0.5;
  for (let tries = 0; tries < 40; tries++) {
    stepSize *= factor;
    if ((await accepts()) !== factor > 1) break;
  }
  return stepSize;
}
