import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directGradientVariant } from "../../../src/autodiff/kernels/conv/conv-direct-gradient.ts";
import { directVariant } from "../../../src/autodiff/kernels/conv/conv-direct.ts";
import { implicitVariant } from "../../../src/autodiff/kernels/conv/conv-implicit.ts";
import { convElements, type ConvShape } from "../../../src/autodiff/kernels/conv/conv-shape.ts";
import { convKernel, defaultConvVariant, plainConv, type ConvVariant } from "../../../src/autodiff/kernels/conv/conv.ts";
import { registerVariant, workgroupVariant } from "../../../src/autodiff/kernels/matmul/matmul-variant.ts";
import { productChoice } from "../../../src/autodiff/kernels/product-choice.ts";
import { GPU_BUFFER, type Gpu } from "../../../src/gpu/device.ts";
import { openDevice } from "../../../src/gpu/open-dawn.ts";
import { makeDispatch, submit, type Storage } from "../../../src/gpu/dispatch.ts";
import { keyFromSeed, uniform } from "../../../src/math/key.ts";
import { expectClose } from "../../expect-close.ts";
import { convolve, convolveBack, convolveKernel, convSize, type ConvCase } from "../conv-oracle.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openDevice();
});
afterAll(() => gpu.close());

/** The kernel shape that computes a case's forward convolution, its transpose, or its kernel's gradient. */
function shapeOf(conv: ConvCase, kind: ConvShape["kind"], parts = 1): ConvShape {
  const [batch, channels, ...size] = conv.x;
  const out = convSize(conv);
  const { kernel, stride, padding } = conv;
  const common = { kind, batch, kernel, stride, padding, parts };
  return kind === "transposed"
    ? { ...common, inChannels: conv.outputs, outChannels: channels, inSize: out, outSize: size as [number, number] }
    : { ...common, inChannels: channels, outChannels: conv.outputs, inSize: size as [number, number], outSize: out };
}

/** kernel [O,C,T] with its axes as [first, T, last]. */
function packed(conv: ConvCase, kernel: ArrayLike<number>, last: "outputs" | "channels"): Float32Array {
  const taps = conv.kernel[0] * conv.kernel[1];
  const [outputs, channels] = [conv.outputs, conv.x[1]];
  const result = new Float32Array(kernel.length);
  for (let o = 0; o < outputs; o++)
    for (let c = 0; c < channels; c++)
      for (let t = 0; t < taps; t++) {
        result[last === "outputs" ? (c * taps + t) * outputs + o : (o * taps + t) * channels + c] = kernel[(o * channels + c) * taps + t];
      }
  return result;
}

function upload(data: Float32Array): Storage {
  const buffer = gpu.createBuffer(Math.ceil(data.byteLength / 256) * 256, GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM | GPU_BUFFER.COPY_DST, "operand");
  gpu.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
  return { buffer, offset: 0, bytes: data.byteLength };
}

/** Every variant against float64, and against the first one bit by bit. */
async function check(conv: ConvCase, shape: ConvShape, variants: readonly ConvVariant[]): Promise<void> {
  const sizes = convElements(shape);
  const values = (seed: number, count: number): Float32Array => Float32Array.from(uniform(keyFromSeed(seed), count), (u) => 2 * u - 1);
  const first = values(1, sizes.x);
  const second = values(2, sizes.second);
  const expected =
    shape.kind === "forward" ? convolve(conv, first, second)
    : shape.kind === "transposed" ? convolveBack(conv, first, second)
    : packed(conv, convolveKernel(conv, first, second), "outputs");
  const operands = [upload(first), upload(shape.kind === "gradient" ? second : packed(conv, second, shape.kind === "forward" ? "outputs" : "channels"))];
  const bytes = 4 * sizes.result;
  const buffer = gpu.createBuffer(bytes, GPU_BUFFER.STORAGE | GPU_BUFFER.COPY_SRC | GPU_BUFFER.COPY_DST, "result");
  let bits: Buffer | undefined;
  for (const variant of variants) {
    const plain = plainConv(shape, variant);
    gpu.device.queue.writeBuffer(buffer, 0, new Float32Array(sizes.result).fill(Number.NaN));
    submit(gpu, [await makeDispatch(gpu, plain.source, plain.storages(operands[0], operands[1], { buffer, offset: 0, bytes }), plain.dispatch)]);
    const got = new Float32Array(await gpu.readBuffer(buffer, 0, bytes));
    const parts = Float64Array.from(expected, (_, i) => Array.from({ length: shape.parts }, (_, part) => got[part * expected.length + i]).reduce((a, b) => a + b));
    try {
      expectClose(parts, expected, { rtol: 1e-5, atol: 2e-5 });
    } catch (cause) {
      throw new Error(`${variant.name}, ${shape.kind}: ${(cause as Error).message}`);
    }
    bits ??= Buffer.from(got.buffer);
    if (Buffer.compare(Buffer.from(got.buffer), bits) !== 0) throw new Error(`${variant.name}, ${shape.kind}: other bytes than ${variants[0].name}`);
  }
  [...operands.map((operand) => operand.buffer), buffer].forEach((one) => one.destroy());
}

/** One of each family and lane order, in tiles that pass the ends. */
function variantsOf(kind: ConvShape["kind"], width: number): ConvVariant[] {
  const size = gpu.subgroupSize;
  const implicit = [registerVariant("columns", size, 4, 2, false), registerVariant("rows", 0, 2, 4, false), workgroupVariant(16, 16, 8, 2, 2)].map(implicitVariant);
  if (kind === "gradient") return [...implicit, ...(size > 0 ? [directGradientVariant(size, [1, 4], 1, 2), directGradientVariant(size, [2, width], 4, 1)] : [])];
  const shared = size > 0 ? [directVariant("channels", size, [2, 2], 4), directVariant("channels", size, [1, 4], 1), directVariant("pixels", size, [1, 2], 8)] : [];
  return [...implicit, directVariant("pixels", 0, [2, 1], 3), ...shared];
}

const cases: Record<string, ConvCase> = {
  "3x3 by steps of 2": { x: [3, 3, 9, 12], outputs: 12, kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
  "3x2 by steps of 1 and 3, padding 0 and 1": { x: [2, 2, 5, 11], outputs: 5, kernel: [3, 2], stride: [1, 3], padding: [0, 1] },
};

describe.each(Object.entries(cases))("all kernels of %s", (_, conv) => {
  it.each(["forward", "transposed", "gradient"] as const)("%s: agree with float64, and with each other bit by bit", async (kind) => {
    await check(conv, shapeOf(conv, kind, kind === "gradient" ? 2 : 1), variantsOf(kind, convSize(conv)[1]));
  });
});

it("the rule's kernels agree with float64 and the implicit product at a layer of the models", async () => {
  const conv: ConvCase = { x: [2, 8, 8, 8], outputs: 32, kernel: [4, 4], stride: [2, 2], padding: [1, 1] };
  for (const kind of ["forward", "transposed", "gradient"] as const) {
    const shape = shapeOf(conv, kind);
    const device = { software: true, subgroupSize: gpu.subgroupSize, uniformOperands: true };
    await check(conv, shape, [defaultConvVariant(shape, device), implicitVariant(registerVariant("columns", gpu.subgroupSize, 8, 2, false))]);
  }
});

it("grids beyond 65,535 workgroups in a dimension are folded and complete", async () => {
  const conv: ConvCase = { x: [33_000, 1, 2, 1], outputs: 1, kernel: [1, 1], stride: [1, 1], padding: [0, 0] };
  const size = gpu.subgroupSize;
  const variants = [size > 0 ? directVariant("channels", size, [1, 1], 1) : directVariant("pixels", 0, [1, 1], 1), implicitVariant(registerVariant("rows", 0, 1, 1, false))];
  for (const variant of variants) expect(Math.max(...convKernel(shapeOf(conv, "forward"), variant).dispatch)).toBeLessThanOrEqual(65_535);
  await check(conv, shapeOf(conv, "forward"), variants);
});

it("a choice is measured where the device has a tuning, and remembered", async () => {
  const shape = shapeOf({ x: [70, 4, 16, 16], outputs: 8, kernel: [3, 3], stride: [2, 2], padding: [1, 1] }, "forward");
  let text: string | undefined;
  const choose = async (): Promise<{ name: string; measured: number }> => {
    const device = await openDevice({ tuning: { clock: () => performance.now(), store: { load: () => text, save: (saved) => void (text = saved) } } });
    const { name } = (await productChoice(device, [], [shape])).conv(shape);
    device.close();
    return { name, measured: device.tuning!.measured };
  };
  const first = await choose();
  expect(first.measured).toBe(1);
  expect(text).toContain("forward 70x4x16x16 to 8x8x8 kernel 3x3 stride 2x2 padding 1x1");
  expect(await choose()).toEqual({ name: first.name, measured: 0 });
});
