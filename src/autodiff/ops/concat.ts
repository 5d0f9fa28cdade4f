import { ShapeError, normaliseAxes, showShape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { slice } from "./slice.ts";

/** The tensors one after the other along one axis; their other axes agree. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (!first) throw new ShapeError("[concat] expected at least one tensor, got none.");
  const [at] = normaliseAxes("concat", first.shape, [axis]);
  for (const part of parts) {
    if (part.shape.length !== first.shape.length || part.shape.some((length, i) => i !== at && length !== first.shape[i])) {
      throw new ShapeError(`[concat] along axis ${at}, ${showShape(part.shape)} does not fit ${showShape(first.shape)}.`);
    }
  }
  if (parts.length === 1) return first;
  const length = parts.reduce((total, part) => total + part.shape[at], 0);
  return first.tape.record("concat", parts, first.shape.map((own, i) => (i === at ? length : own)), { axis: at }, first.dtype);
}

export function concatVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const axis = node.attributes.axis as number;
  let start = 0;
  return node.inputs.map((part) => {
    const end = start + part.shape[axis];
    const piece = slice(cotangent, axis, start, end);
    start = end;
    return piece;
  });
}
