import { sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tape.ts";

/** out[batch, m, n] = a[batch, m, k] b[batch, k, n]. */
export interface MatmulShape {
  batch: number;
  m: number;
  n: number;
  k: number;
  /** a is stored [batch, k, m]. */
  transA: boolean;
  /** b is stored [batch, n, k]. */
  transB: boolean;
  /** False: the operand has no batch dimension and is shared by all batches. */
  batchA: boolean;
  batchB: boolean;
  /** b is stored as f16; products and sums are f32 all the same. */
  halfB?: boolean;
  /** Operands whose values a function of the caller finds in an array of so many floats: see Operand. */
  gathered?: { a?: number; b?: number };
  /** The sum over `inner` indices in so many parts, each a batch with a result of its own: of batch b it is part floor(b / batches), whose indices begin at k times that. */
  split?: { parts: number; inner: number };
}

/** A recorded matmul, or one whose sums are in parts: lower.ts makes them. */
export function isMatmul({ op }: Tensor): boolean {
  return op === "matmul" || op === "matmulParts";
}

/** The shape of a recorded matmul, from its operands. */
export function matmulShape(matmul: Tensor): MatmulShape {
  const [a, b] = matmul.inputs;
  const [m, n] = matmul.shape.slice(-2);
  const transA = matmul.attributes.transA as boolean;
  const inner = a.shape[a.shape.length - (transA ? 2 : 1)];
  const split = matmul.op === "matmulParts" ? { parts: matmul.shape[0], inner } : undefined;
  return {
    batch: sizeOf(matmul.shape.slice(0, -2)),
    m,
    n,
    k: split ? (matmul.attributes.length as number) : inner,
    transA,
    transB: matmul.attributes.transB as boolean,
    batchA: a.shape.length > 2,
    batchB: b.shape.length > 2,
    halfB: b.dtype === "f16",
    ...(split && { split }),
  };
}

/** `matmul 3x100x256x20 ta`: batch, rows, columns, inner; transposed operands; operands that all batches share; b in half precision; parts of a longer inner. */
export function matmulName({ batch, m, n, k, transA, transB, batchA, batchB, halfB, split }: MatmulShape): string {
  const marks = [transA && "ta", transB && "tb", batch > 1 && !batchA && "sa", batch > 1 && !batchB && "sb", halfB && "hb", split && `${split.parts} parts of ${split.inner}`].filter(Boolean);
  return ["matmul", [batch, m, n, k].join("x"), ...marks].join(" ");
}

/** Elements of a, of b, and of the result. */
export function matmulElements({ batch, m, n, k, batchA, batchB, split }: MatmulShape): [a: number, b: number, result: number] {
  const [matrices, inner] = split ? [batch / split.parts, split.inner] : [batch, k];
  return [(batchA ? matrices : 1) * m * inner, (batchB ? matrices : 1) * n * inner, batch * m * n];
}

/** Multiply-adds. */
export function matmulWork({ batch, m, n, k }: MatmulShape): number {
  return batch * m * n * k;
}
