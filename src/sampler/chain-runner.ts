import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { submit, type Encodable } from "../gpu/dispatch.ts";
import { foldIn, type Key } from "../math/key.ts";
import { makeCopy } from "../autodiff/copy.ts";
import { compileHmc, type HmcChain, type LogDensity } from "./hmc-chain.ts";

interface RunnerOptions {
  readonly logDensity: LogDensity;
  readonly chains: number;
  readonly dim: number;
  readonly leapfrogSteps: number;
  /** Draws kept per replay, and transitions per kept draw. */
  readonly keep: number;
  readonly thin: number;
}

/** Step size of the whitened space and variance of each unknown: together its own step, stepSize * sqrt(variance). */
export interface Tuning {
  readonly stepSize: number;
  readonly variances: Float64Array;
}

/** What a replay of many transitions gave; arrays are [transition][...] without gaps. */
export interface Batch {
  /** [keep, N, K] and [keep, N]. */
  readonly positions: Float32Array;
  readonly logDensities: Float32Array;
  /** [keep * thin, N]. */
  readonly energyChanges: Float32Array;
  readonly energies: Float32Array;
}

/** Chains with their state on the device, driven from the host: one transition at a time, or many before the host waits. */
export class ChainRunner {
  private replays = 0;

  private constructor(
    readonly gpu: Gpu,
    readonly chain: HmcChain,
    private readonly options: RunnerOptions,
    private readonly key: Key,
    private readonly kept: { positions: DeviceTensor; logDensities: DeviceTensor; positionStride: number; densityStride: number },
  ) {}

  static async make(gpu: Gpu, options: RunnerOptions, key: Key): Promise<ChainRunner> {
    const { chains, dim, keep, thin } = options;
    // views start at multiples of 64 elements
    const positionStride = Math.ceil((chains * dim) / 64) * 64;
    const densityStride = Math.ceil(chains / 64) * 64;
    const positions = deviceTensor(gpu, [keep * positionStride], undefined, { label: "kept positions" });
    const logDensities = deviceTensor(gpu, [keep * densityStride], undefined, { label: "kept log densities" });
    const copies: Encodable[] = [];
    const afterTransition = (t: number): Encodable | undefined => ((t + 1) % thin === 0 ? copies[(t + 1) / thin - 1] : undefined);
    const chain = await compileHmc(gpu, { ...options, transitions: keep * thin, afterTransition });
    for (let draw = 0; draw < keep; draw++) {
      const both = [
        await makeCopy(gpu, chain.position, positions.view(draw * positionStride, [chains, dim])),
        await makeCopy(gpu, chain.logDensity, logDensities.view(draw * densityStride, [chains])),
      ];
      copies.push({ encode: (pass) => both.forEach((copy) => copy.encode(pass)) });
    }
    return new ChainRunner(gpu, chain, options, key, { positions, logDensities, positionStride, densityStride });
  }

  /** Puts the chains at these positions [N, K]; returns their log densities and gradients. */
  async start(positions: Float32Array): Promise<{ logDensity: Float32Array; gradient: Float32Array }> {
    this.chain.position.write(positions);
    submit(this.gpu, [{ encode: (pass) => this.chain.encodeEvaluation(pass) }]);
    const [logDensity, gradient] = await Promise.all([this.chain.logDensity.read(), this.chain.gradient.read()]);
    return { logDensity, gradient };
  }

  /** One transition of `steps` leapfrog steps; returns each chain's dH. */
  async transition(tuning: Tuning, steps: number): Promise<Float32Array> {
    this.prepare(tuning);
    submit(this.gpu, [{ encode: (pass) => this.chain.encodeTransition(pass, 0, steps) }]);
    return this.chain.energyChange.view(0, [this.options.chains]).read();
  }

  /** As many transitions as make `keep` draws, with the given numbers of leapfrog steps. */
  async batch(tuning: Tuning, steps: readonly number[]): Promise<Batch> {
    const { chains, dim, keep } = this.options;
    const { positions, logDensities, positionStride, densityStride } = this.kept;
    this.prepare(tuning);
    // a submit for each, as some drivers end work that takes seconds
    steps.forEach((count, t) => submit(this.gpu, [{ encode: (pass) => this.chain.encodeTransition(pass, t, count) }]));
    const [allPositions, allDensities, energyChanges, energies] = await Promise.all([
      positions.read(), logDensities.read(), this.chain.energyChange.read(), this.chain.energy.read(),
    ]);
    return {
      positions: withoutGaps(allPositions, keep, positionStride, chains * dim),
      logDensities: withoutGaps(allDensities, keep, densityStride, chains),
      energyChanges,
      energies,
    };
  }

  destroy(): void {
    this.chain.destroy();
    this.kept.positions.destroy();
    this.kept.logDensities.destroy();
  }

  /** A key of its own for each replay, and the step sizes. */
  private prepare({ stepSize, variances }: Tuning): void {
    const { transitions, dim } = this.chain.options;
    this.chain.key.write(foldIn(this.key, this.replays++));
    this.chain.logStepSizes.write(Float32Array.from({ length: transitions * dim }, (_, i) => Math.log(stepSize) + 0.5 * Math.log(variances[i % dim])));
  }
}

function withoutGaps(all: Float32Array, rows: number, stride: number, length: number): Float32Array {
  const result = new Float32Array(rows * length);
  for (let row = 0; row < rows; row++) result.set(all.subarray(row * stride, row * stride + length), row * length);
  return result;
}
