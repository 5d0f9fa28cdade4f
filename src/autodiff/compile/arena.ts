import type { Gpu } from "../../gpu/device.ts";
import { deviceTensor, type DeviceTensor } from "../device-tensor.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** Device buffers for a program's intermediate results, handed on from one that is no longer needed to the next. */
export class Arena {
  private readonly free: DeviceTensor[] = [];
  private readonly all: DeviceTensor[] = [];

  constructor(private readonly gpu: Gpu) {}

  /** Bytes held. */
  get bytes(): number {
    return this.all.reduce((total, tensor) => total + tensor.storage.bytes, 0);
  }

  /** Storage for the tensor: the smallest free one that fits without wasting more than half, else a new one. */
  take(tensor: Tensor): DeviceTensor {
    const size = sizeOf(tensor.shape);
    let best = -1;
    this.free.forEach((candidate, i) => {
      const fits = candidate.size >= size && candidate.size <= 2 * size + 64 && candidate.dtype === tensor.dtype;
      if (fits && (best < 0 || candidate.size < this.free[best].size)) best = i;
    });
    if (best >= 0) return this.free.splice(best, 1)[0];
    const made = deviceTensor(this.gpu, [size], undefined, { dtype: tensor.dtype, label: `result of ${tensor.op}` });
    this.all.push(made);
    return made;
  }

  giveBack(storage: DeviceTensor): void {
    this.free.push(storage);
  }

  destroy(): void {
    for (const tensor of this.all) tensor.destroy();
  }
}
