import type { Tensor } from "../tape.ts";
import { fitsTogether, type BindingLimits, type PlannedKernel } from "./bundle.ts";
import { base } from "./plan.ts";

/**
 * The kernels as few groups, in order; those of a group do not need each other's results and run in one dispatch, which
 * costs tens of microseconds, more than most kernels of a training step take. Kernels on the longest path open
 * groups; the others join one with room for their bindings, at the latest where their results are needed.
 */
export function schedule(kernels: readonly PlannedKernel[], limits: BindingLimits): PlannedKernel[][] {
  const { needs, latest } = dependenciesOf(kernels);
  const pending = new Set(kernels);
  const groups: PlannedKernel[][] = [];
  for (let level = 0; pending.size > 0; level++) {
    const ready = kernels.filter((kernel) => pending.has(kernel) && needs.get(kernel)!.every((before) => !pending.has(before)));
    ready.sort((a, b) => latest.get(a)! - latest.get(b)! || b.work - a.work);
    const side: PlannedKernel[][] = [];
    for (const kernel of ready) {
      const group = side.find((members) => fitsTogether([...members, kernel], limits));
      const urgent = latest.get(kernel)! <= level;
      if (group) group.push(kernel);
      else if (urgent || side.length === 0 || !fitsTogether([kernel], limits)) side.push([kernel]);
      else continue;
      pending.delete(kernel);
    }
    groups.push(...side);
  }
  return groups;
}

/** Which kernels each one needs, and the latest level at which it does not hold up another. */
function dependenciesOf(kernels: readonly PlannedKernel[]): { needs: Map<PlannedKernel, PlannedKernel[]>; latest: Map<PlannedKernel, number> } {
  const maker = new Map<Tensor, PlannedKernel>(kernels.map((kernel) => [base(kernel.step.result), kernel]));
  const needs = new Map(kernels.map((kernel) => [kernel, kernel.step.reads.map((read) => maker.get(read)).filter((made) => made !== undefined)]));
  // levels left behind a kernel: 1 + the most behind any kernel that reads its result
  const behind = new Map<PlannedKernel, number>(kernels.map((kernel) => [kernel, 0]));
  for (const kernel of [...kernels].reverse()) {
    for (const before of needs.get(kernel)!) behind.set(before, Math.max(behind.get(before)!, behind.get(kernel)! + 1));
  }
  const last = Math.max(0, ...behind.values());
  return { needs, latest: new Map(kernels.map((kernel) => [kernel, last - behind.get(kernel)!])) };
}
