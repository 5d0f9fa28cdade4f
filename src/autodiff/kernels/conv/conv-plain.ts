import type { Storage } from "../../../gpu/dispatch.ts";
import type { KernelSource } from "../../../gpu/kernel.ts";
import { convKernel, type ConvVariant } from "./conv.ts";
import type { ConvShape } from "./conv-shape.ts";

export interface PlainConv {
  source: KernelSource;
  dispatch: [number, number, number];
  /** The ranges to bind, in order. Buffers bound as uniforms need UNIFORM usage. */
  storages(x: Storage, second: Storage, out: Storage): Storage[];
}

/** A convolution that stores its result as it is: what the tuner times and the tests check. */
export function plainConv(shape: ConvShape, variant: ConvVariant): PlainConv {
  const kernel = convKernel(shape, variant, { vectorStore: true });
  const result = { declaration: `var<storage, read_write> out: array<${kernel.vectorStore ? "vec4f" : "f32"}>;`, use: "write" as const };
  const declared = [...kernel.operands, result];
  const wgsl = `${kernel.header}
${declared.map(({ declaration }, i) => `@group(0) @binding(${i}) ${declaration}`).join("\n")}
${kernel.vectorStore ? "fn storeResult4(index: u32, row: u32, col: u32, batch: u32, acc: vec4f) { out[index / 4u] = acc; }" : "fn storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32) { out[index] = acc; }"}
${kernel.wgsl}`;
  return {
    source: { name: `${shape.kind} convolution ${variant.name}`, file: "generated", wgsl, bindings: declared.map(({ use }) => use) },
    dispatch: kernel.dispatch,
    storages: (x, second, out) => [
      ...kernel.operands.map(({ input, offset, bytes }) => {
        const { buffer, offset: start } = [x, second][input];
        return { buffer, offset: start + offset, bytes };
      }),
      out,
    ],
  };
}
