import { add } from "./ops/binary.ts";
import { vjpOf } from "./ops/registry.ts";
import { ShapeError, sameShape, showShape } from "./shape.ts";
import { dependencies, type Tensor } from "./tape.ts";

/**
 * Appends the reverse pass and returns d output / d x for each x of `wrt`, in order. `output` is a scalar, or a
 * `cotangent` of its shape is given (then: the vector-Jacobian product). An x it does not depend on gets zeros.
 */
export function gradients(output: Tensor, wrt: readonly Tensor[], cotangent?: Tensor): Tensor[] {
  if (!cotangent && output.shape.length !== 0) {
    throw new ShapeError(`[gradients] the output must be a scalar, got ${showShape(output.shape)}; sum it, or pass a cotangent.`);
  }
  if (cotangent && !sameShape(cotangent.shape, output.shape)) {
    throw new ShapeError(`[gradients] the cotangent is ${showShape(cotangent.shape)}, the output ${showShape(output.shape)}.`);
  }
  const nodes = dependencies([output]);
  const needed = new Set<Tensor>(wrt);
  for (const node of nodes) if (node.op !== "stopGradient" && node.inputs.some((input) => needed.has(input))) needed.add(node);

  const cotangents = new Map<Tensor, Tensor>([[output, cotangent ?? output.tape.fill(1)]]);
  for (const node of nodes.reverse()) {
    const g = cotangents.get(node);
    if (!g || !needed.has(node) || wrt.includes(node) && node.inputs.length === 0) continue;
    const vjp = vjpOf(node.op);
    if (vjp === "none") continue;
    vjp(g, node).forEach((piece, i) => {
      const input = node.inputs[i];
      if (!piece || !needed.has(input)) return;
      const before = cotangents.get(input);
      cotangents.set(input, before ? add(before, piece) : piece);
    });
  }
  return wrt.map((x) => cotangents.get(x) ?? x.tape.fill(0, x.shape));
}
