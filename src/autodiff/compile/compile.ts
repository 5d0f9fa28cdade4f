import { DeviceError } from "../../gpu/errors.ts";
import type { Gpu } from "../../gpu/device.ts";
import { Dispatch, type Storage } from "../../gpu/dispatch.ts";
import { deviceTensor, type DeviceTensor } from "../device-tensor.ts";
import { productChoice, type ProductChoice } from "../kernels/product-choice.ts";
import { convShape, isConv } from "../kernels/conv/conv-shape.ts";
import { isMatmul, matmulShape } from "../kernels/matmul/matmul-shape.ts";
import type { Tensor } from "../tape.ts";
import { Arena } from "./arena.ts";
import { bindingLimits, bundle, bundledWork, workOf, type PlannedKernel } from "./bundle.ts";
import { elementsPerWorkgroup, kernelBody, type BodyBinding } from "./kernel-text.ts";
import { lower } from "./lower.ts";
import { checkTarget, placeOutputs, type Wanted } from "./outputs.ts";
import { base, plan, type Step } from "./plan.ts";
import { exact, programOf, type Program } from "./program.ts";
import { hardwareLanes } from "./reduction-layout.ts";
import { schedule } from "./schedule.ts";

export interface CompileOptions {
  /** Where an output is to be written instead of a new array: state, gradients. A program may read what it overwrites. */
  into?: Record<string, DeviceTensor>;
  /** Run whole chains of steps row by row in one kernel (`passes/`): few dispatches, large kernels. Default: as the device was opened, on hardware. */
  passes?: boolean;
}

/** Turns the wanted tensors of a tape into a program. Compiles all kernels; throws KernelCompileError, DeviceError, ShapeError. */
export async function compile<Name extends string>(
  gpu: Gpu,
  outputs: Readonly<Record<Name, Tensor>>,
  options: CompileOptions = {},
): Promise<Program<Name>> {
  const into = options.into ?? {};
  const names = Object.keys(outputs) as Name[];
  for (const name of names) checkTarget(name, outputs[name], into[name]);
  const maxReads = gpu.limits.maxStorageBuffersPerShaderStage - 2;
  const lowered = (software: boolean): Wanted<Name> => {
    const roots = lower(names.map((name) => outputs[name]), software);
    return { entries: names.map((name, i) => [name, roots[i]]), into };
  };
  const planned = ({ entries }: Wanted<Name>, how?: { inPasses: boolean }): Step[] => plan(entries.map(([, tensor]) => tensor), maxReads, how);
  if (options.passes ?? gpu.passes) {
    // for hardware alone: the page fetches it there
    const { compileInPasses, suitsPasses } = await import("../passes/compile-passes.ts");
    // passes have lanes share sums themselves
    const wanted = lowered(true);
    const steps = planned(wanted, { inPasses: true });
    if (suitsPasses(steps)) return compileInPasses(gpu, wanted, steps);
  }
  const wanted = lowered(gpu.software);
  return compileInKernels(gpu, wanted, planned(wanted));
}

/** A kernel for each step, those that can in a dispatch together. */
async function compileInKernels<Name extends string>(gpu: Gpu, wanted: Wanted<Name>, steps: readonly Step[]): Promise<Program<Name>> {
  const products = steps.flatMap(({ product }) => product ?? []);
  const choice = await productChoice(gpu, products.filter(isMatmul).map(matmulShape), products.filter(isConv).map(convShape));

  const arena = new Arena(gpu);
  const placed = placeOutputs(gpu, wanted, (root, label) => deviceTensor(gpu, root.shape, undefined, { dtype: root.dtype, label }));
  const { storage } = placed;

  const groups = schedule(plannedKernels(steps, choice, gpu.software), bindingLimits(gpu));
  const lastUse = lastUses(groups);
  for (const [, tensor] of wanted.entries) lastUse.delete(base(tensor));
  const work: Promise<Dispatch>[] = [];
  groups.forEach((group, at) => {
    for (const { step } of group) if (!storage.has(step.result)) storage.set(step.result, arena.take(step.result));
    const { source, bindings, workgroups } = bundle(group);
    const bound = bindings.map((binding) => (binding.range ?? part(exact(storage.get(binding.tensor)!, binding.tensor), binding)));
    checkLimits(gpu, source.name, bound);
    work.push(gpu.kernels.get(source).then((kernel) => new Dispatch(gpu, kernel, bound, workgroups)));
    for (const [tensor, last] of lastUse) if (last === at) arena.giveBack(storage.get(tensor)!);
  });
  return programOf(gpu, await Promise.all(work), placed, arena);
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
  if (!software) return steps.map((step) => ({ step, work: workOf(step), body: kernelBody(step, choice, { lanes: hardwareLanes, elements: hardwareLanes, software }) }));
  const products = new Map(steps.filter(({ product }) => product).map((step) => [step, kernelBody(step, choice, { software })]));
  const lanes = Math.min(elementsPerWorkgroup, ...[...products.values()].map(({ workgroupSize }) => workgroupSize));
  return steps.map((step) => {
    const work = workOf(step);
    return { step, work, body: products.get(step) ?? kernelBody(step, choice, { lanes: work > bundledWork ? elementsPerWorkgroup : lanes, software }) };
  });
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
