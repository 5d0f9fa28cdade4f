import type { Gpu } from "../../gpu/device.ts";
import { Dispatch } from "../../gpu/dispatch.ts";
import { bindingLimits } from "../compile/bundle.ts";
import { isRead, leavesOf, placeOutputs, type Wanted } from "../compile/outputs.ts";
import { base, type Step } from "../compile/plan.ts";
import { programOf, type Program } from "../compile/program.ts";
import { isConv } from "../kernels/conv/conv-shape.ts";
import { matmulShape, matmulWork } from "../kernels/matmul/matmul-shape.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { PassBindings, type Place } from "./bindings.ts";
import { partition, type Pass, type Room } from "./partition.ts";
import { passesTime } from "./pass-time.ts";
import { passKernel } from "./pass-text.ts";
import { SharedArena } from "./shared-arena.ts";

/** Results of a program that is run in passes, all together: they keep a place of their own, and of more a dispatch is no great part of the time. */
const mostBytes = 2 ** 24;
/** Products with more multiply-adds are better as tiles of workgroup memory. */
const mostWork = 2 ** 25;
/** Row counts that are tried. */
const mostRows = 2048;

/** Whether the steps can be run in passes: dense programs of moderate size. */
export function suitsPasses(steps: readonly Step[]): boolean {
  if (steps.reduce((total, { result }) => total + 4 * sizeOf(result.shape), 0) > mostBytes) return false;
  return steps.every(({ result, product, reads }) => {
    if (result.op === "convKernelParts" || reads.some(({ dtype }) => dtype === "f16")) return false;
    return !product || (!isConv(product) && matmulWork(matmulShape(product)) <= mostWork);
  });
}

/** The program whose steps run in passes, one dispatch each. */
export async function compileInPasses<Name extends string>(gpu: Gpu, wanted: Wanted<Name>, steps: readonly Step[]): Promise<Program<Name>> {
  const leaves = leavesOf(wanted);
  const { entries, into } = wanted;
  const outputs = new Set(entries.map(([, tensor]) => base(tensor)));
  const direct = new Set(entries.filter(([name]) => into[name] && !isRead(into[name], leaves)).map(([, tensor]) => base(tensor)));
  const made = steps.map(({ result }) => result);
  // outputs outlive the program
  const results = new SharedArena(gpu, made.filter((result) => outputs.has(result) && !direct.has(result)), "results");
  const between = new SharedArena(gpu, made.filter((result) => !outputs.has(result)), "between");
  const placed = placeOutputs(gpu, wanted, (root) => results.get(root)!);
  const { storage } = placed;
  for (const result of made) if (!storage.has(result)) storage.set(result, between.get(result)!);
  const place = (tensor: Tensor): Place => {
    const { buffer, offset } = storage.get(tensor)!.storage;
    return { buffer, first: offset / 4 };
  };
  const limits = bindingLimits(gpu);
  const passes = bestPartition(steps, () => new PassBindings(place, limits));
  const dispatches = passes.map(async (pass) => {
    const { source, buffers, workgroups } = passKernel(pass, place, limits);
    const kernel = await gpu.kernels.get(source);
    return new Dispatch(gpu, kernel, buffers.map((buffer) => ({ buffer, offset: 0, bytes: buffer.size })), workgroups);
  });
  return programOf(gpu, await Promise.all(dispatches), placed, between);
}

/** The steps in passes, by the rows with which they should take the least time. */
function bestPartition(steps: readonly Step[], newRoom: () => Room): Pass[] {
  const lengths = steps.flatMap(({ product, result }) => (product ? product.shape.slice(-2, -1) : result.shape.slice(0, 1)));
  const candidates = [...new Set([...lengths, 1])].filter((rows) => rows <= mostRows);
  const all = candidates.map((rows) => partition(steps, rows, newRoom)).map((passes) => ({ passes, time: passesTime(passes) }));
  return all.reduce((best, other) => (other.time < best.time ? other : best)).passes;
}
