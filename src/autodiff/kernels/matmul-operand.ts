import type { MatmulShape } from "./matmul.ts";

/** A declaration that the caller completes with `@group(0) @binding(i)`, and the bytes of the operand that it shows. */
export interface OperandBinding {
  /** `var<storage, read> a: array<vec4f>;` */
  declaration: string;
  use: "read" | "uniform";
  /** Bytes from the operand's start; a multiple of 256. */
  offset: number;
  bytes: number;
}

/** One factor of a product, seen as `batches` matrices of `count` rows (of a) or columns (of b) with k values each. */
export interface Operand {
  name: "a" | "b";
  /** Rows of a or columns of b. */
  count: number;
  k: number;
  /** The k values of a row or column are contiguous in memory; else its rows or columns are. */
  contiguousK: boolean;
  batched: boolean;
  batches: number;
}

export function operandsOf(shape: MatmulShape): { a: Operand; b: Operand } {
  const { batch, m, n, k } = shape;
  return {
    a: { name: "a", count: m, k, contiguousK: !shape.transA, batched: shape.batchA && batch > 1, batches: shape.batchA ? batch : 1 },
    b: { name: "b", count: n, k, contiguousK: shape.transB, batched: shape.batchB && batch > 1, batches: shape.batchB ? batch : 1 },
  };
}

/** A piece of an operand that one binding shows: inner indices from `firstK` to `endK`. */
export interface Window {
  name: string;
  firstK: number;
  endK: number;
}

export interface BoundOperand {
  operand: Operand;
  bindings: OperandBinding[];
  windows: Window[];
  /** Declared `array<vec4f>`. */
  vector: boolean;
  uniform: boolean;
}

const UNIFORM_BYTES = 65_536;
const MAX_WINDOWS = 4;

/**
 * Binds an operand as a storage buffer or, where it fits in a few windows of 64 KiB, as uniform buffers: software adapters read
 * those several times faster.
 */
export function bindOperand(operand: Operand, options: { vector: boolean; uniform: boolean; maxWindows?: number }): BoundOperand {
  const { name, count, k, batches } = operand;
  const bytes = 4 * batches * count * k;
  if (options.uniform) {
    const windows = uniformWindows(operand, options.maxWindows ?? MAX_WINDOWS);
    if (windows) {
      const bindings = windows.map((window): OperandBinding => {
        const size = bytes <= UNIFORM_BYTES ? bytes : 4 * count * (window.endK - window.firstK);
        const vectors = Math.ceil(size / 16);
        return { declaration: `var<uniform> ${window.name}: array<vec4f, ${vectors}>;`, use: "uniform", offset: 4 * count * window.firstK, bytes: 16 * vectors };
      });
      return { operand, bindings, windows, vector: true, uniform: true };
    }
  }
  const declaration = `var<storage, read> ${name}: array<${options.vector ? "vec4f" : "f32"}>;`;
  return {
    operand,
    bindings: [{ declaration, use: "read", offset: 0, bytes }],
    windows: [{ name, firstK: 0, endK: k }],
    vector: options.vector,
    uniform: false,
  };
}

function uniformWindows({ name, count, k, batches, batched, contiguousK }: Operand, maxWindows: number): Window[] | undefined {
  if (4 * batches * count * k <= UNIFORM_BYTES) return [{ name, firstK: 0, endK: k }];
  if (batched || contiguousK) return undefined;
  // binding offsets are multiples of 256 bytes, and blocks of four k are not cut
  let step = 4;
  while ((4 * count * step) % 256 !== 0) step *= 2;
  const most = Math.floor(UNIFORM_BYTES / (4 * count * step)) * step;
  const number = Math.ceil(k / most);
  if (most === 0 || number > maxWindows) return undefined;
  const each = Math.ceil(k / number / step) * step;
  return Array.from({ length: Math.ceil(k / each) }, (_, i) => ({ name: `${name}${i}`, firstK: i * each, endK: Math.min(k, (i + 1) * each) }));
}

/** The WGSL expression of one float at a linear index, an expression of u32. */
export function scalarAt(bound: BoundOperand, window: Window, index: string): string {
  return bound.vector ? `${window.name}[(${index}) >> 2u][(${index}) & 3u]` : `${window.name}[${index}]`;
}

/** The WGSL expression of four floats from a linear index that is a multiple of four. */
export function vectorAt(window: Window, index: string): string {
  return `${window.name}[(${index}) >> 2u]`;
}
