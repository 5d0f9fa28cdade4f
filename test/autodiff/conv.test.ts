import { describe, expect, it } from "vitest";
import { add, compile, conv2d, convKernelGradient, convTranspose2d, deviceTensor, gradients, mul, relu, reshape, square, sum, Tape, type Tensor } from "../../src/autodiff/index.ts";
import { foldIn, keyFromSeed, normal } from "../../src/math/key.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { checkOp } from "./check-gradients.ts";
import { convolve, convolveBack, convolveKernel, convSize, type ConvCase } from "./conv-oracle.ts";

const key = keyFromSeed(11);
/** Standard normal, rounded to float32. */
const values = (tag: number, count: number): Float32Array => Float32Array.from(normal(foldIn(key, tag), count));
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const tolerance = { rtol: 2e-5, atol: 5e-5 };

const cases: Record<string, ConvCase> = {
  "5x5, stride 2, padding 2, 14x14": { x: [2, 3, 14, 14], outputs: 5, kernel: [5, 5], stride: [2, 2], padding: [2, 2] },
  "4x4, stride 2, padding 1, odd sizes": { x: [3, 2, 9, 7], outputs: 16, kernel: [4, 4], stride: [2, 2], padding: [1, 1] },
  "3x3, stride 1, padding 1, one channel": { x: [1, 1, 6, 11], outputs: 1, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
  "1x1, stride 1": { x: [2, 5, 3, 4], outputs: 7, kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
  "1x1, stride 3: rows that no output sees": { x: [2, 3, 8, 9], outputs: 2, kernel: [1, 1], stride: [3, 3], padding: [0, 0] },
  "strides, paddings and kernel differ by axis": { x: [2, 2, 13, 10], outputs: 9, kernel: [2, 5], stride: [3, 1], padding: [0, 3] },
  "a kernel larger than the input": { x: [2, 2, 3, 2], outputs: 3, kernel: [5, 7], stride: [1, 2], padding: [2, 3] },
  "a kernel as large as the input": { x: [3, 4, 4, 4], outputs: 6, kernel: [4, 4], stride: [1, 1], padding: [0, 0] },
};

/** out, dx, dkernel, and the derivatives of <u, dx> + <v, dkernel>: every op of the family under every other. */
describe.each(Object.entries(cases))("a convolution, %s,", (_, conv) => {
  it("its transpose and its kernel's gradient agree with float64, and so do second derivatives", async () => {
    const gpu = await testDevice();
    const { stride, padding } = conv;
    const kernelShape = [conv.outputs, conv.x[1], ...conv.kernel];
    const outShape = [conv.x[0], conv.outputs, ...convSize(conv)];
    const [x, kernel, g, u, v] = [conv.x, kernelShape, outShape, conv.x, kernelShape].map((shape, i) => values(i, size(shape)));
    const tape = new Tape();
    const leaf = (shape: readonly number[], data: Float32Array): Tensor => tape.read(deviceTensor(gpu, shape, data));
    const [tx, tk, tg] = [leaf(conv.x, x), leaf(kernelShape, kernel), leaf(outShape, g)];
    const out = conv2d(tx, tk, { stride, padding });
    const [dx, dkernel] = gradients(out, [tx, tk], tg);
    const [ddx, ddkernel, ddg] = gradients(add(sum(mul(dx, leaf(conv.x, u))), sum(mul(dkernel, leaf(kernelShape, v)))), [tx, tk, tg]);
    const program = await compile(gpu, { out, dx, dkernel, ddx, ddkernel, ddg });
    program.run();
    const expected = {
      out: convolve(conv, x, kernel),
      dx: convolveBack(conv, g, kernel),
      dkernel: convolveKernel(conv, x, g),
      // <u, dx> = <g, conv(u, kernel)>, <v, dkernel> = <g, conv(x, v)>
      ddx: convolveBack(conv, g, v),
      ddkernel: convolveKernel(conv, u, g),
      ddg: convolve(conv, u, kernel).map((value, i) => value + convolve(conv, x, v)[i]),
    };
    for (const [name, tensor] of Object.entries(program.outputs)) expectClose(await tensor.read(), expected[name as keyof typeof expected], tolerance);
    expect(program.outputs.out.shape).toEqual(outShape);
  });
});
