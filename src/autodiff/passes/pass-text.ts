import { withLibraries } from "../compile/kernel-text.ts";
import { base } from "../compile/plan.ts";
import { gridFor } from "../../gpu/dispatch.ts";
import type { KernelSource } from "../../gpu/kernel.ts";
import type { Tensor } from "../tape.ts";
import type { BindingLimits } from "../compile/bundle.ts";
import { PassBindings, type Place } from "./bindings.ts";
import { lanes, type Pass, type Task } from "./partition.ts";
import { stepText, type Memory, type StepText } from "./step-text.ts";

/** A kernel with the buffers that it binds, whole, and its grid. */
interface PassKernel {
  readonly source: KernelSource;
  readonly buffers: readonly GPUBuffer[];
  readonly workgroups: [number, number, number];
}

/** The kernel of a pass: each task in workgroups of its own, its steps one after the other with a barrier where one needs another's rows. */
export function passKernel(pass: Pass, place: (tensor: Tensor) => Place, limits: BindingLimits): PassKernel {
  const steps = pass.flatMap((task) => task.steps.map(({ step }) => step));
  const bindings = new PassBindings(place, limits);
  for (const step of steps) bindings.add(step);
  const spaces = bindings.spaces();
  const buffers = [...spaces.keys()];
  const types = new Map<GPUBuffer, string>();
  for (const tensor of steps.flatMap(({ result, reads }) => [result, ...reads])) types.set(place(tensor).buffer, tensor.dtype);
  const element = (tensor: Tensor, linear: string): string => {
    const { buffer, first } = place(tensor);
    const name = `b${buffers.indexOf(buffer)}`;
    const at = first === 0 ? linear : `${linear} + ${first}u`;
    return spaces.get(buffer) === "uniform" ? `${name}[(${at}) >> 2u][(${at}) & 3u]` : `${name}[${at}]`;
  };
  const memory: Memory = {
    load: (tensor, linear) => (linear === "" ? "stored" : element(base(tensor), linear)),
    store: (tensor, linear, value) => `${element(tensor, linear)} = ${value};`,
  };
  const texts: StepText[] = [];
  let groups = 0;
  const tasks: string[] = [];
  const calls = pass.map((task, t) => {
    const before = groups;
    groups += Math.ceil(task.rows / task.rowsPerGroup);
    tasks.push(taskText(`task_${t}`, task, memory, texts));
    return `  ${t > 0 ? "else " : ""}if (tile < ${groups}u) { task_${t}((tile - ${before}u) * ${task.rowsPerGroup}u, lane); }`;
  });
  const [columns, gridRows] = gridFor(groups, 1);
  const shared = Math.max(0, ...texts.map((text) => text.shared));
  const declarations = buffers.map((buffer, i) => {
    const space = spaces.get(buffer)!;
    const dtype = types.get(buffer)!;
    if (space === "uniform") return `@group(0) @binding(${i}) var<uniform> b${i}: array<vec4<${dtype}>, ${buffer.size / 16}>;`;
    return `@group(0) @binding(${i}) var<storage, ${space === "write" ? "read_write" : "read"}> b${i}: array<${dtype}>;`;
  });
  const wgsl = `${declarations.join("\n")}
${shared > 0 ? `var<workgroup> partial: array<f32, ${shared}>;` : ""}
${texts.map((text) => text.wgsl).join("\n")}
${tasks.join("\n")}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = ${gridRows === 1 ? "group.x" : `group.x + group.y * ${columns}u`};
${calls.join("\n")}
}
`;
  return { source: { name: nameOf(pass), file: "generated", wgsl: withLibraries(wgsl), bindings: buffers.map((buffer) => spaces.get(buffer)!) }, buffers, workgroups: [columns, gridRows, 1] };
}

/** A function `name(first, lane)` that does the task's steps in the rows from `first` on. */
function taskText(name: string, task: Task, memory: Memory, texts: StepText[]): string {
  const lines: string[] = [];
  let fresh = new Set<Tensor>();
  for (const laid of byLevel(task)) {
    if (laid.step.reads.some((read) => fresh.has(read))) {
      lines.push("  storageBarrier();");
      fresh = new Set();
    }
    const own = `step_${texts.length}`;
    texts.push(stepText(own, laid, task, memory));
    lines.push(`  ${own}(first, lane);`);
    fresh.add(laid.step.result);
  }
  return `fn ${name}(first: u32, lane: u32) {\n${lines.join("\n")}\n}`;
}

/** The steps so that those that need as many others behind each other stand together: few barriers. */
function byLevel({ steps }: Task): Task["steps"] {
  const level = new Map<Tensor, number>();
  for (const { step } of steps) level.set(step.result, 1 + Math.max(-1, ...step.reads.map((read) => level.get(read) ?? -1)));
  return [...steps].sort((x, y) => level.get(x.step.result)! - level.get(y.step.result)!);
}

/** Products by their operations, the rest by number. */
function nameOf(pass: Pass): string {
  const ops = pass.flatMap((task) => task.steps.map(({ step }) => (step.product && step.product !== step.result ? `${step.product.op} + ${step.result.op}` : step.result.op)));
  return ops.length <= 4 ? ops.join(" | ") : `${ops.slice(0, 3).join(" | ")} | ${ops.length - 3} more`;
}
