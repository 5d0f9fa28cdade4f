import type { OperandBinding } from "../product.ts";
import type { MatmulShape } from "./matmul-shape.ts";

/** One factor of a product, seen as matrices of `count` rows (of a) or columns (of b) with k values each. */
export interface Operand {
  name: "a" | "b";
  /** Rows of a or columns of b. */
  count: number;
  /** Values of the inner index that a product takes. */
  k: number;
  /** Values of the inner index that a matrix has: as many, or those of `parts` products. */
  inner: number;
  parts: number;
  /** The k values of a row or column are contiguous in memory; else its rows or columns are. */
  contiguousK: boolean;
  /** There is a matrix for each batch; else one for all. */
  batched: boolean;
  batches: number;
  /** Stored as f16. */
  half: boolean;
  /** No matrix in memory: a function `<name>At(batch, x, k)`, which the caller adds, finds its values in an array of so many floats. */
  gathered?: number;
}

export function operandsOf(shape: MatmulShape): { a: Operand; b: Operand } {
  const { m, n, k, gathered, split } = shape;
  const { parts, inner } = split ?? { parts: 1, inner: k };
  const matrices = shape.batch / parts;
  const common = { k, inner, parts };
  return {
    a: { ...common, gathered: gathered?.a, name: "a", count: m, contiguousK: !shape.transA, batched: shape.batchA && matrices > 1, batches: shape.batchA ? matrices : 1, half: false },
    b: { ...common, gathered: gathered?.b, name: "b", count: n, contiguousK: shape.transB, batched: shape.batchB && matrices > 1, batches: shape.batchB ? matrices : 1, half: shape.halfB ?? false },
  };
}

/** How much a uniform binding can show on every device. */
const UNIFORM_BYTES = 65_536;

/** An operand and how it is declared. */
export class BoundOperand {
  readonly binding: OperandBinding;

  constructor(
    readonly operand: Operand,
    /** Declared `array<vec4f>` and loaded by vectors. */
    readonly vector: boolean,
    uniformAllowed: boolean,
  ) {
    const { name, half } = operand;
    const floats = operand.gathered ?? operand.batches * operand.count * operand.inner;
    const uniform = uniformAllowed && fitsUniform(operand, vector);
    const declaration = uniform
      ? `var<uniform> ${name}: array<vec4f, ${Math.ceil(floats / 4)}>;`
      : `var<storage, read> ${name}: array<${half ? (vector ? "vec4<f16>" : "f16") : vector ? "vec4f" : "f32"}>;`;
    this.binding = { declaration, use: uniform ? "uniform" : "read", input: name === "a" ? 0 : 1, offset: 0, bytes: (half ? 2 : 4) * floats };
  }

  /** `let aStart = ...;`: the index of the batch's matrix, or of the part's first value in it; `part` and `matrix` are in scope where there are parts. */
  get startLine(): string {
    const { name, batched, count, k, inner, parts, contiguousK } = this.operand;
    const matrix = batched ? [`${parts > 1 ? "matrix" : "batch"} * ${count * inner}u`] : [];
    const part = parts > 1 ? [`part * ${contiguousK ? k : k * count}u`] : [];
    return `let ${name}Start = ${[...matrix, ...part].join(" + ") || "0u"};`;
  }

  /** The WGSL expression of the value, or of the four from there on, at row (column of b) x and inner index k. */
  at(x: string, k: string): string {
    const { name, contiguousK, count, half, gathered } = this.operand;
    if (gathered !== undefined) return `${name}At(batch, ${x}, ${k})`;
    const index = contiguousK ? `${name}Start + (${x}) * ${this.operand.inner}u + ${k}` : `${name}Start + (${k}) * ${count}u + ${x}`;
    const element = this.vector ? `${name}[(${index}) >> 2u]` : `${name}[${index}]`;
    return half ? `${this.vector ? "vec4f" : "f32"}(${element})` : element;
  }
}

/** Whether an operand can be a uniform buffer, which software adapters read faster: small, and loaded by vectors. */
export function fitsUniform({ batches, count, inner, half }: Operand, vector: boolean): boolean {
  // arrays in uniform buffers have strides of 16 bytes
  return vector && !half && 4 * batches * count * inner <= UNIFORM_BYTES;
}

/** The contiguous dimension can be read four values at a time. */
export function alignedForVectors({ contiguousK, k, inner, count, gathered }: Operand): boolean {
  return gathered === undefined && (contiguousK ? inner % 4 === 0 && k % 4 === 0 : count % 4 === 0);
}
