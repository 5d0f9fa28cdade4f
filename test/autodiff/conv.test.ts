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

describe("a convolution on the tape", () => {
  it("conv2d and convTranspose2d have the gradients of central differences, with numbers for both axes and output padding", async () => {
    const gpu = await testDevice();
    const down: ConvCase = { x: [1, 2, 6, 5], outputs: 3, kernel: [3, 3], stride: [2, 2], padding: [1, 1] };
    await checkOp(gpu, { shapes: [down.x, [3, 2, 3, 3]], build: ([x, kernel]) => conv2d(x, kernel, { stride: 2, padding: 1 }), oracle: ([x, kernel]) => convolve(down, x, kernel), atol: 1e-4 });
    await checkOp(gpu, {
      // [1, 3, 3, 3] to [1, 2, 6, 5]: output padding 1 below, 0 at the right
      shapes: [[1, 3, 3, 3], [3, 2, 3, 3]],
      build: ([g, kernel]) => convTranspose2d(g, kernel, { stride: [2, 2], padding: 1, outputPadding: [1, 0] }),
      oracle: ([g, kernel]) => convolveBack(down, g, kernel),
      atol: 1e-4,
    });
  });

  it("is adjoint to its transpose: <conv(x), y> = <x, convTranspose(y)> = <k, convKernelGradient(x, y)>", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const leaf = (tag: number, ...shape: number[]): Tensor => tape.read(deviceTensor(gpu, shape, values(tag, size(shape))));
    const [x, y, kernel] = [leaf(31, 2, 3, 14, 14), leaf(32, 2, 5, 7, 7), leaf(33, 5, 3, 5, 5)];
    const options = { stride: 2, padding: 2 };
    const products = [
      sum(mul(conv2d(x, kernel, options), y)),
      sum(mul(x, convTranspose2d(y, kernel, { ...options, outputPadding: 1 }))),
      sum(mul(kernel, convKernelGradient(x, y, { ...options, kernel: 5 }))),
    ];
    const program = await compile(gpu, { down: products[0], up: products[1], kernel: products[2] });
    program.run();
    const [down, up, gradient] = await Promise.all([program.outputs.down.read(), program.outputs.up.read(), program.outputs.kernel.read()]);
    // 490 products of sums of 75 standard normals' products: about 190, rounded at 1e-7 of the sum of absolute values, some 4000
    expectClose([up[0], gradient[0]], [down[0], down[0]], { atol: 4e-3 });
  });

  it("reads its operands where they stand: views, shared operands and results of other kernels", async () => {
    const gpu = await testDevice();
    const conv: ConvCase = { x: [2, 2, 3, 3], outputs: 2, kernel: [3, 3], stride: [1, 1], padding: [1, 1] };
    const [x, kernel] = [values(41, 36), values(42, 36)];
    const flat = deviceTensor(gpu, [256], [...x, ...new Float32Array(28), ...kernel, ...new Float32Array(156)]);
    const tape = new Tape();
    const [tx, tk] = [tape.read(flat.view(0, conv.x)), tape.read(flat.view(64, [2, 2, 3, 3]))];
    const program = await compile(gpu, {
      plain: conv2d(tx, tk, { padding: 1 }),
      twice: conv2d(relu(conv2d(square(tx), tk, { padding: 1 })), tk, { padding: 1 }),
      itself: conv2d(tx, reshape(tx, [2, 2, 3, 3]), { padding: 1 }),
    });
    program.run();
    const once = convolve(conv, x.map((v) => v * v), kernel).map((v) => Math.max(0, v));
    expectClose(await program.outputs.plain.read(), convolve(conv, x, kernel), tolerance);
    expectClose(await program.outputs.twice.read(), convolve(conv, once, kernel), { rtol: 1e-4, atol: 1e-4 });
    expectClose(await program.outputs.itself.read(), convolve(conv, x, x), tolerance);
  });

  it("the kernel's gradient over many images is summed in parts", async () => {
    const gpu = await testDevice();
    const conv: ConvCase = { x: [301, 2, 8, 8], outputs: 8, kernel: [5, 5], stride: [1, 1], padding: [2, 2] };
    const [x, g] = [values(51, size(conv.x)), values(52, 301 * 8 * 64)];
    const tape = new Tape();
    const program = await compile(gpu, { gradient: convKernelGradient(tape.read(deviceTensor(gpu, conv.x, x)), tape.read(deviceTensor(gpu, [301, 8, 8, 8], g)), { padding: 2, kernel: 5 }) });
    expect(program.kernels).toEqual(["convKernelParts", "transpose"]);
    program.run();
    // 19,264 products of standard normals: about 140
    expectClose(await program.outputs.gradient.read(), convolveKernel(conv, x, g), { rtol: 1e-5, atol: 1e-3 });
  });

  it("what does not fit is refused with the remedy", async () => {
    const tape = new Tape();
    const zeros = (...shape: number[]): Tensor => tape.fill(0, shape);
    expect(() => conv2d(zeros(2, 3, 8), zeros(4, 3, 3, 3))).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [conv2d] expected x [N, C, H, W] and kernel [O, C, kh, kw], got [2, 3, 8] and [4, 3, 3, 3]; reshape them.]`);
    expect(() => conv2d(zeros(2, 8, 8, 3), zeros(4, 3, 3, 3))).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [conv2d] x [2, 8, 8, 3] has 8 channels, the kernel [4, 3, 3, 3] takes 3; axis 1 of x must be the channels.]`);
    expect(() => conv2d(zeros(2, 3, 2, 5), zeros(4, 3, 5, 5), { padding: [0, 1] })).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [conv2d] a kernel of 5 x 5 is larger than x [2, 3, 2, 5] with padding [0, 1]; pad by at least [2, 1].]`);
    expect(() => conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), { stride: 0 })).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [conv2d] stride must be an integer from 1 on, or two as [y, x], got 0.]`);
    expect(() => convTranspose2d(zeros(2, 3, 8, 8), zeros(3, 4, 3, 3), { stride: 2, outputPadding: 2 })).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [convTranspose2d] output padding [2, 2] must be below the stride [2, 2]; make up for more by less padding.]`);
    expect(() => convTranspose2d(zeros(2, 3, 1, 1), zeros(3, 4, 3, 3), { padding: 2 })).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [convTranspose2d] x [2, 3, 1, 1] and kernel [3, 4, 3, 3] leave -1 x -1 pixels with padding [2, 2]; pad less.]`);
    expect(() => convKernelGradient(zeros(2, 3, 8, 8), zeros(2, 4, 8, 8), { kernel: 3 })).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [convKernelGradient] x [2, 3, 8, 8] under a kernel of 3 x 3 needs g [2, 4, 6, 6], got [2, 4, 8, 8]; give both the stride and padding of the convolution.]`);
  });
});
