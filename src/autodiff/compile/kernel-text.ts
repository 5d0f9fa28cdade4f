import numerics from "../../../shaders/lib/numerics.wgsl";
import random from "../../../shaders/lib/random.wgsl";
import { gridFor, type Storage } from "../../gpu/dispatch.ts";
import { convKernel } from "../kernels/conv/conv.ts";
import { convShape, isConv } from "../kernels/conv/conv-shape.ts";
import { matmulKernel } from "../kernels/matmul/matmul.ts";
import { matmulShape } from "../kernels/matmul/matmul-shape.ts";
import type { ProductKernel, WorkgroupArray } from "../kernels/product.ts";
import { zeroLine } from "../kernels/register-text.ts";
import type { ProductChoice } from "../kernels/product-choice.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { inlineCost } from "./cost.ts";
import { Emitter } from "./emitter.ts";
import { base, type Step } from "./plan.ts";
import { hardwareLanes } from "./reduction-layout.ts";
import { sharedReduction } from "./shared-reduction.ts";
import { distinctRoots, storageRoot, viewedRange } from "./storage-root.ts";

/** A tensor at a binding of a kernel: its name in the text and how it is declared. */
export interface BodyBinding {
  readonly name: string;
  /** `storage, read`, `storage, read_write` or `uniform`. */
  readonly space: string;
  readonly type: string;
  readonly tensor: Tensor;
  /** The binding shows this range, of which the tensor is a view: views of one range share a binding. */
  readonly range?: Storage;
  /** The part of the tensor's bytes that the binding shows, from its start; default: all of it. */
  readonly offset?: number;
  readonly bytes?: number;
}

/** One step's kernel in parts, so that several can be put into one shader: see bundle.ts. */
export interface KernelBody {
  readonly name: string;
  /** Directives that stand first in a module. */
  readonly header: string;
  /** Inputs, then the result. */
  readonly bindings: readonly BodyBinding[];
  /** What it keeps in workgroup memory; not declared in `code`. */
  readonly workgroup: readonly WorkgroupArray[];
  /** Module-scope text with the entry point `main`. */
  readonly code: string;
  readonly workgroupSize: number;
  readonly workgroups: readonly [number, number, number];
}

/** An epilogue up to this cost (in loads) is compiled four times, once for each lane of a vector that is stored at once. */
const vectorStoreCost = 8;

/** Elements that a workgroup of an elementwise kernel computes on software adapters. */
export const elementsPerWorkgroup = 64;

/**
 * Statements of an unrolled loop beyond which a software adapter gets the loop as such: lavapipe unrolls up to 32 turns, loops within loops
 * too, and compiles a sum of 24 exponentials ten times as long as its loop, which runs as fast.
 */
const softwareUnrolled = 48;

/** Lanes of an elementwise kernel's workgroup, the elements it computes, and whether the adapter is a processor. */
interface KernelOptions {
  readonly lanes?: number;
  readonly elements?: number;
  readonly software: boolean;
}

/**
 * The kernel of one step: an elementwise or reducing expression, or a product with such an expression as its epilogue.
 * Elementwise kernels can be had with fewer lanes a workgroup, to stand beside a product's.
 */
export function kernelBody(step: Step, choice: ProductChoice, { lanes = elementsPerWorkgroup, elements = elementsPerWorkgroup, software }: KernelOptions): KernelBody {
  const mostUnrolled = software ? softwareUnrolled : Infinity;
  if (!step.product) return mapBody(step, { lanes, elements, mostUnrolled });
  return step.product.op === "sharedReduction" ? sharedBody(step, step.product) : productBody(step, step.product, { choice, mostUnrolled });
}

function mapBody(step: Step, { lanes, elements, mostUnrolled }: { lanes: number; elements: number; mostUnrolled: number }): KernelBody {
  const { result } = step;
  const size = sizeOf(result.shape);
  const { emitter, names } = loads(step.reads, step, mostUnrolled);
  const value = emitter.value(result, { shape: result.shape, linear: { code: "i", depth: 0 } });
  const workgroups = gridFor(size, elements);
  const tile = workgroups[1] === 1 ? "group.x" : `(group.x + group.y * ${workgroups[0]}u)`;
  const lines = [...(emitter.readsZero ? [zeroLine] : []), ...emitter.body, `result[i] = ${value};`];
  const code =
    lanes === elements
      ? `  let i = ${tile} * ${lanes}u + invocation.x;
  if (i >= ${size}u) { return; }
${lines.map((line) => `  ${line}`).join("\n")}`
      : `  let first = ${tile} * ${elements}u;
  for (var i = first + invocation.x; i < min(first + ${elements}u, ${size}u); i += ${lanes}u) {
${lines.map((line) => `    ${line}`).join("\n")}
  }`;
  return {
    name: result.op,
    header: "",
    bindings: bindingsOf(step.reads, result, names),
    workgroup: [],
    code: `
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
${code}
}
`,
    workgroupSize: lanes,
    workgroups,
  };
}

/** A reduction whose elements a workgroup's lanes share, with what follows elementwise. */
function sharedBody(step: Step, reduction: Tensor): KernelBody {
  const { result } = step;
  const { emitter, names } = loads(step.reads, step);
  const kernel = sharedReduction(reduction, emitter);
  const of = reduction.attributes.of as string;
  return {
    name: result === reduction ? of : `${of} + ${result.op}`,
    header: "",
    bindings: bindingsOf(step.reads, result, names),
    workgroup: kernel.workgroup,
    code: `
${elementFunction(step, reduction, { reads: step.reads, mostUnrolled: Infinity })}
${kernel.wgsl}`,
    workgroupSize: hardwareLanes,
    workgroups: kernel.dispatch,
  };
}

/** `element(index, acc)`: an element of the result from that of the product or reduction. */
function elementFunction(step: Step, product: Tensor, { reads, mostUnrolled }: { reads: readonly Tensor[]; mostUnrolled: number }): string {
  const { result } = step;
  const { emitter } = loads(reads, step, mostUnrolled);
  emitter.define(product, { shape: product.shape, linear: { code: "index", depth: 0 } }, "acc");
  const value = emitter.value(result, { shape: result.shape, linear: { code: "index", depth: 0 } });
  // no array has 2^31 elements
  const lines = [...(emitter.readsZero ? ["let zero = index >> 31u;"] : []), ...emitter.body];
  return `fn element(index: u32, acc: f32) -> ${result.dtype} {
${lines.map((line) => `  ${line}`).join("\n")}
  return ${value};
}`;
}

/** The kernel that computes the product, with a `storeResult4` if four results at a time are wanted. */
function productKernel(product: Tensor, choice: ProductChoice, vectorStore: boolean): ProductKernel {
  if (isConv(product)) {
    const shape = convShape(product);
    return convKernel(shape, choice.conv(shape), { vectorStore });
  }
  const shape = matmulShape(product);
  return matmulKernel(shape, choice.matmul(shape), { vectorStore });
}

function productBody(step: Step, product: Tensor, { choice, mostUnrolled }: { choice: ProductChoice; mostUnrolled: number }): KernelBody {
  const { result } = step;
  const isProductOrRead = (tensor: Tensor): boolean => tensor === product || step.reads.includes(tensor);
  const kernel = productKernel(product, choice, inlineCost(result, isProductOrRead) <= vectorStoreCost);
  const operands = product.inputs.map(base);
  const others = step.reads.filter((tensor) => !operands.includes(tensor));
  // an operand that the epilogue reads too is bound once more under its own name
  const epilogueReads = result === product ? [] : step.reads.filter((tensor) => others.includes(tensor) || readsInEpilogue(result, product, tensor));
  const { names } = loads(epilogueReads, step);
  const factors = kernel.operands.map(({ declaration, input, offset, bytes }) => ({ ...declared(declaration), tensor: operands[input], offset, bytes }));
  return {
    name: result === product ? product.op : `${product.op} + ${result.op}`,
    header: kernel.header,
    bindings: [...factors, ...bindingsOf(epilogueReads, result, names, kernel.vectorStore ? "vec4" : "scalar")],
    workgroup: kernel.workgroup ?? [],
    code: `
${elementFunction(step, product, { reads: epilogueReads, mostUnrolled })}
${kernel.vectorStore ? storeFour(result.dtype) : storeOne}
${kernel.wgsl}`,
    workgroupSize: kernel.workgroupSize,
    workgroups: kernel.dispatch,
  };
}

const storeOne = `fn storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32) {
  result[index] = element(index, acc);
}`;

function storeFour(dtype: Tensor["dtype"]): string {
  return `fn storeResult4(index: u32, row: u32, col: u32, batch: u32, acc: vec4f) {
  result[index >> 2u] = vec4<${dtype}>(element(index, acc.x), element(index + 1u, acc.y), element(index + 2u, acc.z), element(index + 3u, acc.w));
}`;
}

/** `var<space> name: type;` taken apart. */
function declared(declaration: string): { name: string; space: string; type: string } {
  const [, space, name, type] = /^var<(.+?)> (\w+): (.+);$/.exec(declaration)!;
  return { name, space, type };
}

function readsInEpilogue(result: Tensor, product: Tensor, wanted: Tensor): boolean {
  const seen = new Set<Tensor>();
  const visit = (node: Tensor): boolean => {
    if (node === wanted) return true;
    if (seen.has(node) || node === product || node.op === "read") return false;
    seen.add(node);
    return node.inputs.some(visit);
  };
  return visit(result);
}

/** How the stored tensors are read: a name for each binding, and an offset into it for views of a range. */
function loads(reads: readonly Tensor[], step: Step, mostUnrolled = Infinity): { emitter: Emitter; names: Map<Tensor, string> } {
  const roots = distinctRoots(reads);
  const names = new Map(reads.map((tensor) => [tensor, `in${roots.indexOf(storageRoot(tensor))}`]));
  const emitter = new Emitter((tensor, linear) => {
    const name = tensor === step.result ? undefined : names.get(tensor);
    if (name === undefined) return undefined;
    const range = viewedRange(tensor);
    const first = range ? (tensor.source!.storage.offset - range.offset) / 4 : 0;
    return first === 0 ? `${name}[${linear}]` : `${name}[${linear} + ${first}u]`;
  }, mostUnrolled);
  return { emitter, names };
}

function bindingsOf(reads: readonly Tensor[], result: Tensor, names: Map<Tensor, string>, stores: "scalar" | "vec4" = "scalar"): BodyBinding[] {
  const firsts = reads.filter((tensor, i) => reads.findIndex((other) => storageRoot(other) === storageRoot(tensor)) === i);
  const inputs = firsts.map((tensor) => ({ name: names.get(tensor)!, space: "storage, read", type: `array<${tensor.dtype}>`, tensor, range: viewedRange(tensor) }));
  const type = stores === "vec4" ? `array<vec4<${result.dtype}>>` : `array<${result.dtype}>`;
  return [...inputs, { name: "result", space: "storage, read_write", type, tensor: result }];
}

/** Puts before the text the library files whose functions it calls. */
export function withLibraries(text: string): string {
  const libraries = [numerics, random].filter((library) => functionNames(library).some((name) => new RegExp(`\\b${name}\\(`).test(text)));
  return [...libraries, text].join("\n");
}

function functionNames(library: string): string[] {
  return [...library.matchAll(/\bfn (\w+)\(/g)].map((match) => match[1]);
}
