import type { Gpu } from "../../gpu/device.ts";
import { gridFor, type Storage } from "../../gpu/dispatch.ts";
import type { KernelSource } from "../../gpu/kernel.ts";
import { convShape, convWork, isConv } from "../kernels/conv/conv-shape.ts";
import { matmulShape, matmulWork } from "../kernels/matmul/matmul-shape.ts";
import { workgroupDeclaration, type WorkgroupArray } from "../kernels/product.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { inlineCost } from "./cost.ts";
import { withLibraries, type BodyBinding, type KernelBody } from "./kernel-text.ts";
import type { Step } from "./plan.ts";

/** A step with its kernel and how much work that is (multiply-adds, loads). */
export interface PlannedKernel {
  readonly step: Step;
  readonly body: KernelBody;
  readonly work: number;
}

/** One shader for several kernels, with its bindings in order: what a dispatch needs. */
interface Bundle {
  readonly source: KernelSource;
  readonly bindings: readonly BodyBinding[];
  readonly workgroups: [number, number, number];
}

/** How many bindings a shader may have. */
export interface BindingLimits {
  readonly storage: number;
  readonly uniform: number;
}

/** What the device allows. */
export function bindingLimits({ limits }: Gpu): BindingLimits {
  return { storage: limits.maxStorageBuffersPerShaderStage, uniform: limits.maxUniformBuffersPerShaderStage };
}

/** Bytes of workgroup memory that every device has. */
const workgroupLimit = 16_384;

/** Kernels above this much work last longer than what a dispatch of their own costs. */
export const bundledWork = 3e7;

/** Multiply-adds of the step's product, or evaluations of what it reduces, and evaluations of its expression, in units of one load. */
export function workOf({ result, reads, product }: Step): number {
  const expression = sizeOf(result.shape) * inlineCost(result, (tensor) => tensor === product || reads.includes(tensor));
  if (!product || (product === result && product.op === "sharedReduction")) return expression;
  if (product.op === "sharedReduction") return expression + sizeOf(product.shape) * inlineCost(product, (tensor) => reads.includes(tensor));
  return expression + (isConv(product) ? convWork(convShape(product)) : matmulWork(matmulShape(product)));
}

/** Whether the kernels can share a dispatch, if they do not need each other's results. False for one that is better alone. */
export function fitsTogether(kernels: readonly PlannedKernel[], limits: BindingLimits): boolean {
  const [{ body: first }] = kernels;
  if (kernels.some(({ body, work }) => work > bundledWork || body.workgroupSize !== first.workgroupSize)) return false;
  const bodies = kernels.map(({ body }) => body);
  const { bindings } = sharedBindings(bodies);
  if (sharedArrays(bodies).arrays.reduce((total, { bytes }) => total + bytes, 0) > workgroupLimit) return false;
  const uniforms = bindings.filter(({ space }) => space === "uniform").length;
  if (uniforms > limits.uniform || bindings.length - uniforms > limits.storage) return false;
  // one dispatch may not read a buffer that it writes, not even another part of it
  const buffers = (writes: boolean): (Tensor | GPUBuffer)[] => bindings.filter(({ space }) => space.endsWith("write") === writes).map(({ tensor }) => tensor.source?.storage.buffer ?? tensor);
  const written = new Set(buffers(true));
  return !buffers(false).some((buffer) => written.has(buffer));
}

/** One shader that runs each kernel in workgroups of its own. */
export function bundle(kernels: readonly PlannedKernel[]): Bundle {
  const bodies = kernels.map(({ body }) => body);
  if (bodies.length === 1) return { source: source(bodies[0].name, bodies[0].header, bodies[0].bindings, bodies[0].workgroup, bodies[0].code), bindings: bodies[0].bindings, workgroups: [...bodies[0].workgroups] };
  const { bindings, names } = sharedBindings(bodies);
  const { arrays, names: arrayNames } = sharedArrays(bodies);
  let first = 0;
  const calls: string[] = [];
  const functions = bodies.map((body, at) => {
    const [x, y, z] = body.workgroups;
    // group.x's own high bits, which are zero, keep the compiler from knowing that they are
    const own = `vec3u((tile - ${first}u) % ${x}u + ((group.x >> 30u) << 30u), (tile - ${first}u) / ${x}u % ${y}u, (tile - ${first}u) / ${x * y}u)`;
    first += x * y * z;
    calls.push(`  ${at > 0 ? "else " : ""}if (tile < ${first}u) { main_${at}(${argumentsOf(body.code, own)}); }`);
    return bodyFunction(body.code, new Map([...names[at], ...arrayNames[at]]), at);
  });
  const [columns, rows] = gridFor(first, 1);
  const code = `${functions.join("\n")}
@compute @workgroup_size(${bodies[0].workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let tile = ${rows === 1 ? "group.x" : `group.x + group.y * ${columns}u`};
${calls.join("\n")}
}
`;
  const header = [...new Set(bodies.map((body) => body.header))].join("");
  return { source: source(bodies.map(({ name }) => name).join(" | "), header, bindings, arrays, code), bindings, workgroups: [columns, rows, 1] };
}

/** The distinct bindings of several bodies, renamed, and each body's names for them. */
function sharedBindings(bodies: readonly KernelBody[]): { bindings: BodyBinding[]; names: Map<string, string>[] } {
  const known = new Map<Tensor | Storage, BodyBinding[]>();
  const bindings: BodyBinding[] = [];
  const names = bodies.map((body, at) => {
    const own = new Map<string, string>();
    for (const binding of body.bindings) {
      const { name, space, type, offset, bytes } = binding;
      const root = binding.range ?? binding.tensor;
      const others = known.get(root) ?? [];
      let shared = others.find((other) => other.space === space && other.type === type && other.offset === offset && other.bytes === bytes);
      if (!shared) {
        shared = { ...binding, name: `${name}_${at}` };
        bindings.push(shared);
        known.set(root, [...others, shared]);
      }
      own.set(name, shared.name);
    }
    return own;
  });
  return { bindings, names };
}

/** Arrays in workgroup memory, of which a workgroup uses only its own body's: bodies with arrays of the same type share them. */
function sharedArrays(bodies: readonly KernelBody[]): { arrays: WorkgroupArray[]; names: Map<string, string>[] } {
  const arrays: WorkgroupArray[] = [];
  const names = bodies.map((body) => {
    const taken = new Set<WorkgroupArray>();
    return new Map(
      body.workgroup.map((array) => {
        let shared = arrays.find((other) => other.type === array.type && !taken.has(other));
        if (!shared) arrays.push((shared = { ...array, name: `shared_${arrays.length}` }));
        taken.add(shared);
        return [array.name, shared.name];
      }),
    );
  });
  return { arrays, names };
}

const entryPoint = /@compute @workgroup_size\(\d+\)\s*fn main\(([^\n]*)\) \{/;
const parameter = /@builtin\((\w+)\) (\w+: \w+)/g;

/** What the entry point's parameters are inside a bundle. */
function argumentsOf(code: string, group: string): string {
  const values: Record<string, string> = { workgroup_id: group, local_invocation_id: "invocation", local_invocation_index: "invocation.x" };
  return [...entryPoint.exec(code)![1].matchAll(parameter)].map(([, builtin]) => values[builtin]).join(", ");
}

/** The body's text with its entry point as a plain function, and every module-scope name made its own. */
function bodyFunction(code: string, bindings: ReadonlyMap<string, string>, at: number): string {
  const renamed = new Map(bindings);
  for (const [, name] of code.matchAll(/\bfn (\w+)\(/g)) renamed.set(name, `${name}_${at}`);
  const plain = code.replace(entryPoint, (_, parameters: string) => `fn main(${[...parameters.matchAll(parameter)].map((match) => match[2]).join(", ")}) {`);
  return plain.replace(/(?<!\.)\b[A-Za-z_]\w*\b/g, (word) => renamed.get(word) ?? word);
}

function source(name: string, header: string, bindings: readonly BodyBinding[], arrays: readonly WorkgroupArray[], code: string): KernelSource {
  const declarations = bindings.map((binding, i) => `@group(0) @binding(${i}) var<${binding.space}> ${binding.name}: ${binding.type};`);
  const uses = bindings.map(({ space }) => (space === "uniform" ? "uniform" : space.endsWith("write") ? "write" : "read"));
  return { name, file: "generated", wgsl: header + withLibraries(`${[...declarations, ...arrays.map(workgroupDeclaration)].join("\n")}\n${code}`), bindings: uses };
}
