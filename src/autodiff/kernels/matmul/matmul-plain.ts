import type { Storage } from "../../../gpu/dispatch.ts";
import type { KernelSource } from "../../../gpu/kernel.ts";
import { matmulKernel, type MatmulOptions, type MatmulShape, type MatmulVariant } from "./matmul.ts";

export interface PlainMatmul {
  source: KernelSource;
  dispatch: [number, number, number];
  /** The ranges to bind, in order. Buffers bound as uniforms need UNIFORM usage. */
  storages(a: Storage, b: Storage, out: Storage): Storage[];
}

/** A product that stores its result as it is: what the tuner times and the tests check. */
export function plainMatmul(shape: MatmulShape, variant: MatmulVariant, options: MatmulOptions = { vectorStore: true }): PlainMatmul {
  const kernel = matmulKernel(shape, variant, options);
  const declared = [...kernel.a, ...kernel.b, { declaration: `var<storage, read_write> out: array<${kernel.vectorStore ? "vec4f" : "f32"}>;`, use: "write" as const }];
  const wgsl = `${kernel.header}
${declared.map(({ declaration }, i) => `@group(0) @binding(${i}) ${declaration}`).join("\n")}
${kernel.vectorStore ? "fn storeResult4(index: u32, row: u32, col: u32, batch: u32, acc: vec4f) { out[index / 4u] = acc; }" : "fn storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32) { out[index] = acc; }"}
${kernel.wgsl}`;
  const part = (storage: Storage, { offset, bytes }: { offset: number; bytes: number }): Storage => ({ buffer: storage.buffer, offset: storage.offset + offset, bytes });
  return {
    source: { name: `matmul ${variant.name}`, file: "generated", wgsl, bindings: declared.map(({ use }) => use) },
    dispatch: kernel.dispatch,
    storages: (a, b, out) => [...kernel.a.map((binding) => part(a, binding)), ...kernel.b.map((binding) => part(b, binding)), out],
  };
}
