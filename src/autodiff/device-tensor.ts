import { GPU_BUFFER, type Gpu } from "../gpu/device.ts";
import type { Storage } from "../gpu/dispatch.ts";
import { ShapeError, showShape, sizeOf, type Shape } from "./shape.ts";

export type DType = "f32" | "u32";
export type HostArray = Float32Array | Uint32Array;

// uniform too: matmul kernels read small operands as uniform buffers where that is faster
const usage = GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM | GPU_BUFFER.COPY_SRC | GPU_BUFFER.COPY_DST;

/** An array that lives on the device: parameters, tables, state, results. Programs read and write it in place. */
export class DeviceTensor {
  constructor(
    readonly gpu: Gpu,
    readonly shape: Shape,
    readonly dtype: DType,
    readonly storage: Storage,
    readonly label: string,
  ) {}

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Overwrites the content. Throws ShapeError if the number of elements differs. */
  write(data: ArrayLike<number>): this {
    if (data.length !== this.size) {
      throw new ShapeError(`[${this.label}] expected ${this.size} elements for the shape ${showShape(this.shape)}, got ${data.length}.`);
    }
    const expected = this.dtype === "f32" ? Float32Array : Uint32Array;
    const array = data instanceof expected ? data : expected.from(data);
    this.gpu.device.queue.writeBuffer(this.storage.buffer, this.storage.offset, array as Float32Array<ArrayBuffer>);
    return this;
  }

  /** The content as a host array. */
  async read(): Promise<Float32Array> {
    return new Float32Array(await this.bytes());
  }

  async readWords(): Promise<Uint32Array> {
    return new Uint32Array(await this.bytes());
  }

  private bytes(): Promise<ArrayBuffer> {
    return this.gpu.readBuffer(this.storage.buffer, this.storage.offset, this.size * 4);
  }

  /** A view of rows start..end of the first axis; the start must fall on a multiple of 64 elements. */
  view(start: number, shape: Shape, label = this.label): DeviceTensor {
    const offset = this.storage.offset + start * 4;
    if (offset % 256 !== 0) throw new ShapeError(`[${label}] a view must start at a multiple of 64 elements, got ${start}.`);
    if (start + sizeOf(shape) > this.size) throw new ShapeError(`[${label}] a view of ${showShape(shape)} at ${start} passes the end of ${this.size} elements.`);
    return new DeviceTensor(this.gpu, shape, this.dtype, { buffer: this.storage.buffer, offset, bytes: sizeOf(shape) * 4 }, label);
  }

  destroy(): void {
    this.storage.buffer.destroy();
  }
}

/** Makes an array on the device, zero unless `data` is given. */
export function deviceTensor(gpu: Gpu, shape: Shape, data?: ArrayLike<number>, options: { dtype?: DType; label?: string } = {}): DeviceTensor {
  const label = options.label ?? "tensor";
  const bytes = sizeOf(shape) * 4;
  const buffer = gpu.createBuffer(bytes, usage, label);
  const tensor = new DeviceTensor(gpu, shape, options.dtype ?? "f32", { buffer, offset: 0, bytes }, label);
  return data ? tensor.write(data) : tensor;
}
