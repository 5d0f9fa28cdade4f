import { beginWait } from "./dawn-polling.ts";
import { DeviceError } from "./errors.ts";
import { isSoftware } from "./software.ts";
import { Tuning, type TuningOptions } from "./tuning.ts";

/** Milliseconds between a refusal and the news that the device was lost. */
const graceForReason = 500;

/** A compute shader's text, and how its bindings are used: `KernelSource` in kernel.ts. */
interface Source {
  name: string;
  file: string;
  wgsl: string;
  bindings: readonly ("read" | "write" | "uniform")[];
}

/** What a device asks of its cache of compiled kernels. `KernelCache` in kernel.ts is one; that file imports this one, so it is not named here. */
interface Kernels {
  get(source: Source): Promise<{ readonly source: Source; readonly pipeline: GPUComputePipeline }>;
}

/**
 * One open WebGPU device with its kernel cache; `openDevice` makes it. It holds the provider, adapter and device together: Dawn crashes when
 * the provider is collected before the device.
 */
export class Gpu {
  readonly kernels: Kernels;
  /** Counts of objects made on the device, so that tests can show that replay makes none. */
  readonly made = { buffers: 0, bindGroups: 0, pipelines: 0, submits: 0 };
  /** Buffers that are not destroyed yet: of a scope those made by way of it. */
  readonly live: Set<GPUBuffer> = new Set();
  /** The sets that a new buffer stands in: the device's, and those of the scopes around this one. */
  private readonly owners: readonly Set<GPUBuffer>[] = [this.live];
  readonly tuning?: Tuning;
  /** True for adapters that run on the processor: they like code without barriers. */
  readonly software: boolean;
  /** Whether programs are compiled in passes, unless they are told otherwise: `passes` of `compile`. */
  readonly passes: boolean;
  private lostReason: string | undefined;
  private closed = false;
  private readonly errors: string[] = [];

  constructor(
    /** Kept only so that it lives as long as the device. */
    readonly provider: GPU,
    readonly adapter: GPUAdapter,
    readonly device: GPUDevice,
    makeKernels: (gpu: Gpu) => Kernels,
    { tuning, software, passes }: { tuning?: TuningOptions; software?: boolean; passes?: boolean } = {},
  ) {
    this.software = software ?? isSoftware(adapter.info);
    this.passes = passes ?? !this.software;
    this.kernels = makeKernels(this);
    if (tuning) this.tuning = new Tuning(this.identity, tuning);
    void device.lost.then((info) => {
      if (!this.closed) this.lostReason = info.message || String(info.reason);
    });
    device.addEventListener("uncapturederror", (event) => {
      this.errors.push((event as GPUUncapturedErrorEvent).error.message);
    });
  }

  get info(): GPUAdapterInfo {
    return this.adapter.info;
  }

  get limits(): GPUSupportedLimits {
    return this.device.limits;
  }

  /** Invocations of a subgroup where the device has subgroups of one size only; else 0. */
  get subgroupSize(): number {
    const { subgroupMinSize, subgroupMaxSize } = this.info;
    return this.device.features.has("subgroups" as GPUFeatureName) && subgroupMinSize === subgroupMaxSize ? (subgroupMinSize ?? 0) : 0;
  }

  /** One line that names the adapter, for progress lines and result files. */
  get name(): string {
    const { description, device, vendor, architecture } = this.info;
    return description || device || [vendor, architecture].filter((part) => part !== "").join(" ") || "unknown adapter";
  }

  /** Adapter, driver and what kernels may use of them: what measured choices are kept under. */
  get identity(): string {
    const { vendor, architecture, device, description } = this.info;
    const treated = this.software === isSoftware(this.info) ? [] : [this.software ? "treated as software" : "treated as hardware"];
    return [vendor, architecture, device, description, `subgroups ${this.subgroupSize}`, ...treated].join(" | ");
  }

  /** Makes a buffer of at least 4 bytes. Throws DeviceError if it passes the device's limits. */
  createBuffer(bytes: number, usage: number, label: string): GPUBuffer {
    // whole vec4s: kernels may bind arrays as vectors
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const limit = Math.min(this.limits.maxBufferSize, this.limits.maxStorageBufferBindingSize);
    if (size > limit) {
      throw new DeviceError(
        `[${label}] needs a buffer of ${size} bytes, but this device allows ${limit}; use smaller batches or fewer draws at a time.`,
      );
    }
    this.made.buffers++;
    const buffer = this.device.createBuffer({ size, usage, label });
    const destroy = buffer.destroy.bind(buffer);
    const { owners } = this;
    for (const own of owners) own.add(buffer);
    buffer.destroy = () => {
      for (const own of owners) own.delete(buffer);
      return destroy();
    };
    return buffer;
  }

  submit(commands: GPUCommandBuffer[]): void {
    this.check();
    this.made.submits++;
    this.device.queue.submit(commands);
  }

  /** Throws DeviceError if the device is lost or reported an error since the last check. */
  check(): void {
    if (this.closed) throw new DeviceError("the device was closed; open a new one with openDevice().");
    if (this.lostReason !== undefined) {
      throw new DeviceError(`the device was lost: ${this.lostReason}; open a new one and resume from the last checkpoint.`);
    }
    if (this.errors.length > 0) throw new DeviceError(`the device reported: ${this.errors.splice(0).join("; ")}`);
  }

  /** Whether the device has gone, by `close` or by itself. */
  get lost(): boolean {
    return this.closed || this.lostReason !== undefined;
  }

  /** Waits until everything submitted has run. */
  async idle(): Promise<void> {
    beginWait();
    await this.answered(this.device.queue.onSubmittedWorkDone(), "waiting for the device");
    this.check();
  }

  /** Copies `bytes` bytes at `offset` of a buffer to the host. */
  async readBuffer(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    const [copy] = await this.readBuffers([{ buffer, offset, bytes }]);
    return copy;
  }

  /** Copies ranges of buffers to the host, as they are after all that was submitted before the call: one wait for all of them. */
  async readBuffers(ranges: readonly { readonly buffer: GPUBuffer; readonly offset: number; readonly bytes: number }[]): Promise<ArrayBuffer[]> {
    const sizes = ranges.map(({ bytes }) => Math.ceil(bytes / 4) * 4);
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
    const staging = this.createBuffer(sizes.reduce((a, b) => a + b, 0), GPU_BUFFER.MAP_READ | GPU_BUFFER.COPY_DST, "readback");
    try {
      const encoder = this.device.createCommandEncoder();
      ranges.forEach(({ buffer, offset }, i) => encoder.copyBufferToBuffer(buffer, offset, staging, starts[i], sizes[i]));
      this.submit([encoder.finish()]);
      beginWait();
      await this.answered(staging.mapAsync(1), "reading from the device");
      const all = staging.getMappedRange();
      const copies = ranges.map(({ bytes }, i) => all.slice(starts[i], starts[i] + bytes));
      this.check();
      return copies;
    } finally {
      staging.destroy();
    }
  }

  /**
   * What the device answers. Where it refuses because it is going, the reason is given: browsers reject
   * what is pending before they say that the device was lost.
   */
  private async answered<T>(pending: Promise<T>, what: string): Promise<T> {
    try {
      return await pending;
    } catch (cause) {
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, graceForReason))]);
      this.check();
      throw new DeviceError(`${what} failed: ${String(cause)}`);
    }
  }

  /** The same device, which remembers the buffers that are made by way of it, so that `free` ends them all: those of a model, or of a question to it. */
  scope(): Gpu {
    const live = new Set<GPUBuffer>();
    return Object.create(this, { live: { value: live }, owners: { value: [...this.owners, live] } }) as Gpu;
  }

  /** Destroys what was made by way of this scope. Work that was submitted is finished first, by the rules of WebGPU. */
  free(): void {
    for (const buffer of [...this.live]) buffer.destroy();
  }

  /** Ends the device, not a scope alone; everything made on it is freed and becomes unusable. */
  close(): void {
    this.closed = true;
    this.free();
    this.device.destroy();
  }
}

/** Buffer usage flags by value: Node has no global GPUBufferUsage. */
export const GPU_BUFFER = { MAP_READ: 0x1, COPY_SRC: 0x4, COPY_DST: 0x8, UNIFORM: 0x40, STORAGE: 0x80 } as const;
