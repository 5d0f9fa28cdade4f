import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, Tape, type DeviceTensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

const data = (seed: number, count: number): Float32Array => Float32Array.from(normal(keyFromSeed(seed), count));

describe("kernels that do not need each other", () => {
  it("share a dispatch: two products with epilogues, a sum and an elementwise chain, each as by itself", async () => {
    const gpu = await testDevice();
    const [x, w, u, b] = [[1, 37 * 5], [2, 5 * 11], [3, 5 * 70], [4, 70]].map(([seed, count]) => data(seed, count));
    const record = (): Record<string, ad.Tensor> => {
      const tape = new Tape();
      const leaf = tape.read(deviceTensor(gpu, [37, 5], x));
      return {
        relu: ad.relu(ad.matmul(leaf, tape.read(deviceTensor(gpu, [5, 11], w)))),
        layer: ad.linear(leaf, tape.read(deviceTensor(gpu, [5, 70], u)), tape.read(deviceTensor(gpu, [70], b))),
        sum: ad.sum(leaf, 0),
        chain: ad.add(ad.exp(leaf), 1),
      };
    };
    const together = await compile(gpu, record());
    expect(together.dispatchCount).toBe(1);
    together.run();
    for (const name of ["relu", "layer", "sum", "chain"]) {
      const alone = await compile(gpu, { [name]: record()[name] });
      alone.run();
      expect(await together.outputs[name].read(), name).toEqual(await alone.outputs[name].read());
    }
    const product = Array.from({ length: 37 * 11 }, (_, i) => Math.max(0, [0, 1, 2, 3, 4].reduce((total, k) => total + x[Math.floor(i / 11) * 5 + k] * w[k * 11 + (i % 11)], 0)));
    expectClose(await together.outputs.relu.read(), product, { rtol: 1e-5, atol: 1e-6 });
  });

  it("wait for each other where they do, and leave no room unused: a chain of four products takes four dispatches with all their sums", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    let x = tape.read(deviceTensor(gpu, [9, 6], data(1, 54)));
    const outputs: Record<string, ad.Tensor> = {};
    for (let i = 0; i < 4; i++) {
      x = ad.matmul(x, tape.read(deviceTensor(gpu, [6, 6], data(2 + i, 36))));
      outputs[`sum${i}`] = ad.sum(x, 0);
    }
    // the last sum needs the last product
    expect((await compile(gpu, { ...outputs, x })).dispatchCount).toBe(5);
  });

  it("never bind more than the device allows, however many there are", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const limit = gpu.limits.maxStorageBuffersPerShaderStage;
    const outputs = Object.fromEntries(Array.from({ length: limit + 3 }, (_, i) => [`y${i}`, ad.mul(tape.read(deviceTensor(gpu, [5], [1, 2, 3, 4, 5])), i)]));
    const program = await compile(gpu, outputs);
    program.run();
    expect(program.dispatchCount).toBe(Math.ceil((2 * (limit + 3)) / limit));
    for (let i = 0; i < limit + 3; i++) expect(Array.from(await program.outputs[`y${i}`].read())).toEqual([1, 2, 3, 4, 5].map((v) => v * i));
  });

  it("read the views of one buffer through one binding", async () => {
    const gpu = await testDevice();
    const flat = deviceTensor(gpu, [64 * 24], Float32Array.from({ length: 64 * 24 }, (_, i) => i));
    const tape = new Tape();
    const views = Array.from({ length: 24 }, (_, i): DeviceTensor => flat.view(64 * i, [7]));
    const program = await compile(gpu, { total: views.map((view) => tape.read(view)).reduce((a, b) => ad.add(a, b)) });
    program.run();
    expect(program.dispatchCount).toBe(1);
    const expected = Array.from({ length: 7 }, (_, j) => Array.from({ length: 24 }, (_, i) => 64 * i + j).reduce((a, b) => a + b));
    expect(Array.from(await program.outputs.total.read())).toEqual(expected);
  });
});
