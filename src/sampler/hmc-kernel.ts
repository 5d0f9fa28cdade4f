import type { Gpu } from "../gpu/device.ts";
import { submit } from "../gpu/dispatch.ts";
import type { Key } from "../math/key.ts";
import { compileHmc, type LogDensity } from "./hmc-chain.ts";
import { acceptanceProbability, isDivergent } from "./adaptation/warmup.ts";

/** Where N chains are: position [N, K] with its log density [N] and gradient [N, K]. */
export interface HmcState {
  readonly position: Float32Array;
  readonly logDensity: Float32Array;
  readonly gradient: Float32Array;
}

/** What one transition did, by chain. */
export interface HmcInfo {
  readonly acceptanceRate: Float32Array;
  readonly divergent: readonly boolean[];
  /** H(proposal) - H(start), +infinity where the trajectory was not finite. */
  readonly energyChange: Float32Array;
  /** The Hamiltonian after the transition. */
  readonly energy: Float32Array;
}

/** One transition as a function: state in, (state, info) out; for schemes of one's own around it. */
export interface HmcKernel {
  /** The state at these positions [N, K]. */
  init(position: ArrayLike<number>): Promise<HmcState>;
  /** One transition; step sizes are one number or one per unknown. The key must not be used for another step. */
  step(key: Key, state: HmcState, stepSize: number | ArrayLike<number>): Promise<readonly [HmcState, HmcInfo]>;
  destroy(): void;
}

export interface HmcKernelOptions {
  readonly logDensity: LogDensity;
  readonly chains: number;
  readonly dim: number;
  readonly leapfrogSteps: number;
}

/** Compiles a log density into `init` and `step`. `hmc` does the whole run, with less traffic to and from the device. */
export async function hmcKernel(gpu: Gpu, options: HmcKernelOptions): Promise<HmcKernel> {
  const { dim } = options;
  const chain = await compileHmc(gpu, { ...options, transitions: 1 });
  const state = async (): Promise<HmcState> => {
    const [position, logDensity, gradient] = await Promise.all([chain.position.read(), chain.logDensity.read(), chain.gradient.read()]);
    return { position, logDensity, gradient };
  };
  return {
    async init(position) {
      chain.position.write(position);
      submit(gpu, [{ encode: (pass) => chain.encodeEvaluation(pass) }]);
      return state();
    },
    async step(key, before, stepSize) {
      chain.position.write(before.position);
      chain.logDensity.write(before.logDensity);
      chain.gradient.write(before.gradient);
      chain.key.write(key);
      chain.logStepSizes.write(Float32Array.from({ length: dim }, (_, i) => Math.log(typeof stepSize === "number" ? stepSize : stepSize[i])));
      submit(gpu, [{ encode: (pass) => chain.encodeTransition(pass, 0) }]);
      const [after, energyChange, energy] = await Promise.all([state(), chain.energyChange.read(), chain.energy.read()]);
      return [after, { acceptanceRate: energyChange.map(acceptanceProbability), divergent: Array.from(energyChange, isDivergent), energyChange, energy }];
    },
    destroy: () => chain.destroy(),
  };
}
