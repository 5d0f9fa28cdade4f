import { DeviceError } from "../../gpu/errors.ts";
import type { Gpu } from "../../gpu/device.ts";
import { Dispatch, submit, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import { makeCopy } from "../copy.ts";
import { DeviceTensor, deviceTensor } from "../device-tensor.ts";
import { defaultVariant, type MatmulShape, type MatmulVariant } from "../kernels/matmul.ts";
import { ShapeError, showShape, sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";
import { Arena } from "./arena.ts";
import { generateKernel, type BoundInput } from "./kernel-text.ts";
import { base, plan, type Step } from "./plan.ts";

export interface CompileOptions {
  /** Where an output is to be written instead of a new array: state, gradients. A program may read what it overwrites. */
  into?: Record<string, DeviceTensor>;
  chooseVariant?: (shape: MatmulShape) => MatmulVariant;
}

/** A compiled computation: a fixed list of dispatches with their bindings. */
export class Program<Name extends string = string> implements Encodable {
  constructor(
    readonly gpu: Gpu,
    private readonly dispatches: readonly Dispatch[],
    readonly outputs: Readonly<Record<Name, DeviceTensor>>,
    private readonly arena: Arena,
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

/** Turns the wanted tensors of a tape into a program. Compiles all kernels; throws KernelCompileError, DeviceError, ShapeError. */
export async function compile<Name extends string>(
  gpu: Gpu,
  outputs: Readonly<Record<Name, Tensor>>,
  options: CompileOptions = {},
): Promise<Program<Name>> {
  const into = options.into ?? {};
  const entries = Object.entries(outputs) as [Name, Tensor][];
  for (const [name, tensor] of entries) checkTarget(name, tensor, into[name]);
  const choose = options.chooseVariant ?? ((shape: MatmulShape) => defaultVariant(shape, { software: gpu.software, subgroupSize: gpu.subgroupSize, uniformOperands: gpu.software }));
  const steps = plan(entries.map(([, tensor]) => tensor), gpu.limits.maxStorageBuffersPerShaderStage - 2);

  const arena = new Arena(gpu);
  const storage = new Map<Tensor, DeviceTensor>();
  const leaves = dependencies(entries.map(([, tensor]) => tensor)).filter((node) => node.op === "read");
  for (const leaf of leaves) storage.set(leaf, leaf.source!);
  const { copies, old } = placeOutputs(gpu, entries, into, leaves, storage);

  const lastUse = lastUses(steps);
  for (const [, tensor] of entries) lastUse.delete(base(tensor));
  const work: (() => Promise<Dispatch>)[] = [];
  steps.forEach((step, at) => {
    if (!storage.has(step.result)) storage.set(step.result, arena.take(step.result));
    const kernel = generateKernel(step, choose);
    const bound: Storage[] = [...kernel.inputs, { tensor: step.result }].map((input) => part(exact(storage.get(input.tensor)!, input.tensor), input));
    checkLimits(gpu, step, bound);
    work.push(async () => new Dispatch(gpu, await gpu.kernels.get(kernel.source), bound, kernel.workgroups));
    for (const tensor of step.reads) if (lastUse.get(tensor) === at) arena.giveBack(storage.get(tensor)!);
  });
  const dispatches = await Promise.all(work.map((make) => make()));
  for (const [from, to] of copies) dispatches.push(await makeCopy(gpu, new DeviceTensor(gpu, to.shape, to.dtype, { ...from.storage, bytes: to.storage.bytes }, from.label), to));

  const results = Object.fromEntries(entries.map(([name, tensor]) => {
    const target = into[name];
    const held = old.get(name) ?? storage.get(base(tensor))!;
    return [name, target ?? new DeviceTensor(gpu, tensor.shape, tensor.dtype, exact(held, tensor), name)];
  })) as Record<Name, DeviceTensor>;
  return new Program(gpu, dispatches, results, arena);
}

function checkTarget(name: string, tensor: Tensor, target: DeviceTensor | undefined): void {
  if (target && (target.size !== sizeOf(tensor.shape) || target.dtype !== tensor.dtype)) {
    throw new ShapeError(`[compile] output "${name}" is ${tensor.dtype} ${showShape(tensor.shape)}, its target ${target.dtype} ${showShape(target.shape)}.`);
  }
}

/** Gives outputs their storage; returns the copies to make at the end, where a target is also read or holds two outputs, and the kept old values. */
function placeOutputs(
  gpu: Gpu,
  entries: readonly (readonly [string, Tensor])[],
  into: Record<string, DeviceTensor>,
  leaves: readonly Tensor[],
  storage: Map<Tensor, DeviceTensor>,
): { copies: [DeviceTensor, DeviceTensor][]; old: Map<string, DeviceTensor> } {
  const old = new Map<string, DeviceTensor>();
  const copies: [DeviceTensor, DeviceTensor][] = [];
  const overwritten = new Set(Object.values(into).map((target) => target.storage.buffer));
  for (const [name, tensor] of entries) {
    const root = base(tensor);
    const target = into[name];
    if (root.op === "read" && overwritten.has(root.source!.storage.buffer)) {
      // a leaf that this program overwrites: its old value is kept, before anything else is copied
      const kept = deviceTensor(gpu, root.shape, undefined, { dtype: root.dtype, label: `old ${name}` });
      copies.unshift([root.source!, kept]);
      old.set(name, kept);
      if (target) copies.push([kept, target]);
      continue;
    }
    const alsoRead = target && leaves.some((leaf) => leaf.source!.storage.buffer === target.storage.buffer);
    if (target && !alsoRead && !storage.has(root)) storage.set(root, target);
    if (!storage.has(root)) storage.set(root, deviceTensor(gpu, root.shape, undefined, { dtype: root.dtype, label: name }));
    if (target && storage.get(root) !== target) copies.push([storage.get(root)!, target]);
  }
  return { copies, old };
}

function lastUses(steps: readonly Step[]): Map<Tensor, number> {
  const last = new Map<Tensor, number>();
  steps.forEach((step, at) => {
    for (const tensor of step.reads) if (tensor.op !== "read") last.set(tensor, at);
  });
  return last;
}

/** The bytes of the storage that the tensor takes: arena buffers may be longer. */
function exact(held: DeviceTensor, tensor: Tensor): Storage {
  return { buffer: held.storage.buffer, offset: held.storage.offset, bytes: sizeOf(tensor.shape) * 4 };
}

function part(whole: Storage, { offset = 0, bytes = whole.bytes }: BoundInput): Storage {
  return { buffer: whole.buffer, offset: whole.offset + offset, bytes };
}

function checkLimits(gpu: Gpu, step: Step, bound: readonly Storage[]): void {
  const limit = gpu.limits.maxStorageBufferBindingSize;
  const large = bound.find((storage) => storage.bytes > limit);
  if (large) {
    throw new DeviceError(`[${step.result.op}] a tensor of ${large.bytes} bytes passes this device's limit of ${limit} for one binding; use smaller batches or fewer draws at a time.`);
  }
}
