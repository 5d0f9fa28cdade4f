/** An operand whose shape does not fit the operation. */
export class ShapeError extends Error {
  override name = "ShapeError";
}

export type Shape = readonly number[];

/** Number of elements of a shape; 1 for the scalar []. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row-major strides. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The shape two operands broadcast to, aligned at the last axis. Throws ShapeError, naming the operation. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const lengthA = a[axis - rank + a.length] ?? 1;
    const lengthB = b[axis - rank + b.length] ?? 1;
    if (lengthA !== lengthB && lengthA !== 1 && lengthB !== 1) {
      throw new ShapeError(`[${op}] shapes do not broadcast: a is ${showShape(a)}, b is ${showShape(b)}.`);
    }
    shape.push(lengthA === 1 ? lengthB : lengthA);
  }
  return shape;
}

/** Axes as sorted non-negative numbers; negative ones count from the end. Throws ShapeError. */
export function normaliseAxes(op: string, shape: Shape, axes: readonly number[]): number[] {
  const result = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  if (result.some((axis) => !Number.isInteger(axis) || axis < 0 || axis >= shape.length) || new Set(result).size !== result.length) {
    throw new ShapeError(`[${op}] axes ${showShape(axes)} do not fit the shape ${showShape(shape)}.`);
  }
  return result.sort((a, b) => a - b);
}
