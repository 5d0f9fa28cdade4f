import type { Shape } from "../shape.ts";
import type { Tape, Tensor } from "../tape.ts";

/** x as a constant: no gradient flows through it. */
export function stopGradient(x: Tensor): Tensor {
  return x.tape.record("stopGradient", [x], x.shape, {}, x.dtype);
}

/** 0, 1, 2, ... along one axis of the shape, as f32. */
export function iota(tape: Tape, shape: Shape, axis: number): Tensor {
  return tape.record("iota", [], shape, { axis });
}

/** A u32 tensor as f32. */
export function toFloat(x: Tensor): Tensor {
  return x.dtype === "f32" ? x : x.tape.record("toFloat", [x], x.shape);
}
