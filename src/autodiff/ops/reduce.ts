import { normaliseAxes, sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { div, equal, mul, sub } from "./binary.ts";
import { broadcastTo } from "./broadcast.ts";
import { exp } from "./unary.ts";
import { reshape } from "./reshape.ts";

export type ReduceName = "sum" | "max" | "logSumExp";

const reduce = (name: ReduceName) => (x: Tensor, axes?: readonly number[] | number): Tensor => {
  const list = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === "number" ? [axes] : axes;
  const reduced = normaliseAxes(name, x.shape, list);
  if (reduced.length === 0) return x;
  const shape = x.shape.filter((_, axis) => !reduced.includes(axis));
  if (name === "sum" && x.op === "fill") return x.tape.fill((x.attributes.value as number) * reducedSize(x, reduced), shape);
  return x.tape.record(name, [x], shape, { axes: reduced });
};

/** Sum over the axes (all if none are given); they are dropped from the shape. */
export const sum = reduce("sum");
/** Largest element over the axes. */
export const max = reduce("max");
/** log sum exp over the axes, with the maximum subtracted first. */
export const logSumExp = reduce("logSumExp");

/** Arithmetic mean over the axes. */
export function mean(x: Tensor, axes?: readonly number[] | number): Tensor {
  const total = sum(x, axes);
  return mul(total, sizeOf(total.shape) / sizeOf(x.shape));
}

/** log softmax along one axis: x - logsumexp(x). */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const [at] = normaliseAxes("logSoftmax", x.shape, [axis]);
  return sub(x, keepAxes(logSumExp(x, [at]), x, [at]));
}

/** A reduced tensor with its axes put back, broadcast to the shape of what was reduced. */
export function keepAxes(reduced: Tensor, like: Tensor, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(reduced, like.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))), like.shape);
}

export function reduceVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const [x] = node.inputs;
  const axes = node.attributes.axes as readonly number[];
  const g = keepAxes(cotangent, x, axes);
  // d sum(x) = sum(dx)
  if (node.op === "sum") return [g];
  const y = keepAxes(node, x, axes);
  // d logsumexp(x) = sum(softmax(x) dx)
  if (node.op === "logSumExp") return [mul(g, exp(sub(x, y)))];
  // d max(x): shared equally among the elements that attain it
  const attains = equal(x, y);
  return [div(mul(g, attains), keepAxes(sum(attains, axes), x, axes))];
}

/** How many elements each result is made of. */
export function reducedSize(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((size, axis) => size * x.shape[axis], 1);
}
