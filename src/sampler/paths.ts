import { makeCopy } from "../autodiff/copy.ts";
import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { submit, type Dispatch, type Encodable } from "../gpu/dispatch.ts";
import { compileHmc, type HmcChain, type HmcChainOptions } from "./hmc-chain.ts";

/** The whole way of N chains through T transitions of L leapfrog steps in K dimensions. */
export interface ChainPaths {
  readonly chains: number;
  readonly dim: number;
  readonly transitions: number;
  readonly leapfrogSteps: number;
  /** Where a transition's trajectory is after 0 to L leapfrog steps [T, L + 1, N, K]: from where the chain was to the proposal. */
  readonly positions: Float32Array;
  /** Where the chain is after each transition [T, N, K]: the proposal if it was accepted. */
  readonly draws: Float32Array;
  /** 1 where the proposal was accepted [T, N]. */
  readonly accepted: Uint8Array;
  /** H(proposal) - H(start) [T, N], +infinity where the trajectory was not finite. */
  readonly energyChange: Float32Array;
  /** The Hamiltonian after the transition [T, N]. */
  readonly energy: Float32Array;
}

/** Chains that keep every position they pass. The draws are those of the same chains unrecorded, bit for bit. */
export class PathRecorder implements Encodable {
  constructor(
    readonly chain: HmcChain,
    /** After each leapfrog step [T L, stride], and after each transition, the start before them [T + 1, stride]. */
    private readonly kept: { steps: DeviceTensor; draws: DeviceTensor; stride: number },
    private readonly keepStart: Dispatch,
  ) {}

  encode(pass: GPUComputePassEncoder): void {
    this.keepStart.encode(pass);
    this.chain.encode(pass);
  }

  /** Runs all transitions from where the chain's `position` is and returns the way. */
  async run(): Promise<ChainPaths> {
    submit(this.chain.gpu, [this]);
    return this.read();
  }

  /** The way of the last run. */
  async read(): Promise<ChainPaths> {
    const { chains, dim, transitions, leapfrogSteps } = this.chain.options;
    const size = chains * dim;
    const { stride } = this.kept;
    const [steps, states, energyChange, energy] = await Promise.all([this.kept.steps, this.kept.draws, this.chain.energyChange, this.chain.energy].map((tensor) => tensor.read()));
    const positions = new Float32Array(transitions * (leapfrogSteps + 1) * size);
    const draws = new Float32Array(transitions * size);
    const accepted = new Uint8Array(transitions * chains);
    for (let t = 0; t < transitions; t++) {
      const first = t * (leapfrogSteps + 1) * size;
      positions.set(states.subarray(t * stride, t * stride + size), first);
      for (let s = 0; s < leapfrogSteps; s++) positions.set(steps.subarray((t * leapfrogSteps + s) * stride, (t * leapfrogSteps + s) * stride + size), first + (s + 1) * size);
      draws.set(states.subarray((t + 1) * stride, (t + 1) * stride + size), t * size);
      const proposal = positions.subarray(first + leapfrogSteps * size, first + (leapfrogSteps + 1) * size);
      for (let n = 0; n < chains; n++) accepted[t * chains + n] = Number(same(proposal, draws.subarray(t * size, (t + 1) * size), n * dim, dim));
    }
    return { chains, dim, transitions, leapfrogSteps, positions, draws, accepted, energyChange, energy };
  }

  destroy(): void {
    this.kept.steps.destroy();
    this.kept.draws.destroy();
    this.chain.destroy();
  }
}

/** Compiles a log density into chains whose way is kept. */
export async function compilePaths(gpu: Gpu, options: Omit<HmcChainOptions, "afterStep" | "afterTransition">): Promise<PathRecorder> {
  const { chains, dim, transitions, leapfrogSteps } = options;
  let copies: { steps: Dispatch[]; draws: Dispatch[] } | undefined;
  const chain = await compileHmc(gpu, {
    ...options,
    afterStep: (t, step) => copies?.steps[t * leapfrogSteps + step - 1],
    afterTransition: (t) => copies?.draws[t + 1],
  });
  // views start at multiples of 64 elements
  const stride = Math.ceil((chains * dim) / 64) * 64;
  const array = (label: string, slots: number): DeviceTensor => deviceTensor(gpu, [slots, stride], undefined, { label });
  const kept = { steps: array("leapfrog path", transitions * leapfrogSteps), draws: array("draws", transitions + 1), stride };
  const copiesOf = (origin: DeviceTensor, result: DeviceTensor): Promise<Dispatch[]> =>
    Promise.all(Array.from({ length: result.shape[0] }, (_, slot) => makeCopy(gpu, origin, result.view(slot * stride, [chains, dim]))));
  copies = { steps: await copiesOf(chain.proposal.position, kept.steps), draws: await copiesOf(chain.position, kept.draws) };
  return new PathRecorder(chain, kept, copies.draws[0]);
}

function same(a: Float32Array, b: Float32Array, first: number, length: number): boolean {
  for (let i = first; i < first + length; i++) if (a[i] !== b[i]) return false;
  return true;
}
