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

/** A piece of an operand that one binding shows: all of it, some inner indices, or some rows (columns of b). */
export interface Window {
  name: string;
  firstK: number;
  endK: number;
  /** The first row (column of b). */
  first: number;
  /** Where windows cut rows: the WGSL condition that a tile lies in this one. */
  condition?: string;
}

export interface BoundOperand {
  operand: Operand;
  bindings: OperandBinding[];
  windows: Window[];
  /** Declared `array<vec4f>`. */
  vector: boolean;
  uniform: boolean;
}

export interface BindOptions {
  /** As a storage buffer it is declared `array<vec4f>`. */
  vector: boolean;
  /** May be bound as uniform buffers. */
  uniform: boolean;
  /** May be cut into windows; rows (columns of b) then at multiples of this. */
  tile?: number;
}

const UNIFORM_BYTES = 65_536;
const MAX_WINDOWS = 4;
/** Offsets of bindings are multiples of 256 bytes. */
const ALIGNMENT = 64;

/**
 * Binds an operand as a storage buffer or, where it fits in a few windows of 64 KiB, as uniform buffers: software adapters read
 * those several times faster.
 */
export function bindOperand(operand: Operand, options: BindOptions): BoundOperand {
  const { name, count, k, batches, contiguousK } = operand;
  const windows = options.uniform ? uniformWindows(operand, options.tile) : undefined;
  if (!windows) {
    const declaration = `var<storage, read> ${name}: array<${options.vector ? "vec4f" : "f32"}>;`;
    const bindings: OperandBinding[] = [{ declaration, use: "read", offset: 0, bytes: 4 * batches * count * k }];
    return { operand, bindings, windows: [{ name, firstK: 0, endK: k, first: 0 }], vector: options.vector, uniform: false };
  }
  const total = batches * count * k;
  const bindings = windows.map((window, i): OperandBinding => {
    const floats = (at: Window | undefined): number => (at === undefined ? total : contiguousK ? at.first * k : at.firstK * count);
    const vectors = Math.ceil((floats(windows[i + 1]) - floats(window)) / 4);
    return { declaration: `var<uniform> ${window.name}: array<vec4f, ${vectors}>;`, use: "uniform", offset: 4 * floats(window), bytes: 16 * vectors };
  });
  return { operand, bindings, windows, vector: true, uniform: true };
}

/** The windows of 64 KiB that show an operand, or undefined where too many would be needed. */
export function uniformWindows({ name, count, k, batches, batched, contiguousK }: Operand, tile: number | undefined): Window[] | undefined {
  if (4 * batches * count * k <= UNIFORM_BYTES) return [{ name, firstK: 0, endK: k, first: 0 }];
  if (batched || tile === undefined) return undefined;
  // lengths along the cut dimension: rows of a tile stay together, and so do blocks of four k
  const [length, across] = contiguousK ? [count, k] : [k, count];
  let step = contiguousK ? tile : 4;
  while ((across * step) % ALIGNMENT !== 0) step *= 2;
  const most = Math.floor(UNIFORM_BYTES / (4 * across * step)) * step;
  if (most === 0 || Math.ceil(length / most) > MAX_WINDOWS) return undefined;
  const windows = Math.ceil(length / most);
  const each = Math.ceil(length / windows / step) * step;
  return Array.from({ length: Math.ceil(length / each) }, (_, i) => {
    const [first, end] = [i * each, Math.min(length, (i + 1) * each)];
    if (!contiguousK) return { name: `${name}${i}`, firstK: first, endK: end, first: 0 };
    return { name: `${name}${i}`, firstK: 0, endK: k, first, condition: `own0 >= ${first}u && own0 < ${first + each}u` };
  });
}

/** The WGSL expression of one float at a linear index, an expression of u32. */
export function scalarAt(bound: BoundOperand, window: Window, index: string): string {
  return bound.vector ? `${window.name}[(${index}) >> 2u][(${index}) & 3u]` : `${window.name}[${index}]`;
}

/** The WGSL expression of four floats from a linear index that is a multiple of four. */
export function vectorAt(window: Window, index: string): string {
  return `${window.name}[(${index}) >> 2u]`;
}
