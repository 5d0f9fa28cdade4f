import { ShapeError, sameShape, showShape, sizeOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** The same elements in row-major order under another shape; no work is done. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new ShapeError(`[reshape] ${showShape(x.shape)} has ${sizeOf(x.shape)} elements, ${showShape(shape)} has ${sizeOf(shape)}.`);
  }
  if (x.op === "fill") return x.tape.fill(x.attributes.value as number, shape);
  if (x.op === "reshape") return reshape(x.inputs[0], shape);
  return x.tape.record("reshape", [x], shape, {}, x.dtype);
}

export function reshapeVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  return [reshape(cotangent, node.inputs[0].shape)];
}
