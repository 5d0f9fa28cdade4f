import type { Gpu } from "../../gpu/device.ts";
import { submit, type Dispatch, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import { makeCopy } from "../copy.ts";
import { DeviceTensor, elementBytes } from "../device-tensor.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import type { PlacedOutputs } from "./outputs.ts";
import { base } from "./plan.ts";

/** Device memory that a program holds. */
interface Held {
  readonly bytes: number;
  destroy(): void;
}

/** A compiled computation: a fixed list of dispatches with their bindings. */
export class Program<Name extends string = string> implements Encodable {
  constructor(
    readonly gpu: Gpu,
    private readonly dispatches: readonly Dispatch[],
    readonly outputs: Readonly<Record<Name, DeviceTensor>>,
    private readonly arena: Held,
  ) {}

  get dispatchCount(): number {
    return this.dispatches.length;
  }

  /** Bytes of intermediate results. */
  get arenaBytes(): number {
    return this.arena.bytes;
  }

  /** Names of the kernels, in order; for tests and for seeing what was fused. */
  get kernels(): string[] {
    return this.dispatches.map((dispatch) => dispatch.kernel.source.name);
  }

  encode(pass: GPUComputePassEncoder): void {
    for (const dispatch of this.dispatches) dispatch.encode(pass);
  }

  /** Runs once: one command buffer, one submit. */
  run(): void {
    submit(this.gpu, [this]);
  }

  destroy(): void {
    this.arena.destroy();
  }
}

/** The program of these dispatches, the copies of its outputs behind them. */
export async function programOf<Name extends string>(gpu: Gpu, dispatches: readonly Dispatch[], { entries, into, storage, copies, old }: PlacedOutputs<Name>, arena: Held): Promise<Program<Name>> {
  const moved = copies.map(([from, to]) => makeCopy(gpu, new DeviceTensor(gpu, to.shape, to.dtype, { ...from.storage, bytes: to.storage.bytes }, from.label), to));
  const results = Object.fromEntries(entries.map(([name, tensor]) => {
    const held = old.get(name) ?? storage.get(base(tensor))!;
    return [name, into[name] ?? new DeviceTensor(gpu, tensor.shape, tensor.dtype, exact(held, tensor), name)];
  })) as Record<Name, DeviceTensor>;
  return new Program(gpu, [...dispatches, ...(await Promise.all(moved))], results, arena);
}

/** The bytes of the storage that the tensor takes: arena buffers may be longer. */
export function exact(held: DeviceTensor, tensor: Tensor): Storage {
  return { buffer: held.storage.buffer, offset: held.storage.offset, bytes: sizeOf(tensor.shape) * elementBytes(tensor.dtype) };
}
