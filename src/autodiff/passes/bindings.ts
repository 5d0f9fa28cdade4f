import type { Step } from "../compile/plan.ts";
import type { BindingLimits } from "../compile/bundle.ts";
import type { Tensor } from "../tape.ts";
import type { Room } from "./partition.ts";

/** Where a tensor lies: a buffer, and the first of its four-byte elements there. */
export interface Place {
  readonly buffer: GPUBuffer;
  readonly first: number;
}

export type Space = "read" | "write" | "uniform";

/** Bytes that a uniform binding can show on every device, and the flag of buffers that may be bound so. */
const uniformBytes = 65_536;
const uniformUsage = 0x40;

/** The buffers that the steps of a pass bind, each whole. Small ones that are only read are uniforms where storage bindings run out. */
export class PassBindings implements Room {
  private readonly written = new Map<GPUBuffer, boolean>();

  constructor(
    private readonly place: (tensor: Tensor) => Place,
    private readonly limits: BindingLimits,
  ) {}

  fits(step: Step): boolean {
    return assigned(this.with(step), this.limits) !== undefined;
  }

  add(step: Step): void {
    for (const [buffer, written] of this.with(step)) this.written.set(buffer, written);
  }

  /** How each buffer is bound, in order. */
  spaces(): Map<GPUBuffer, Space> {
    return assigned(this.written, this.limits)!;
  }

  private with({ result, reads }: Step): Map<GPUBuffer, boolean> {
    const all = new Map(this.written);
    for (const read of reads) {
      const { buffer } = this.place(read);
      all.set(buffer, all.get(buffer) ?? false);
    }
    return all.set(this.place(result).buffer, true);
  }
}

/** Undefined: there are too many. */
function assigned(written: ReadonlyMap<GPUBuffer, boolean>, { storage, uniform }: BindingLimits): Map<GPUBuffer, Space> | undefined {
  const spaces = new Map<GPUBuffer, Space>([...written].map(([buffer, writes]) => [buffer, writes ? "write" : "read"]));
  const over = spaces.size - storage;
  if (over <= 0) return spaces;
  const small = [...spaces].filter(([buffer, space]) => space === "read" && buffer.size <= uniformBytes && buffer.size % 16 === 0 && (buffer.usage & uniformUsage) !== 0);
  if (over > Math.min(uniform, small.length)) return undefined;
  for (const [buffer] of small.sort(([x], [y]) => x.size - y.size).slice(0, over)) spaces.set(buffer, "uniform");
  return spaces;
}
