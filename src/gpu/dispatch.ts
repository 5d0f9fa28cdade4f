import { GPU_BUFFER, type Gpu } from "./device.ts";
import type { Kernel, KernelSource } from "./kernel.ts";

/** A range of a device buffer, in bytes. Offsets are multiples of 256, as bindings demand. */
export interface Storage {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

/** Something that adds its dispatches to a compute pass: a program, an optimizer, a leapfrog kernel. */
export interface Encodable {
  encode(pass: GPUComputePassEncoder): void;
}

/** One kernel with its bind group and workgroup counts, ready to be replayed. */
export class Dispatch implements Encodable {
  private readonly bindGroup: GPUBindGroup;

  constructor(
    gpu: Gpu,
    readonly kernel: Kernel,
    storages: readonly Storage[],
    readonly workgroups: readonly [number, number, number],
  ) {
    const limit = gpu.limits.maxComputeWorkgroupsPerDimension;
    if (workgroups.some((count) => count > limit || count < 0)) {
      throw new RangeError(`[${kernel.source.name}] ${workgroups.join(" x ")} workgroups pass the limit of ${limit}; this is a bug in its grid.`);
    }
    gpu.made.bindGroups++;
    this.bindGroup = gpu.device.createBindGroup({
      label: kernel.source.name,
      layout: kernel.pipeline.getBindGroupLayout(0),
      entries: storages.map((storage, binding) => ({
        binding,
        resource: { buffer: storage.buffer, offset: storage.offset, size: Math.max(4, Math.ceil(storage.bytes / 4) * 4) },
      })),
    });
  }

  encode(pass: GPUComputePassEncoder): void {
    pass.setPipeline(this.kernel.pipeline);
    pass.setBindGroup(0, this.bindGroup);
    pass.dispatchWorkgroups(...this.workgroups);
  }
}

/** Compiles the kernel and binds it to its storages. */
export async function makeDispatch(
  gpu: Gpu,
  source: KernelSource,
  storages: readonly Storage[],
  workgroups: readonly [number, number, number],
): Promise<Dispatch> {
  return new Dispatch(gpu, await gpu.kernels.get(source), storages, workgroups);
}

/** Workgroup counts of a one-dimensional grid, folded into x and y where x alone passes the device's limit. */
export function gridFor(invocations: number, workgroupSize: number, limit = 65_535): [number, number, number] {
  const groups = Math.max(1, Math.ceil(invocations / workgroupSize));
  if (groups <= limit) return [groups, 1, 1];
  const y = Math.ceil(groups / limit);
  return [Math.ceil(groups / y), y, 1];
}

/** Encodes everything into one compute pass and submits it. */
export function submit(gpu: Gpu, work: readonly Encodable[]): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const item of work) item.encode(pass);
  pass.end();
  gpu.submit([encoder.finish()]);
}

/** A uniform buffer holding u32 words. */
export function uniformWords(gpu: Gpu, words: ArrayLike<number>, label: string): Storage {
  const data = new Uint32Array(Math.ceil(words.length / 4) * 4);
  data.set(words);
  const buffer = gpu.createBuffer(data.byteLength, GPU_BUFFER.UNIFORM | GPU_BUFFER.COPY_DST, label);
  gpu.device.queue.writeBuffer(buffer, 0, data);
  return { buffer, offset: 0, bytes: data.byteLength };
}
