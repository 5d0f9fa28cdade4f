import chainText from "../../../shaders/fused-hmc.wgsl";
import { Dispatch, gridFor, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Kernel } from "../../gpu/kernel.ts";
import { uniformData, uniformFor, type UniformValues } from "../../gpu/uniforms.ts";
import { chainsOfWorkgroup, type FusedVariant } from "./variant.ts";

/** What the kernel is told beside its arrays. */
interface ChainSizes {
  readonly chainsPerRow: number;
  readonly transitions: number;
  readonly leapfrogSteps: number;
  readonly stride: number;
  readonly noiseStride: number;
  readonly derivatives: boolean;
}

/** The chains that lie in the arrays: `count` of all, from `first` on. */
export interface ChainRange {
  readonly first: number;
  readonly count: number;
}

/** The dispatches of one kernel over the chains in the arrays, a bounded number of chains in each. */
export class ChainDispatches implements Encodable {
  private pieces: { dispatch: Dispatch; params: Storage; first: number }[] = [];

  constructor(
    private readonly gpu: Gpu,
    private readonly kernel: Kernel,
    private readonly variant: FusedVariant,
    private readonly arrays: readonly Storage[],
    private readonly sizes: ChainSizes,
    /** Chains that fit into the arrays. */
    readonly capacity: number,
    private held: ChainRange,
    chainsEach: number,
  ) {
    this.split(chainsEach);
  }

  /** The dispatches that the chains in the arrays need. */
  get active(): readonly Dispatch[] {
    return this.pieces.filter(({ first }) => first < this.held.count).map(({ dispatch }) => dispatch);
  }

  /** Cuts anew: at most so many chains a dispatch, up to whole workgroups. */
  split(chainsEach: number): void {
    this.destroy();
    const unit = chainsOfWorkgroup(this.variant);
    // one row of workgroups: a second one could reach into the chains of the next dispatch
    const each = unit * Math.min(65_535, Math.max(1, Math.floor(chainsEach / unit)));
    this.pieces = [];
    for (let first = 0; first < this.capacity; first += each) {
      const params = uniformFor(this.gpu, chainText, this.values(first), "chain parameters");
      const grid = gridFor(Math.ceil(Math.min(each, this.capacity - first) / unit), 1);
      this.pieces.push({ dispatch: new Dispatch(this.gpu, this.kernel, [params, ...this.arrays], grid), params, first });
    }
  }

  /** Says which chains the arrays hold from now on. */
  hold(held: ChainRange): void {
    this.held = held;
    for (const { params, first } of this.pieces) this.gpu.device.queue.writeBuffer(params.buffer, 0, uniformData(chainText, this.values(first)));
  }

  encode(pass: GPUComputePassEncoder): void {
    for (const dispatch of this.active) dispatch.encode(pass);
  }

  destroy(): void {
    for (const { params } of this.pieces) params.buffer.destroy();
  }

  private values(first: number): UniformValues {
    // `one` is unknown to the compiler
    return { ...this.sizes, chains: this.held.count, first, derivatives: Number(this.sizes.derivatives), one: 1, offset: this.held.first };
  }
}
