import { workOf } from "../compile/bundle.ts";
import type { Step } from "../compile/plan.ts";
import { matmulShape } from "../kernels/matmul/matmul-shape.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { layoutsOf, needsOfStep, sameLayout, sumLength, type Layout } from "./row-layout.ts";

/** A step whose result lies in rows. */
interface LaidStep {
  readonly step: Step;
  readonly layout: Layout;
}

/** Steps that one workgroup after the other does for some rows of its own; a later step may need rows of an earlier one. */
export interface Task {
  readonly steps: readonly LaidStep[];
  readonly rows: number;
  readonly rowsPerGroup: number;
}

/** Tasks that do not need each other's results: one dispatch. */
export type Pass = readonly Task[];

/** Invocations of a workgroup: what every device allows. */
export const lanes = 256;
/** Rows of a product that a lane computes at once, so that what it loads of the right operand serves all. */
export const rowTile = 4;
/** Sums of at least so many elements are shared by lanes, where there are lanes enough. */
export const sharedSum = 8;
/** Workgroups that keep a GPU busy. */
const enoughGroups = 128;
/** Results of a step that one workgroup may compute while others wait, and its loads. */
const chainSize = 256;
const chainWork = 2 ** 20;

/** The bindings that are left in a pass. */
export interface Room {
  /** Whether the step's buffers can be bound beside those of the steps that are in. */
  fits(step: Step): boolean;
  add(step: Step): void;
}

/**
 * The steps as few passes, in order. A pass takes first what can go on row by row (`rows` of them: the rows of a batch), however long the chain
 * of steps; small steps behind each other in one workgroup; and whatever waits for nothing in the pass.
 */
export function partition(steps: readonly Step[], rows: number, newRoom: () => Room): Pass[] {
  const made = new Map(steps.map((step) => [step.result, step]));
  const pending = new Set(steps);
  const passes: Pass[] = [];
  while (pending.size > 0) {
    const room = newRoom();
    const byRow = new Map<Step, Layout>();
    const chain = new Set<Step>();
    const single: Step[] = [];
    for (const step of steps) {
      if (!pending.has(step)) continue;
      const waits = step.reads.flatMap((read) => made.get(read) ?? []).filter((before) => pending.has(before));
      if (!room.fits(step)) continue;
      const layout = rowLayout(step, waits, byRow, rows);
      if (layout) byRow.set(step, layout);
      else if (isSmall(step) && waits.every((before) => chain.has(before))) chain.add(step);
      else if (waits.length === 0) single.push(step);
      else continue;
      room.add(step);
    }
    const taken = [...byRow.keys(), ...chain, ...single];
    if (taken.length === 0) throw new Error(`[compile] "${steps.find((step) => pending.has(step))!.result.op}" binds more buffers than this device allows; concatenate its inputs in two steps.`);
    for (const step of taken) pending.delete(step);
    const rowTasks = components([...byRow.keys()]).map((part): Task => ({ steps: part.map((step) => ({ step, layout: byRow.get(step)! })), rows, rowsPerGroup: Math.ceil(rows / enoughGroups) }));
    const chainTasks = components([...chain]).map((part): Task => ({ steps: part.map((step) => ({ step, layout: { outer: 1, inner: sizeOf(step.result.shape) } })), rows: 1, rowsPerGroup: 1 }));
    passes.push([...rowTasks, ...chainTasks, ...single.map(alone)]);
  }
  return passes;
}

/** How the step's result lies in rows, if all that it needs of this pass lies in the same ones. */
function rowLayout(step: Step, waits: readonly Step[], byRow: ReadonlyMap<Step, Layout>, rows: number): Layout | undefined {
  if (waits.some((before) => !byRow.has(before))) return undefined;
  return layoutsOf(step.result.shape, rows).find((layout) => {
    const needs = needsOfStep(step, layout, rows);
    return waits.every((before) => {
      const need = needs.get(before.result);
      return need !== undefined && need !== "any" && sameLayout(need, byRow.get(before)!);
    });
  });
}

function isSmall(step: Step): boolean {
  return sizeOf(step.result.shape) <= chainSize && !step.product && workOf(step) <= chainWork;
}

/** A step by itself, in workgroups enough that every lane has something to do. */
function alone(step: Step): Task {
  const size = sizeOf(step.result.shape);
  if (step.product) {
    const { batch, m, n } = matmulShape(step.product);
    const rowsPerGroup = Math.min(m, rowTile * Math.max(1, Math.floor(lanes / (n * batch))));
    return { steps: [{ step, layout: { outer: batch, inner: n } }], rows: m, rowsPerGroup };
  }
  const rowsPerGroup = sumLength(step.result) >= sharedSum ? lanes / sharedSum : lanes;
  return { steps: [{ step, layout: { outer: 1, inner: 1 } }], rows: size, rowsPerGroup: Math.min(size, rowsPerGroup) };
}

/** The steps in groups that do not need each other's results; in each, a step after those that it needs. */
function components(steps: readonly Step[]): Step[][] {
  const maker = new Map<Tensor, Step>(steps.map((step) => [step.result, step]));
  const groupOf = new Map<Step, Step[]>();
  for (const step of steps) {
    const joined = new Set(step.reads.flatMap((read) => maker.get(read) ?? []).filter((before) => before !== step).map((before) => groupOf.get(before)!));
    const group = [...[...joined].flat(), step];
    for (const member of group) groupOf.set(member, group);
  }
  const order = new Map(steps.map((step, i) => [step, i]));
  return [...new Set(groupOf.values())].map((group) => [...group].sort((a, b) => order.get(a)! - order.get(b)!));
}
