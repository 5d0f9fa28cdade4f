import { reducedSize } from "../ops/reduce.ts";
import { binaryFunctions } from "../ops/binary.ts";
import { unaryFunctions } from "../ops/unary.ts";
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

const product = (lengths: readonly number[]): number => sizeOf(lengths);

function layoutAt(shape: Shape, { axis, factor }: RowAxis): Layout {
  return { outer: product(shape.slice(0, axis)), inner: factor * product(shape.slice(axis + 1)) };
}

/** Every way in which the shape has `rows` rows along an axis. */
export function layoutsOf(shape: Shape, rows: number): Layout[] {
  return shape.flatMap((length, axis) => (length % rows === 0 && length > 0 ? [layoutAt(shape, { axis, factor: length / rows })] : []));
}

/** The axis along which the rows of the layout lie in this shape. */
export function rowAxis(shape: Shape, { outer, inner }: Layout, rows: number): RowAxis | undefined {
  for (let axis = 0; axis < shape.length; axis++) {
    const factor = shape[axis] / rows;
    if (Number.isInteger(factor) && product(shape.slice(0, axis)) === outer && factor * product(shape.slice(axis + 1)) === inner) return { axis, factor };
  }
  return undefined;
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a.outer === b.outer && a.inner === b.inner;
}

/** What rows of the node, laid out so, need of each of its inputs. */
function needsOf(node: Tensor, layout: Layout, rows: number): Need[] {
  const { op, inputs, attributes } = node;
  const all: Need[] = inputs.map(() => "any");
  if (op in unaryFunctions || op in binaryFunctions || op === "where" || op === "toFloat" || op === "reshape" || op === "stopGradient") return inputs.map(() => layout);
  const at = rowAxis(node.shape, layout, rows);
  if (!at) return all;
  const { axis, factor } = at;
  const along = (input: Tensor, own: number): Need => (input.shape[own] === rows * factor ? layoutAt(input.shape, { axis: own, factor }) : "any");
  switch (op) {
    case "broadcastTo": {
      const own = axis - (node.shape.length - inputs[0].shape.length);
      return [own < 0 ? "any" : along(inputs[0], own)];
    }
    case "transpose":
      return [along(inputs[0], (attributes.order as readonly number[])[axis])];
    case "slice":
    case "pad":
    case "concat":
      return axis === attributes.axis ? all : inputs.map((input) => along(input, axis));
    case "gather": {
      const [table, indices] = inputs;
      const lead = indices.shape.length;
      return axis < lead ? ["any", along(indices, axis)] : [along(table, axis - lead + 1), "any"];
    }
    case "scatterAdd": {
      const [x, indices] = inputs;
      return axis === 0 ? all : [along(x, axis - 1 + indices.shape.length), "any"];
    }
    case "sum":
    case "max":
    case "logSumExp":
    case "partialSum": {
      const axes = attributes.axes as readonly number[];
      const kept = inputs[0].shape.map((_, i) => i).filter((i) => !axes.includes(i));
      return [axis < kept.length ? along(inputs[0], kept[axis]) : "any"];
    }
    case "matmul": {
      const [a, b] = inputs;
      const rank = node.shape.length;
      if (axis === rank - 2) return [along(a, a.shape.length - (attributes.transA ? 1 : 2)), "any"];
      if (axis === rank - 1) return ["any", along(b, b.shape.length - (attributes.transB ? 2 : 1))];
      return [a, b].map((operand) => (operand.shape.length > 2 ? along(operand, axis) : "any"));
    }
    default:
      return all;
  }
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
  return tensor.op === "sum" ? reducedSize(tensor.inputs[0], tensor.attributes.axes as readonly number[]) : 1;
}

