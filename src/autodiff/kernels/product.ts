import type { Gpu } from "../../gpu/device.ts";
import type { Storage } from "../../gpu/dispatch.ts";
import type { KernelSource } from "../../gpu/kernel.ts";

/** What the choice of a variant depends on besides the shape. */
export interface ProductDevice {
  /** The adapter runs on the processor (Gpu.software). */
  software: boolean;
  /** Invocations of a subgroup, where the device has the feature "subgroups" and its adapter only this one size; else 0. */
  subgroupSize: number;
  /** The operands' buffers have UNIFORM usage. */
  uniformOperands: boolean;
}

export function productDevice({ software, subgroupSize }: Gpu): ProductDevice {
  return { software, subgroupSize, uniformOperands: software };
}

/** A declaration that the caller completes with `@group(0) @binding(i)`, and the bytes of the operand that it shows. */
export interface OperandBinding {
  /** `var<storage, read> a: array<vec4f>;` */
  declaration: string;
  use: "read" | "uniform";
  /** Which operand: 0 for a or x, 1 for b, the convolution's kernel or g. */
  input: number;
  /** Bytes from the operand's start; a multiple of 256. */
  offset: number;
  bytes: number;
}

/** An array in workgroup memory: `var<workgroup> name: type;`. */
export interface WorkgroupArray {
  name: string;
  type: string;
  bytes: number;
}

export function workgroupDeclaration({ name, type }: WorkgroupArray): string {
  return `var<workgroup> ${name}: ${type};`;
}

/** The compute shader of a matrix product or a convolution; the caller adds the bindings and `storeResult`. */
export interface ProductKernel {
  workgroupSize: number;
  /** Workgroup counts, each at most 65,535. */
  dispatch: [number, number, number];
  /** Directives that must stand first in the module, like `enable subgroups;`; may be empty. */
  header: string;
  /** The caller declares these in any binding order. */
  operands: readonly OperandBinding[];
  /** The caller declares these. */
  workgroup?: readonly WorkgroupArray[];
  /** The shader calls `storeResult4` in place of `storeResult`. */
  vectorStore: boolean;
  /**
   * `@compute fn main`. For each finished element it calls once
   * `storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32)`, which the caller defines; index is linear in the result.
   * With vectorStore it calls `storeResult4(..., acc: vec4f)` for four neighbouring elements; index is then a multiple of 4.
   */
  wgsl: string;
}

export interface ProductOptions {
  /** The caller defines `storeResult4` too: four results at a time, where the shape and the tile allow it. */
  vectorStore?: boolean;
  /** A function to call in place of `storeResult`. */
  store?: string;
}

export interface PlainProduct {
  source: KernelSource;
  dispatch: [number, number, number];
  /** The ranges to bind, in order. Buffers bound as uniforms need UNIFORM usage. */
  storages(first: Storage, second: Storage, out: Storage): Storage[];
}

/** A product that stores its result as it is: what the tuner times and the tests check. */
export function plainProduct(name: string, { header, operands, vectorStore, wgsl, dispatch, workgroup = [] }: ProductKernel): PlainProduct {
  const declared = [...operands, { declaration: `var<storage, read_write> out: array<${vectorStore ? "vec4f" : "f32"}>;`, use: "write" as const }];
  const text = `${header}
${declared.map(({ declaration }, i) => `@group(0) @binding(${i}) ${declaration}`).join("\n")}
${workgroup.map(workgroupDeclaration).join("\n")}
${vectorStore ? "fn storeResult4(index: u32, row: u32, col: u32, batch: u32, acc: vec4f) { out[index / 4u] = acc; }" : "fn storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32) { out[index] = acc; }"}
${wgsl}`;
  return {
    source: { name, file: "generated", wgsl: text, bindings: declared.map(({ use }) => use) },
    dispatch,
    storages: (first, second, out) => [
      ...operands.map(({ input, offset, bytes }) => {
        const { buffer, offset: start } = [first, second][input];
        return { buffer, offset: start + offset, bytes };
      }),
      out,
    ],
  };
}
