import { GPU_BUFFER, type Gpu } from "../gpu/device.ts";
import { DeviceError } from "../gpu/errors.ts";
import { halfToNumber, numberToHalf } from "../math/half.ts";
import type { Storage } from "../gpu/dispatch.ts";
import { ShapeError, showShape, sizeOf, type Shape } from "./shape.ts";

/** f16 is for weights: right operands of matmul, on adapters with the feature "shader-f16". */
export type DType = "f32" | "u32" | "f16";

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
    /** The range that this is a view of and that kernels bind as one with other views of it; default: the whole buffer. Views at the same places in two ranges have the same kernels. */
    readonly block?: Storage,
  ) {}

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Overwrites the content. Throws ShapeError if the number of elements differs. */
  write(data: ArrayLike<number>): this {
    if (data.length !== this.size) {
      throw new ShapeError(`[${this.label}] expected ${this.size} elements for the shape ${showShape(this.shape)}, got ${data.length}.`);
    }
    const array = this.dtype === "f16" ? halves(data) : this.dtype === "f32" ? floats(data) : words(data);
    this.gpu.device.queue.writeBuffer(this.storage.buffer, this.storage.offset, array as Float32Array<ArrayBuffer>);
    return this;
  }

  /** The content as a host array. */
  async read(): Promise<Float32Array> {
    const bytes = await this.bytes();
    return this.dtype === "f16" ? Float32Array.from(new Uint16Array(bytes), halfToNumber) : new Float32Array(bytes);
  }

  async readWords(): Promise<Uint32Array> {
    return new Uint32Array(await this.bytes());
  }

  private bytes(): Promise<ArrayBuffer> {
    return this.gpu.readBuffer(this.storage.buffer, this.storage.offset, this.size * elementBytes(this.dtype));
  }

  /** A view of rows start..end of the first axis; the start must fall on a multiple of 64 elements. */
  view(start: number, shape: Shape, label = this.label, block = this.block): DeviceTensor {
    const offset = this.storage.offset + start * elementBytes(this.dtype);
    if (offset % 256 !== 0) throw new ShapeError(`[${label}] a view must start at a multiple of ${256 / elementBytes(this.dtype)} elements, got ${start}.`);
    if (start + sizeOf(shape) > this.size) throw new ShapeError(`[${label}] a view of ${showShape(shape)} at ${start} passes the end of ${this.size} elements.`);
    return new DeviceTensor(this.gpu, shape, this.dtype, { buffer: this.storage.buffer, offset, bytes: sizeOf(shape) * elementBytes(this.dtype) }, label, block);
  }

  destroy(): void {
    this.storage.buffer.destroy();
  }
}

/** Makes an array on the device, zero unless `data` is given. */
export function deviceTensor(gpu: Gpu, shape: Shape, data?: ArrayLike<number>, options: { dtype?: DType; label?: string } = {}): DeviceTensor {
  const { label = "tensor", dtype = "f32" } = options;
  if (dtype === "f16" && !gpu.device.features.has("shader-f16")) throw new DeviceError(`[${label}] this adapter (${gpu.name}) has no "shader-f16"; keep the weights in f32.`);
  const bytes = sizeOf(shape) * elementBytes(dtype);
  const buffer = gpu.createBuffer(bytes, usage, label);
  const tensor = new DeviceTensor(gpu, shape, dtype, { buffer, offset: 0, bytes }, label);
  return data ? tensor.write(data) : tensor;
}

export function elementBytes(dtype: DType): number {
  return dtype === "f16" ? 2 : 4;
}

function floats(data: ArrayLike<number>): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

function words(data: ArrayLike<number>): Uint32Array {
  return data instanceof Uint32Array ? data : Uint32Array.from(data);
}

/** An even number of them: writes are whole words. */
function halves(data: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(Math.ceil(data.length / 2) * 2);
  for (let i = 0; i < data.length; i++) bits[i] = numberToHalf(data[i]);
  return bits;
}
