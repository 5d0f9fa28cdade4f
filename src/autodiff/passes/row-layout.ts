import { binaryFunctions } from "../ops/binary.ts";
import { unaryFunctions } from "../ops/unary.ts";
import { loopLength } from "../compile/cost.ts";
import { axisIn } from "../compile/input-axis.ts";
import type { Step } from "../compile/plan.ts";
import { sizeOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/**
 * How rows lie in an array of outer x rows x inner elements: element e belongs to row floor(e / inner) mod rows. It does not
 * change with the array's shape, so reshapes keep it.
 */
export interface Layout {
  readonly outer: number;
  readonly inner: number;
}

/** What an element needs of an input: elements of its own row, where they lie so, or any of them. */
type Need = Layout | "any";

/** Where the rows are an axis of the shape, each `factor` indices of it long. */
interface RowAxis {
  readonly axis: number;
  readonly factor: number;
}

function layoutAt(shape: Shape, { axis, factor }: RowAxis): Layout {
  return { outer: sizeOf(shape.slice(0, axis)), inner: factor * sizeOf(shape.slice(axis + 1)) };
}

/** Every way in which the shape has `rows` rows along an axis. */
export function layoutsOf(shape: Shape, rows: number): Layout[] {
  return shape.flatMap((length, axis) => (length % rows === 0 && length > 0 ? [layoutAt(shape, { axis, factor: length / rows })] : []));
}

/** The axis along which the rows of the layout lie in this shape. */
export function rowAxis(shape: Shape, { outer, inner }: Layout, rows: number): RowAxis | undefined {
  for (let axis = 0; axis < shape.length; axis++) {
    const factor = shape[axis] / rows;
    if (Number.isInteger(factor) && sizeOf(shape.slice(0, axis)) === outer && factor * sizeOf(shape.slice(axis + 1)) === inner) return { axis, factor };
  }
  return undefined;
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a.outer === b.outer && a.inner === b.inner;
}

/** Ops whose axes are axes of their inputs, `axisIn`. */
const axisOps: ReadonlySet<string> = new Set(["broadcastTo", "transpose", "slice", "pad", "concat", "gather", "scatterAdd", "sum", "max", "logSumExp", "partialSum", "matmul"]);

/** What rows of the node, laid out so, need of each of its inputs. */
function needsOf(node: Tensor, layout: Layout, rows: number): Need[] {
  const { op, inputs, attributes } = node;
  if (op in unaryFunctions || op in binaryFunctions || op === "where" || op === "toFloat" || op === "reshape" || op === "stopGradient") return inputs.map(() => layout);
  const at = axisOps.has(op) ? rowAxis(node.shape, layout, rows) : undefined;
  // along the axis of a slice, padding or concatenation rows come from elsewhere
  if (!at || at.axis === attributes.axis) return inputs.map(() => "any");
  return inputs.map(({ shape }, i) => {
    const axis = axisIn(node, i, at.axis);
    return axis !== undefined && shape[axis] === rows * at.factor ? layoutAt(shape, { axis, factor: at.factor }) : "any";
  });
}

/** What rows of the step's result, laid out so, need of the stored tensors that it reads. */
export function needsOfStep(step: Step, layout: Layout, rows: number): Map<Tensor, Need> {
  const reads = new Set(step.reads);
  const needs = new Map<Tensor, Need>();
  const seen = new Map<Tensor, Layout[]>();
  const visit = (node: Tensor, need: Need): void => {
    if (node !== step.result && reads.has(node)) {
      const before = needs.get(node);
      needs.set(node, before === undefined || (before !== "any" && need !== "any" && sameLayout(before, need)) ? need : "any");
      return;
    }
    if (need === "any") {
      for (const read of readsBelow(node, reads)) needs.set(read, "any");
      return;
    }
    const layouts = seen.get(node) ?? [];
    if (layouts.some((known) => sameLayout(known, need))) return;
    seen.set(node, [...layouts, need]);
    needsOf(node, need, rows).forEach((input, i) => visit(node.inputs[i], input));
  };
  visit(step.result, layout);
  return needs;
}

function readsBelow(node: Tensor, reads: ReadonlySet<Tensor>): Tensor[] {
  const found: Tensor[] = [];
  const seen = new Set<Tensor>();
  const visit = (at: Tensor): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (reads.has(at)) found.push(at);
    else at.inputs.forEach(visit);
  };
  visit(node);
  return found;
}

/** How many elements each result of a sum is made of; 1 for what is no sum. */
export function sumLength(tensor: Tensor): number {
  return tensor.op === "sum" ? loopLength(tensor) : 1;
}
