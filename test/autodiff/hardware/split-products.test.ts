import { describe, expect, it } from "vitest";
import * as ad from "../../../src/autodiff/index.ts";
import { compile, deviceTensor, Tape } from "../../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { hardwareDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";

/** Passes have sums of their own. */
const inKernels = { passes: false };

const data = (count: number, seed: number): Float32Array => Float32Array.from(normal(keyFromSeed(seed), count));

describe("long sums for few results are divided: x^T g", () => {
  it.each([
    { batch: 1, rows: 1000, m: 33, n: 26, kernels: ["matmulParts", "sum"] },
    { batch: 1, rows: 3001, m: 17, n: 5, kernels: ["matmulParts", "sum"] },
    { batch: 3, rows: 1300, m: 12, n: 8, kernels: ["matmulParts", "sum"] },
    { batch: 1, rows: 127, m: 33, n: 26, kernels: ["matmul"] },
  ])("of $batch x [$rows, $m] and [$rows, $n] agrees with float64, twice with the same bytes", async ({ batch, rows, m, n, kernels }) => {
    const gpu = await hardwareDevice();
    const [x, g] = [data(batch * rows * m, 1), data(batch * rows * n, 2)];
    const lead = batch > 1 ? [batch] : [];
    const run = async (): Promise<Float32Array> => {
      const tape = new Tape();
      const read = (shape: number[], values: Float32Array): ad.Tensor => tape.read(deviceTensor(gpu, shape, values));
      const program = await compile(gpu, { y: ad.matmul(read([...lead, rows, m], x), read([...lead, rows, n], g), { transA: true }) }, inKernels);
      expect(program.kernels).toEqual(kernels);
      program.run();
      return (await program.outputs.y.read()) as Float32Array;
    };
    const expected = Float64Array.from({ length: batch * m * n }, (_, at) => {
      const [b, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
      let total = 0;
      for (let row = 0; row < rows; row++) total += x[(b * rows + row) * m + i] * g[(b * rows + row) * n + j];
      return total;
    });
    const got = await run();
    // a sum of independent products has the size of the root of their number
    expectClose(got, expected, { rtol: 1e-5, atol: 1e-6 * Math.sqrt(rows) });
    expect(await run()).toEqual(got);
  });

  it("what follows elementwise is computed with the sum of the parts", async () => {
    const gpu = await hardwareDevice();
    const tape = new Tape();
    const read = (shape: number[], seed: number): ad.Tensor => tape.read(deviceTensor(gpu, shape, data(shape[0] * shape[1], seed)));
    const product = ad.matmul(read([2000, 9], 1), read([2000, 7], 2), { transA: true });
    const program = await compile(gpu, { y: ad.mul(product, 1 / 2000) }, inKernels);
    const plain = await compile(gpu, { product }, inKernels);
    expect(program.dispatchCount).toBe(2);
    program.run();
    plain.run();
    expectClose(await program.outputs.y.read(), Array.from(await plain.outputs.product.read(), (value) => value / 2000), { rtol: 1e-6 });
  });
});
