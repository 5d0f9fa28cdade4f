import { ShapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { reshape } from "./reshape.ts";

/** Axis i of the result is axis `order[i]` of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.shape.length) {
    throw new ShapeError(`[transpose] order ${showShape(order)} is no permutation of the axes of ${showShape(x.shape)}.`);
  }
  if (x.op === "transpose") {
    const before = x.attributes.order as readonly number[];
    return transpose(x.inputs[0], order.map((axis) => before[axis]));
  }
  // axes of length 1 may stand anywhere
  const moved = order.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return reshape(x, order.map((axis) => x.shape[axis]));
  return x.tape.record("transpose", [x], order.map((axis) => x.shape[axis]), { order }, x.dtype);
}

// the cotangent goes back through the inverse permutation
export function transposeVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const order = node.attributes.order as readonly number[];
  return [transpose(cotangent, order.map((_, axis) => order.indexOf(axis)))];
}
