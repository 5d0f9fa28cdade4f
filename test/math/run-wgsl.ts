import { create, globals } from "webgpu";

/** Runs WGSL functions on the real adapter. Holds the GPU object as long as its device: if it is collected first, Node crashes. */
export interface WgslRunner {
  /**
   * The words that `body` writes to `output` for each of `count` invocations: it sees `i` (its index), `inputs`
   * (`array<u32>`) and `output` (`array<u32>`, `outputsEach` words an invocation).
   */
  run(library: string, body: string, inputs: Uint32Array, count: number, outputsEach?: number): Promise<Uint32Array>;
  close(): void;
}

export async function openWgslRunner(): Promise<WgslRunner> {
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("no WebGPU adapter: install a Vulkan driver (Debian: mesa-vulkan-drivers 24 or newer)");
  const device = await adapter.requestDevice();
  const held = { gpu, adapter, device };

  async function run(library: string, body: string, inputs: Uint32Array, count: number, outputsEach = 1): Promise<Uint32Array> {
    const module = device.createShaderModule({
      code: `${library}
@group(0) @binding(0) var<storage, read> inputs: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= ${count}u) { return; }
  ${body}
}`,
    });
    const errors = (await module.getCompilationInfo()).messages.filter((message) => message.type === "error");
    if (errors.length > 0) throw new Error(errors.map((e) => `${e.lineNum}:${e.linePos} ${e.message}`).join("\n"));
    const inputBuffer = device.createBuffer({ size: inputs.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(inputBuffer, 0, inputs as Uint32Array<ArrayBuffer>);
    const size = 4 * count * outputsEach;
    const outputBuffer = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
    const readBuffer = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
    const bindGroup = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [inputBuffer, outputBuffer].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.ceil(count / 64));
    pass.end();
    encoder.copyBufferToBuffer(outputBuffer, 0, readBuffer, 0, size);
    device.queue.submit([encoder.finish()]);
    await readBuffer.mapAsync(GPUMapMode.READ);
    const result = new Uint32Array(readBuffer.getMappedRange().slice(0));
    for (const buffer of [inputBuffer, outputBuffer, readBuffer]) buffer.destroy();
    return result;
  }

  return { run, close: () => held.device.destroy() };
}

/** The same bits as float32 values. */
export function asFloats(words: Uint32Array): Float32Array {
  return new Float32Array(words.buffer, words.byteOffset, words.length);
}

/** The bits of float32 values. */
export function asWords(values: ArrayLike<number>): Uint32Array {
  return new Uint32Array(Float32Array.from(values).buffer);
}
