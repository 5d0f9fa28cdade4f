import { ShapeError, sameShape, showShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";

/** x repeated along axes of length 1 and new leading axes, without copying. Throws ShapeError if it does not fit. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = shape.length - x.shape.length;
  if (lead < 0 || x.shape.some((length, axis) => length !== 1 && length !== shape[axis + lead])) {
    throw new ShapeError(`[broadcastTo] ${showShape(x.shape)} does not broadcast to ${showShape(shape)}.`);
  }
  if (x.op === "fill") return x.tape.fill(x.attributes.value as number, shape);
  return x.tape.record("broadcastTo", [x], shape, {}, x.dtype);
}

// the cotangent of a repeated element is the sum over its copies
export function broadcastVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  return [sumTo(cotangent, node.inputs[0].shape)];
}

/** x summed over the axes along which `shape` was repeated to give x's shape. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1));
  return reshape(sum(x, axes), shape);
}
