import adjointText from "../../../shaders/leapfrog-adjoint.wgsl";
import { deviceTensor, type DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { gridFor, makeDispatch, type Dispatch, type Storage } from "../../gpu/dispatch.ts";
import { uniformsFor } from "../../gpu/uniforms.ts";
import type { ChainSizes } from "../chain-state.ts";

/** The device arrays of the reverse sweep; the layouts are those of leapfrog-adjoint.wgsl. */
export class AdjointState {
  private readonly stride: number;
  private readonly trailStride: number;
  readonly finalCotangent: DeviceTensor;
  readonly kept: DeviceTensor;
  readonly adjoint: DeviceTensor;
  readonly points: DeviceTensor;
  readonly trail: DeviceTensor;
  readonly gradient: DeviceTensor;
  readonly product: DeviceTensor;
  /** Of each step of each transition. */
  private readonly params: Storage[];

  constructor(gpu: Gpu, readonly sizes: ChainSizes) {
    const { chains, dim, transitions, leapfrogSteps } = sizes;
    const size = chains * dim;
    // views start at multiples of 64 elements
    this.stride = Math.ceil(size / 64) * 64;
    this.trailStride = Math.ceil((leapfrogSteps * size) / 64) * 64;
    const make = (label: string, ...shape: number[]): DeviceTensor => deviceTensor(gpu, shape, undefined, { label });
    this.finalCotangent = make("final cotangent", chains, dim);
    this.kept = make("kept trajectories", 4 * transitions * this.stride);
    this.adjoint = make("adjoint state", 4 * this.stride);
    this.points = make("points", 2 * this.stride);
    this.trail = make("trail", 2 * this.trailStride + transitions * size);
    this.gradient = make("gradient at the point", chains, dim);
    this.product = make("Hessian times direction", chains, dim);
    const { stride, trailStride } = this;
    const each = Array.from({ length: transitions * (leapfrogSteps + 1) }, (_, i) => ({ chains, dim, transition: Math.floor(i / (leapfrogSteps + 1)), step: i % (leapfrogSteps + 1), stride, trailStride }));
    this.params = uniformsFor(gpu, adjointText, each, "adjoint parameters");
  }

  /** Part i of what is kept of transition t: proposed position, momentum, gradient; position after the test. [N, K] */
  keptPart(t: number, i: number): DeviceTensor {
    const { chains, dim } = this.sizes;
    return this.kept.view((4 * t + i) * this.stride, [chains, dim]);
  }

  /** What the sweep carries back, d / d position. [N, K] */
  get cotangent(): DeviceTensor {
    return this.adjoint.view(0, this.shape, "start cotangent");
  }

  get point(): DeviceTensor {
    return this.points.view(0, this.shape, "point");
  }

  get direction(): DeviceTensor {
    return this.points.view(this.stride, this.shape, "direction");
  }

  get trailPoints(): DeviceTensor {
    return this.trail.view(0, this.trailShape, "points of the trail");
  }

  get trailDirections(): DeviceTensor {
    return this.trail.view(this.trailStride, this.trailShape, "directions of the trail");
  }

  get stepSizeCotangents(): DeviceTensor {
    return this.trail.view(2 * this.trailStride, [this.sizes.transitions, ...this.shape], "step-size cotangents");
  }

  /** The uniform of one step back. */
  param(t: number, step: number): Storage {
    return this.params[t * (this.sizes.leapfrogSteps + 1) + step];
  }

  private get shape(): [number, number] {
    return [this.sizes.chains, this.sizes.dim];
  }

  private get trailShape(): [number, number] {
    const { chains, dim, leapfrogSteps } = this.sizes;
    return [leapfrogSteps * chains, dim];
  }

  destroy(): void {
    const { finalCotangent, kept, adjoint, points, trail, gradient, product } = this;
    for (const tensor of [finalCotangent, kept, adjoint, points, trail, gradient, product]) tensor.destroy();
    this.params[0].buffer.destroy();
  }
}

/** The step from q_step back to q_(step - 1) in transition t; step 0 only takes in the last evaluation, at q_0. */
export function stepBack(gpu: Gpu, arrays: AdjointState, logStepSizes: DeviceTensor, t: number, step: number): Promise<Dispatch> {
  const { chains, dim, leapfrogSteps } = arrays.sizes;
  const begins = step === leapfrogSteps;
  const ends = step === 0;
  const tensors = [logStepSizes, arrays.kept, arrays.gradient, arrays.product, arrays.adjoint, arrays.points, arrays.trail];
  const source = {
    name: begins ? "leapfrog adjoint start" : ends ? "leapfrog adjoint end" : "leapfrog adjoint",
    file: "shaders/leapfrog-adjoint.wgsl",
    wgsl: `const BEGINS = ${begins};\nconst ENDS = ${ends};\n${adjointText}`,
    bindings: ["uniform", "read", "read", "read", "read", "write", "write", "write"] as const,
  };
  return makeDispatch(gpu, source, [arrays.param(t, step), ...tensors.map((tensor) => tensor.storage)], gridFor(chains * dim, 64));
}
