import { DeviceError } from "../../gpu/errors.ts";
import type { Gpu } from "../../gpu/device.ts";
import { Dispatch, submit, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import { makeCopy } from "../copy.ts";
import { DeviceTensor, deviceTensor, elementBytes } from "../device-tensor.ts";
import { productChoice, type ProductChoice } from "../kernels/product-choice.ts";
import { convShape, isConv } from "../kernels/conv/conv-shape.ts";
import { isMatmul, matmulShape } from "../kernels/matmul/matmul-shape.ts";
import { ShapeError, showShape, sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";
import { Arena } from "./arena.ts";
import { bundle, bundledWork, workOf, type BindingLimits, type PlannedKernel } from "./bundle.ts";
import { elementsPerWorkgroup, kernelBody, type BodyBinding } from "./kernel-text.ts";
import { lower } from "./lower.ts";
import { base, plan, type Step } from "./plan.ts";
import { hardwareLanes } from "./reduction-layout.ts";
import { schedule } from "./schedule.ts";

export interface CompileOptions {
  /** Where an output is to be written instead of a new array: state, gradients. A program may read what it overwrites. */
  into?: Record<string, DeviceTensor>;
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
  const names = Object.keys(outputs) as Name[];
  const lowered = lower(names.map((name) => outputs[name]), gpu.software);
  const entries = names.map((name, i): [Name, Tensor] => [name, lowered[i]]);
  for (const [name, tensor] of entries) checkTarget(name, tensor, into[name]);
  const steps = plan(entries.map(([, tensor]) => tensor), gpu.limits.maxStorageBuffersPerShaderStage - 2);
  const products = steps.flatMap(({ product }) => product ?? []);
  const choice = await productChoice(gpu, products.filter(isMatmul).map(matmulShape), products.filter(isConv).map(convShape));

  const arena = new Arena(gpu);
  const storage = new Map<Tensor, DeviceTensor>();
  const leaves = dependencies(entries.map(([, tensor]) => tensor)).filter((node) => node.op === "read");
  for (const leaf of leaves) storage.set(leaf, leaf.source!);
  const { copies, old } = placeOutputs(gpu, entries, into, leaves, storage);

  const groups = schedule(plannedKernels(steps, choice, gpu.software), bindingLimits(gpu));
  const lastUse = lastUses(groups);
  for (const [, tensor] of entries) lastUse.delete(base(tensor));
  const work: Promise<Dispatch>[] = [];
  groups.forEach((group, at) => {
    for (const { step } of group) if (!storage.has(step.result)) storage.set(step.result, arena.take(step.result));
    const { source, bindings, workgroups } = bundle(group);
    const bound = bindings.map((binding) => (binding.buffer ? whole(binding.buffer) : part(exact(storage.get(binding.tensor)!, binding.tensor), binding)));
    checkLimits(gpu, source.name, bound);
    work.push(gpu.kernels.get(source).then((kernel) => new Dispatch(gpu, kernel, bound, workgroups)));
    for (const [tensor, last] of lastUse) if (last === at) arena.giveBack(storage.get(tensor)!);
  });
  const dispatches = await Promise.all(work);
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

/** The group in which each result is read for the last time. */
function lastUses(groups: readonly (readonly PlannedKernel[])[]): Map<Tensor, number> {
  const last = new Map<Tensor, number>();
  groups.forEach((group, at) => {
    for (const { step } of group) for (const tensor of step.reads) if (tensor.op !== "read") last.set(tensor, at);
  });
  return last;
}

/** The kernels of the steps. Hardware has workgroups of one size for all; else small ones have a product's workgroup size if there is one, so that they can share a dispatch. */
function plannedKernels(steps: readonly Step[], choice: ProductChoice, software: boolean): PlannedKernel[] {
  if (!software) return steps.map((step) => ({ step, work: workOf(step), body: kernelBody(step, choice, hardwareLanes, hardwareLanes) }));
  const products = new Map(steps.filter(({ product }) => product).map((step) => [step, kernelBody(step, choice)]));
  const lanes = Math.min(elementsPerWorkgroup, ...[...products.values()].map(({ workgroupSize }) => workgroupSize));
  return steps.map((step) => {
    const work = workOf(step);
    return { step, work, body: products.get(step) ?? kernelBody(step, choice, work > bundledWork ? elementsPerWorkgroup : lanes) };
  });
}

function bindingLimits(gpu: Gpu): BindingLimits {
  return { storage: gpu.limits.maxStorageBuffersPerShaderStage, uniform: gpu.limits.maxUniformBuffersPerShaderStage };
}

/** The bytes of the storage that the tensor takes: arena buffers may be longer. */
function exact(held: DeviceTensor, tensor: Tensor): Storage {
  return { buffer: held.storage.buffer, offset: held.storage.offset, bytes: sizeOf(tensor.shape) * elementBytes(tensor.dtype) };
}

function whole(buffer: GPUBuffer): Storage {
  return { buffer, offset: 0, bytes: buffer.size };
}

function part(whole: Storage, { offset = 0, bytes = whole.bytes }: BodyBinding): Storage {
  return { buffer: whole.buffer, offset: whole.offset + offset, bytes };
}

function checkLimits(gpu: Gpu, name: string, bound: readonly Storage[]): void {
  const limit = gpu.limits.maxStorageBufferBindingSize;
  const large = bound.find((storage) => storage.bytes > limit);
  if (large) {
    throw new DeviceError(`[${name}] a tensor of ${large.bytes} bytes passes this device's limit of ${limit} for one binding; use smaller batches or fewer draws at a time.`);
  }
}
