import type { Gpu } from "../gpu/device.ts";
import type { Storage } from "../gpu/dispatch.ts";
import { deviceTensor, sizeOf, type DeviceTensor, type Shape } from "../autodiff/index.ts";
import { foldIn, uniform, type Key } from "../math/key.ts";

/** A parameter's values as a file has them. */
export interface WeightTensor {
  shape: readonly number[];
  data: Float32Array;
}

export interface ParameterSpec {
  name: string;
  shape: Shape;
  /** Initial values are uniform in low..high. */
  low: number;
  high: number;
  /** Neighbours with the same name lie in a range that kernels bind as one: where several networks are alike, each in a range of its own, their kernels are the same. */
  block?: string;
  /** Factors on the initial values, one per entry of the first axis; absent: 1. */
  scales?: readonly number[];
}

/** A contiguous run of parameters, in elements of the flat buffer. */
export interface ParameterRange {
  readonly start: number;
  readonly end: number;
}

/** Bindings start at multiples of 256 bytes. */
const alignment = 64;

/**
 * All parameters of a model in one device buffer, and their gradients in another with the same layout, so that one
 * optimizer dispatch updates everything.
 */
export class Parameters {
  readonly values: DeviceTensor;
  readonly gradients: DeviceTensor;
  private readonly offsets = new Map<string, { spec: ParameterSpec; start: number }>();
  private readonly blocks = new Map<string, { start: number; end: number }>();
  private readonly ranges = new Map<string, Storage>();
  private readonly views = new Map<string, DeviceTensor>();

  constructor(gpu: Gpu, readonly specs: readonly ParameterSpec[]) {
    let start = 0;
    for (const spec of specs) {
      if (this.offsets.has(spec.name)) throw new Error(`[parameters] "${spec.name}" is declared twice.`);
      this.offsets.set(spec.name, { spec, start });
      const end = start + Math.ceil(sizeOf(spec.shape) / alignment) * alignment;
      if (spec.block !== undefined) this.blocks.set(spec.block, { start: this.blocks.get(spec.block)?.start ?? start, end });
      start = end;
    }
    this.values = deviceTensor(gpu, [Math.max(start, alignment)], undefined, { label: "parameters" });
    this.gradients = deviceTensor(gpu, [Math.max(start, alignment)], undefined, { label: "gradients" });
  }

  /** Number of values, padding not counted. */
  get count(): number {
    return this.specs.reduce((total, spec) => total + sizeOf(spec.shape), 0);
  }

  has(name: string): boolean {
    return this.offsets.has(name);
  }

  /** The parameter on the device. */
  value(name: string): DeviceTensor {
    return this.view(this.values, name);
  }

  /** Where its gradient is to be written. */
  gradient(name: string): DeviceTensor {
    return this.view(this.gradients, name);
  }

  /** The range from the first to the last parameter whose name starts with one of the prefixes; they must be neighbours. */
  range(...prefixes: string[]): ParameterRange {
    const matches = this.specs.map((spec) => prefixes.some((prefix) => spec.name.startsWith(prefix)));
    const first = matches.indexOf(true);
    const last = matches.lastIndexOf(true);
    if (first < 0 || matches.slice(first, last).includes(false)) throw new Error(`[parameters] ${prefixes.join(", ")} name no contiguous range.`);
    const end = this.offsets.get(this.specs[last].name)!;
    return { start: this.offsets.get(this.specs[first].name)!.start, end: end.start + Math.ceil(sizeOf(end.spec.shape) / alignment) * alignment };
  }

  names(...prefixes: string[]): string[] {
    return this.specs.map((spec) => spec.name).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  }

  /** Draws every parameter anew whose name starts with the prefix; each has a key of its own. */
  initialise(key: Key, prefix = ""): void {
    this.specs.forEach((spec, i) => {
      if (!spec.name.startsWith(prefix)) return;
      const size = sizeOf(spec.shape);
      const perEntry = size / (spec.shape[0] ?? 1);
      const scale = (at: number): number => spec.scales?.[Math.floor(at / perEntry)] ?? 1;
      this.value(spec.name).write(Float32Array.from(uniform(foldIn(key, i), size), (u, at) => scale(at) * (spec.low + (spec.high - spec.low) * u)));
    });
  }

  /** All values on the host, by name. */
  async read(): Promise<Map<string, Float32Array>> {
    const flat = await this.values.read();
    return new Map(this.specs.map((spec) => {
      const { start } = this.offsets.get(spec.name)!;
      return [spec.name, flat.slice(start, start + sizeOf(spec.shape))];
    }));
  }

  private view(flat: DeviceTensor, name: string): DeviceTensor {
    const place = this.offsets.get(name);
    if (!place) throw new Error(`[parameters] there is no "${name}"; there are ${this.specs.map((spec) => spec.name).join(", ")}.`);
    const key = `${flat.label} ${name}`;
    let view = this.views.get(key);
    if (!view) this.views.set(key, (view = flat.view(place.start, place.spec.shape, name, this.blockRange(flat, place.spec.block))));
    return view;
  }

  private blockRange(flat: DeviceTensor, block: string | undefined): Storage | undefined {
    if (block === undefined) return undefined;
    const key = `${flat.label} ${block}`;
    const { start, end } = this.blocks.get(block)!;
    const range = this.ranges.get(key) ?? { buffer: flat.storage.buffer, offset: 4 * start, bytes: 4 * (end - start) };
    this.ranges.set(key, range);
    return range;
  }
}
