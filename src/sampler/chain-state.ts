import transitionText from "../../shaders/lib/transition.wgsl";
import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Storage } from "../gpu/dispatch.ts";
import { uniformsFor } from "../gpu/uniforms.ts";

export interface ChainSizes {
  /** Number of chains N. */
  readonly chains: number;
  /** Number of unknowns K. */
  readonly dim: number;
  /** Transitions T of one replay. */
  readonly transitions: number;
  readonly leapfrogSteps: number;
}

/** The device arrays of N chains. Parts that one kernel touches together share a buffer: WebGPU promises only eight. */
export class ChainState {
  /** Elements from one part of `state` and of `momenta` to the next, and from one part of `outputs` to the next. */
  readonly stride: number;
  readonly outputStride: number;
  /** Position, gradient, log density. */
  readonly state: DeviceTensor;
  /** Initial momentum, momentum, log of the uniform number of the Metropolis test. */
  readonly momenta: DeviceTensor;
  /** dH, energy. */
  readonly outputs: DeviceTensor;
  readonly proposedPosition: DeviceTensor;
  readonly proposedGradient: DeviceTensor;
  readonly proposedLogDensity: DeviceTensor;
  /** Bound where a kernel has no use for a binding. */
  readonly none: DeviceTensor;
  /** The uniform of each transition. */
  readonly params: Storage[];

  constructor(gpu: Gpu, readonly sizes: ChainSizes) {
    const { chains, dim, transitions, leapfrogSteps } = sizes;
    // views start at multiples of 64 elements
    this.stride = Math.ceil((chains * dim) / 64) * 64;
    this.outputStride = Math.ceil((transitions * chains) / 64) * 64;
    const make = (label: string, ...shape: number[]): DeviceTensor => deviceTensor(gpu, shape, undefined, { label });
    this.state = make("chain state", 2 * this.stride + chains);
    this.momenta = make("momenta", 2 * this.stride + chains);
    this.outputs = make("transition outputs", 2 * this.outputStride);
    this.proposedPosition = make("proposed position", chains, dim);
    this.proposedGradient = make("proposed gradient", chains, dim);
    this.proposedLogDensity = make("proposed log density", chains);
    this.none = make("none", 1);
    const { stride, outputStride } = this;
    const each = Array.from({ length: transitions }, (_, transition) => ({ chains, dim, transition, stride, outputStride, leapfrogSteps }));
    this.params = uniformsFor(gpu, transitionText, each, "transition parameters");
  }

  destroy(): void {
    const { state, momenta, outputs, proposedPosition, proposedGradient, proposedLogDensity, none } = this;
    for (const tensor of [state, momenta, outputs, proposedPosition, proposedGradient, proposedLogDensity, none]) tensor.destroy();
    this.params[0].buffer.destroy();
  }
}
