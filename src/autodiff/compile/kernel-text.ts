import numerics from "../../../shaders/lib/numerics.wgsl";
import random from "../../../shaders/lib/random.wgsl";
import { gridFor } from "../../gpu/dispatch.ts";
import type { KernelSource } from "../../gpu/kernel.ts";
import { matmulKernel, type MatmulShape, type MatmulVariant } from "../kernels/matmul.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { Emitter } from "./emitter.ts";
import type { Step } from "./plan.ts";
import { base } from "./plan.ts";

/** A tensor at a binding, or the part of its bytes that the binding shows. */
export interface BoundInput {
  tensor: Tensor;
  /** From the tensor's start; default: all of it. */
  offset?: number;
  bytes?: number;
}

export interface GeneratedKernel {
  source: KernelSource;
  workgroups: [number, number, number];
  /** Bound at 0, 1, ...; the result comes after them. */
  inputs: BoundInput[];
}

const workgroupSize = 64;

/** The kernel of one step: an elementwise or reducing expression, or a matmul with such an expression as its epilogue. */
export function generateKernel(step: Step, chooseVariant: (shape: MatmulShape) => MatmulVariant): GeneratedKernel {
  return step.matmul ? matmulText(step, step.matmul, chooseVariant) : mapText(step);
}

function mapText(step: Step): GeneratedKernel {
  const { result } = step;
  const size = sizeOf(result.shape);
  const { emitter, names } = loads(step.reads, step);
  const value = emitter.value(result, { shape: result.shape, linear: { code: "i", depth: 0 } });
  const workgroups = gridFor(size, workgroupSize);
  const index = workgroups[1] === 1 ? "gid.x" : `gid.x + gid.y * ${workgroups[0] * workgroupSize}u`;
  const wgsl = withLibraries(`${declarations(step.reads, result, names)}
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = ${index};
  if (i >= ${size}u) { return; }
${emitter.body.map((line) => `  ${line}`).join("\n")}
  result[i] = ${value};
}
`);
  return { source: kernelSource(result.op, wgsl, step.reads.map(() => "read")), workgroups, inputs: step.reads.map((tensor) => ({ tensor })) };
}

/** The matmul's own shape, from its operands. */
export function matmulShape(matmul: Tensor): MatmulShape {
  const [a, b] = matmul.inputs;
  const [m, n] = matmul.shape.slice(-2);
  const transA = matmul.attributes.transA as boolean;
  return {
    batch: sizeOf(matmul.shape.slice(0, -2)),
    m,
    n,
    k: a.shape[a.shape.length - (transA ? 2 : 1)],
    transA,
    transB: matmul.attributes.transB as boolean,
    batchA: a.shape.length > 2,
    batchB: b.shape.length > 2,
  };
}

function matmulText(step: Step, matmul: Tensor, chooseVariant: (shape: MatmulShape) => MatmulVariant): GeneratedKernel {
  const { result } = step;
  const shape = matmulShape(matmul);
  const kernel = matmulKernel(shape, chooseVariant(shape));
  const operands = matmul.inputs.map(base);
  const others = step.reads.filter((tensor) => !operands.includes(tensor));
  // an operand that the epilogue reads too is bound once more under its own name
  const epilogueReads = result === matmul ? [] : step.reads.filter((tensor) => others.includes(tensor) || readsInEpilogue(result, matmul, tensor));
  const { emitter, names } = loads(epilogueReads, step);
  emitter.define(matmul, { shape: matmul.shape, linear: { code: "index", depth: 0 } }, "acc");
  const value = emitter.value(result, { shape: result.shape, linear: { code: "index", depth: 0 } });
  const factors = [kernel.a, kernel.b].flatMap((bindings, i) => bindings.map((binding) => ({ ...binding, tensor: operands[i] })));
  const wgsl = `${kernel.header}${withLibraries(`${factors.map(({ declaration }, i) => `@group(0) @binding(${i}) ${declaration}`).join("\n")}
${declarations(epilogueReads, result, names, factors.length)}
fn storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32) {
${emitter.body.map((line) => `  ${line}`).join("\n")}
  result[index] = ${value};
}
${kernel.wgsl}`)}`;
  const uses = [...factors.map(({ use }) => use), ...epilogueReads.map(() => "read" as const)];
  const inputs = [...factors.map(({ tensor, offset, bytes }) => ({ tensor, offset, bytes })), ...epilogueReads.map((tensor) => ({ tensor }))];
  return { source: kernelSource(result === matmul ? "matmul" : `matmul + ${result.op}`, wgsl, uses), workgroups: kernel.dispatch, inputs };
}

function readsInEpilogue(result: Tensor, matmul: Tensor, wanted: Tensor): boolean {
  const visit = (node: Tensor): boolean => node === wanted || (node !== matmul && node.op !== "read" && node.inputs.some(visit));
  return visit(result);
}

function loads(reads: readonly Tensor[], step: Step): { emitter: Emitter; names: Map<Tensor, string> } {
  const names = new Map(reads.map((tensor, i) => [tensor, `in${i}`]));
  const emitter = new Emitter((tensor, linear) => {
    const name = tensor === step.result ? undefined : names.get(tensor);
    return name === undefined ? undefined : `${name}[${linear}]`;
  });
  return { emitter, names };
}

function declarations(reads: readonly Tensor[], result: Tensor, names: Map<Tensor, string>, first = 0): string {
  const inputs = reads.map((tensor, i) => `@group(0) @binding(${first + i}) var<storage, read> ${names.get(tensor)}: array<${tensor.dtype}>;`);
  return [...inputs, `@group(0) @binding(${first + reads.length}) var<storage, read_write> result: array<${result.dtype}>;`].join("\n");
}

function kernelSource(name: string, wgsl: string, inputs: readonly ("read" | "uniform")[]): KernelSource {
  return { name, file: "generated", wgsl, bindings: [...inputs, "write"] };
}

/** Puts before the text the library files whose functions it calls. */
export function withLibraries(text: string): string {
  const libraries = [numerics, random].filter((library) => functionNames(library).some((name) => new RegExp(`\\b${name}\\(`).test(text)));
  return [...libraries, text].join("\n");
}

function functionNames(library: string): string[] {
  return [...library.matchAll(/\bfn (\w+)\(/g)].map((match) => match[1]);
}
