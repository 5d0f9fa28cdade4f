import type { Gpu } from "../../gpu/device.ts";
import { deviceTensor, type DeviceTensor } from "../device-tensor.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** Bindings start at multiples of 256 bytes. */
const alignment = 64;

/** One buffer for each element type, in which every tensor has a place of its own. */
export class SharedArena {
  private readonly held = new Map<Tensor, DeviceTensor>();
  private readonly buffers: DeviceTensor[];

  constructor(gpu: Gpu, tensors: readonly Tensor[], label: string) {
    this.buffers = (["f32", "u32"] as const).flatMap((dtype) => {
      const own = tensors.filter((tensor) => tensor.dtype === dtype);
      if (own.length === 0) return [];
      let end = 0;
      const starts = own.map(({ shape }) => {
        const start = end;
        end += Math.ceil(sizeOf(shape) / alignment) * alignment;
        return start;
      });
      const buffer = deviceTensor(gpu, [end], undefined, { dtype, label });
      own.forEach((tensor, i) => this.held.set(tensor, buffer.view(starts[i], tensor.shape, `${label}: ${tensor.op}`)));
      return [buffer];
    });
  }

  get(tensor: Tensor): DeviceTensor | undefined {
    return this.held.get(tensor);
  }

  get bytes(): number {
    return this.buffers.reduce((total, { storage }) => total + storage.bytes, 0);
  }

  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy();
  }
}
