import { expect, it } from "vitest";
import { compile, deviceTensor, relu, Tape } from "../../src/autodiff/index.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { conv, convSpecs, convTranspose, convTransposeSpecs } from "../../src/nn/conv.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { convolve, convolveBack, type ConvCase } from "../autodiff/conv-oracle.ts";

it("kernels begin uniform within one over the root of what PyTorch counts as an output's inputs", async () => {
  const sizes = { inputs: 6, outputs: 4, kernel: [5, 3] } as const;
  const specs = [...convSpecs("a", sizes), ...convTransposeSpecs("b", sizes)];
  expect(specs.map(({ name, shape }) => [name, shape])).toEqual([["a/kernel", [4, 6, 5, 3]], ["a/bias", [4]], ["b/kernel", [6, 4, 5, 3]], ["b/bias", [4]]]);
  expect(specs.map(({ high }) => 1 / high ** 2)).toEqual([90, 90, 60, 60].map((fanIn) => expect.closeTo(fanIn, 9)));
});

it("bias and ReLU run in the kernels of a convolution and of its transpose", async () => {
  const gpu = await testDevice();
  const sizes: ConvCase = { x: [2, 3, 8, 6], outputs: 4, kernel: [4, 4], stride: [2, 2], padding: [1, 1] };
  const parameters = new Parameters(gpu, [...convSpecs("down", { inputs: 3, outputs: 4, kernel: [4, 4] }), ...convTransposeSpecs("up", { inputs: 4, outputs: 3, kernel: [4, 4] })]);
  parameters.initialise(keyFromSeed(4));
  const x = Float32Array.from({ length: 288 }, (_, i) => Math.sin(i));
  const tape = new Tape();
  const hidden = relu(conv(tape, parameters, "down", tape.read(deviceTensor(gpu, sizes.x, x)), { stride: 2, padding: 1 }));
  const out = convTranspose(tape, parameters, "up", hidden, { stride: 2, padding: 1 });
  const program = await compile(gpu, { hidden, out });
  expect(program.kernels.filter((name) => name.includes("conv"))).toEqual(["conv2d + relu", "convTranspose2d + add"]);
  program.run();
  const values = await parameters.read();
  const expected = convolve(sizes, x, values.get("down/kernel")!).map((v, i) => Math.max(0, v + values.get("down/bias")![Math.floor(i / 12) % 4]));
  expectClose(await program.outputs.hidden.read(), expected, { rtol: 1e-5, atol: 1e-6 });
  const spread = convolveBack(sizes, expected, values.get("up/kernel")!).map((v, i) => v + values.get("up/bias")![Math.floor(i / 48) % 3]);
  expectClose(await program.outputs.out.read(), spread, { rtol: 1e-5, atol: 1e-6 });
});
