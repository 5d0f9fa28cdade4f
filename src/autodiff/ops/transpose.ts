import { ShapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** Axis i of the result is axis `order[i]` of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.shape.length) {
    throw new ShapeError(`[transpose] order ${showShape(order)} is no permutation of the axes of ${showShape(x.shape)}.`);
  }
  if (order.every((axis, i) => axis === i)) return x;
  return x.tape.record("transpose", [x], order.map((axis) => x.shape[axis]), { order }, x.dtype);
}

// the cotangent goes back through the inverse permutation
export function transposeVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const order = node.attributes.order as readonly number[];
  return [transpose(cotangent, order.map((_, axis) => order.indexOf(axis)))];
}
