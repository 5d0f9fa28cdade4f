import { describe, expect, it } from "vitest";
import { compile, deviceTensor, gradients, mul, sum, Tape, type DeviceTensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { recordEntropy } from "../../src/sampler/research/entropy.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { hostEntropy } from "./host-entropy.ts";

/** Entropies and their gradient, for a cotangent that is not all ones. */
async function estimate(samples: ArrayLike<number>, [rows, n, dim]: [number, number, number]) {
  const gpu = await testDevice();
  const tape = new Tape();
  const x = tape.read(deviceTensor(gpu, [rows, n, dim], Float32Array.from(samples)));
  const entropy = recordEntropy(x);
  const weights = tape.read(deviceTensor(gpu, [rows], Float32Array.from({ length: rows }, (_, i) => 1 + i)));
  const [gradient] = gradients(sum(mul(entropy, weights)), [x]);
  const program = await compile(gpu, { entropy, gradient });
  program.run();
  const read = (tensor: DeviceTensor): Promise<number[]> => tensor.read().then((values) => Array.from(values));
  const result = { entropy: await read(program.outputs.entropy), gradient: await read(program.outputs.gradient) };
  program.destroy();
  return result;
}

describe("entropy from nearest neighbours", () => {
  it("is that of Gaussians, 1/2 log((2 pi e)^K prod s^2), within the standard error over rows", async () => {
    const [rows, n, dim] = [60, 200, 2];
    const scale = [0.3, 5];
    const { entropy } = await estimate(normal(keyFromSeed(1), rows * n * dim).map((z, i) => z * scale[i % dim]), [rows, n, dim]);
    const expected = Math.log(2 * Math.PI * Math.E) + Math.log(scale[0]) + Math.log(scale[1]);
    const mean = entropy.reduce((a, b) => a + b) / rows;
    const sd = Math.sqrt(entropy.reduce((total, h) => total + (h - mean) ** 2, 0) / (rows - 1));
    // 60 rows: the standard error is about 0.01; the estimator's own bias at n = 200 is below it
    expectClose([mean], [expected], { atol: (4 * sd) / Math.sqrt(rows) });
    expect(sd / Math.sqrt(rows)).toBeLessThan(0.015);
  });

  it("and its gradient are those of the estimator in float64 and its central differences", async () => {
    const [rows, n, dim] = [2, 8, 3];
    const x = Array.from(normal(keyFromSeed(2), rows * n * dim).map(Math.fround));
    const { entropy, gradient } = await estimate(x, [rows, n, dim]);
    const row = (values: readonly number[], r: number): number => hostEntropy(values.slice(r * n * dim, (r + 1) * n * dim), n, dim);
    expectClose(entropy, [row(x, 0), row(x, 1)], { rtol: 1e-5, atol: 1e-5 });
    const numeric = x.map((_, at) => {
      const r = Math.floor(at / (n * dim));
      const moved = (by: number): number => (1 + r) * row(x.map((v, j) => (j === at ? v + by : v)), r);
      return (moved(1e-6) - moved(-1e-6)) / 2e-6;
    });
    expectClose(gradient, numeric, { rtol: 1e-4, atol: 1e-4 });
  });

  it("follows a change of scale exactly, however few the samples: sum_i x_id dH / dx_id = 1 in every dimension", async () => {
    const [rows, n, dim] = [4, 10, 15];
    const x = normal(keyFromSeed(3), rows * n * dim).map(Math.fround);
    const { gradient } = await estimate(x, [rows, n, dim]);
    const byScale = new Float64Array(rows * dim);
    x.forEach((value, at) => {
      const r = Math.floor(at / (n * dim));
      byScale[r * dim + (at % dim)] += (value * gradient[at]) / (1 + r);
    });
    expectClose(byScale, new Float64Array(rows * dim).fill(1), { atol: 1e-4 });
  });

  it("asks for enough samples", () => {
    expect(() => recordEntropy(new Tape().fill(0, [2, 4, 3]))).toThrowErrorMatchingInlineSnapshot(`[RangeError: [entropy] expected at least 5 samples a row, got 4; use more chains a row.]`);
  });
});
