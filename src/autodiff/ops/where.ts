import type { Tensor } from "../tape.ts";
import { broadcastOperands, type Operand } from "./binary.ts";

/** a where the condition is not 0, else b. What stands in the branch not taken, NaN included, has no effect. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const [c, left, right] = broadcastOperands("where", [condition, a, b]);
  return c.tape.record("where", [c, left, right], left.shape);
}

// d where(c, a, b) = where(c, da, 0) + where(c, 0, db)
export function whereVjp(cotangent: Tensor, node: Tensor): (Tensor | null)[] {
  const [condition] = node.inputs;
  return [null, where(condition, cotangent, 0), where(condition, 0, cotangent)];
}
