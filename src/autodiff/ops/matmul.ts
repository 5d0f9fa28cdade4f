import { ShapeError, sameShape, showShape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { add } from "./binary.ts";
import { sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";

interface MatmulOptions {
  /** a is stored [..., k, m]. */
  transA?: boolean;
  /** b is stored [..., n, k]. */
  transB?: boolean;
}

/** Matrix product over the last two axes; leading axes agree, or one operand has none and is shared. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transA = false, transB = false } = options;
  if (a.shape.length < 2 || b.shape.length < 2) throw new ShapeError(`[matmul] expected matrices: a is ${showShape(a.shape)}, b is ${showShape(b.shape)}.`);
  const [m, kA] = lastTwo(a, transA);
  const [kB, n] = lastTwo(b, transB);
  if (kA !== kB) throw new ShapeError(`[matmul] inner sizes differ: a is ${showShape(a.shape)}, b is ${showShape(b.shape)}.`);
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  if (batchA.length > 0 && batchB.length > 0 && !sameShape(batchA, batchB)) {
    throw new ShapeError(`[matmul] batches differ: a is ${showShape(a.shape)}, b is ${showShape(b.shape)}.`);
  }
  const batch = batchA.length > 0 ? batchA : batchB;
  return a.tape.record("matmul", [a, b], [...batch, m, n], { transA, transB });
}

function lastTwo(x: Tensor, transposed: boolean): [number, number] {
  const [rows, columns] = x.shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

/** x W + b over the last axis: x [..., I], kernel [I, O], bias [O] -> [..., O]; batched: x [G, B, I], kernel [G, I, O], bias [G, O]. */
export function linear(x: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  if (kernel.shape.length === 3) {
    const product = matmul(x, kernel);
    return bias ? add(product, reshape(bias, [bias.shape[0], 1, bias.shape[1]])) : product;
  }
  const rows = x.shape.slice(0, -1);
  const flat = reshape(x, [rows.reduce((size, length) => size * length, 1), x.shape[x.shape.length - 1]]);
  const product = matmul(flat, kernel);
  return reshape(bias ? add(product, bias) : product, [...rows, kernel.shape[1]]);
}

// d(A B) = dA B + A dB, so A' = G B^T and B' = A^T G, with the transpositions that A and B are stored in
export function matmulVjp(g: Tensor, node: Tensor): Tensor[] {
  const [a, b] = node.inputs;
  const transA = node.attributes.transA as boolean;
  const transB = node.attributes.transB as boolean;
  const gradA = transA ? matmul(b, g, { transA: transB, transB: true }) : matmul(g, b, { transB: !transB });
  const gradB = transB ? matmul(g, a, { transA: true, transB: transA }) : matmul(a, g, { transA: !transA });
  return [sumBatch(gradA, a), sumBatch(gradB, b)];
}

/** Sums the batch of a gradient away where the operand was shared by all batches. */
function sumBatch(gradient: Tensor, operand: Tensor): Tensor {
  const extra = gradient.shape.length - operand.shape.length;
  return extra > 0 ? sum(gradient, gradient.shape.slice(0, extra).map((_, axis) => axis)) : gradient;
}
