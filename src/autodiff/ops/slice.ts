import { ShapeError, normaliseAxes, sameShape, showShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** Elements start..end (exclusive) of one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const [at] = normaliseAxes("slice", x.shape, [axis]);
  if (!(start >= 0 && start < end && end <= x.shape[at])) {
    throw new ShapeError(`[slice] ${start}..${end} does not lie within axis ${at} of ${showShape(x.shape)}.`);
  }
  if (start === 0 && end === x.shape[at]) return x;
  const shape = x.shape.map((length, i) => (i === at ? end - start : length));
  return x.tape.record("slice", [x], shape, { axis: at, start }, x.dtype);
}

/** x within zeros: axis `axis` of the result has length `length`, and x stands in it from `start`. */
export function pad(x: Tensor, axis: number, start: number, length: number): Tensor {
  const shape: Shape = x.shape.map((own, i) => (i === axis ? length : own));
  if (sameShape(shape, x.shape)) return x;
  return x.tape.record("pad", [x], shape, { axis, start });
}

export function sliceVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const axis = node.attributes.axis as number;
  return [pad(cotangent, axis, node.attributes.start as number, node.inputs[0].shape[axis])];
}

export function padVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const axis = node.attributes.axis as number;
  const start = node.attributes.start as number;
  return [slice(cotangent, axis, start, start + node.inputs[0].shape[axis])];
}
