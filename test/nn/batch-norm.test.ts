import { expect, it } from "vitest";
import { compile, deviceTensor, gradients, mul, sum, Tape, type Tensor } from "../../src/autodiff/index.ts";
import { foldIn, keyFromSeed, normal } from "../../src/math/key.ts";
import { batchNorm, batchNormInference } from "../../src/nn/batch-norm.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const key = keyFromSeed(21);
const values = (tag: number, count: number, scale = 1, shift = 0): Float32Array => Float32Array.from(normal(foldIn(key, tag), count), (v) => scale * v + shift);

/** y in float64, with the statistics of each channel. */
function normalise(x: ArrayLike<number>, [batch, channels, height, width]: readonly number[], scale: ArrayLike<number>, bias: ArrayLike<number>): { y: Float64Array; mean: number[]; variance: number[] } {
  const pixels = height * width;
  const y = new Float64Array(x.length);
  const statistics = Array.from({ length: channels }, (_, c) => {
    const at = Array.from({ length: batch * pixels }, (_, i) => (Math.floor(i / pixels) * channels + c) * pixels + (i % pixels));
    const mean = at.reduce((total, i) => total + x[i], 0) / at.length;
    const variance = at.reduce((total, i) => total + (x[i] - mean) ** 2, 0) / at.length;
    for (const i of at) y[i] = (scale[c] * (x[i] - mean)) / Math.sqrt(variance + 1e-5) + bias[c];
    return { mean, variance };
  });
  return { y, mean: statistics.map(({ mean }) => mean), variance: statistics.map(({ variance }) => variance) };
}

it("values, running statistics and gradients agree with float64", async () => {
  const gpu = await testDevice();
  const shape = [3, 5, 4, 3];
  const count = 180;
  const [x, scale, bias, g] = [values(1, count, 2, 3), values(2, 5), values(3, 5), values(4, count)];
  const [oldMean, oldVariance] = [values(5, 5), Float32Array.from(values(6, 5), Math.abs)];
  const tape = new Tape();
  const leaf = (size: readonly number[], data: Float32Array): Tensor => tape.read(deviceTensor(gpu, size, data));
  const [tx, ts, tb] = [leaf(shape, x), leaf([5], scale), leaf([5], bias)];
  const old = { mean: leaf([5], oldMean), variance: leaf([5], oldVariance) };
  const { y, running } = batchNorm(tx, ts, tb, old);
  const [dx, dscale, dbias] = gradients(sum(mul(y, leaf(shape, g))), [tx, ts, tb]);
  const program = await compile(gpu, { y, mean: running.mean, variance: running.variance, dx, dscale, dbias, used: batchNormInference(tx, ts, tb, old) });
  program.run();
  const { outputs } = program;

  const exact = normalise(x, shape, scale, bias);
  expectClose(await outputs.y.read(), exact.y, { rtol: 1e-5, atol: 1e-5 });
  expectClose(await outputs.mean.read(), exact.mean.map((mean, c) => 0.9 * oldMean[c] + 0.1 * mean), { rtol: 1e-6, atol: 1e-6 });
  // 36 values for each channel
  expectClose(await outputs.variance.read(), exact.variance.map((variance, c) => 0.9 * oldVariance[c] + (0.1 * variance * 36) / 35), { rtol: 1e-5 });
  const channel = (i: number): number => Math.floor(i / 12) % 5;
  expectClose(await outputs.used.read(), x.map((v, i) => (scale[channel(i)] * (v - oldMean[channel(i)])) / Math.sqrt(oldVariance[channel(i)] + 1e-5) + bias[channel(i)]), { rtol: 1e-5, atol: 2e-5 });

  const slopes = (inputs: Float64Array, loss: () => number): Float64Array => inputs.map((value, i) => {
    const at = (v: number): number => ((inputs[i] = v), loss());
    const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
    inputs[i] = value;
    return slope;
  });
  const [x64, scale64, bias64] = [x, scale, bias].map((data) => Float64Array.from(data));
  const loss = (): number => normalise(x64, shape, scale64, bias64).y.reduce((total, v, i) => total + v * g[i], 0);
  expectClose(await outputs.dx.read(), slopes(x64, loss), { rtol: 1e-4, atol: 1e-4 });
  expectClose(await outputs.dscale.read(), slopes(scale64, loss), { rtol: 1e-4, atol: 1e-4 });
  expectClose(await outputs.dbias.read(), slopes(bias64, loss), { rtol: 1e-4, atol: 1e-4 });
});

it("statistics of many pixels are summed in parts, and are right where their mean is far from zero", async () => {
  const gpu = await testDevice();
  const shape = [7, 2, 40, 37];
  const x = values(7, 7 * 2 * 40 * 37, 1, 100);
  const tape = new Tape();
  const leaf = (size: readonly number[], data: ArrayLike<number>): Tensor => tape.read(deviceTensor(gpu, size, data));
  const { y, running } = batchNorm(leaf(shape, x), leaf([2], [1, 2]), leaf([2], [0, 1]), { mean: leaf([2], [0, 0]), variance: leaf([2], [0, 0]) }, { momentum: 1 });
  const program = await compile(gpu, { y, mean: running.mean, variance: running.variance });
  // hardware joins both where they meet, and calls kernels after what they reduce
  const sums = program.kernels.join().split(gpu.software ? "partialSum" : "sum").length - 1;
  // on hardware the sums of parts are named alike
  if (gpu.software) expect(sums).toBe(2);
  else expect(sums).toBeGreaterThanOrEqual(2);
  program.run();
  const exact = normalise(x, shape, [1, 2], [0, 1]);
  expectClose(await program.outputs.mean.read(), exact.mean, { rtol: 1e-6 });
  expectClose(await program.outputs.variance.read(), exact.variance.map((variance) => (variance * 10_360) / 10_359), { rtol: 1e-4 });
  // x is rounded to 2^-18 near 100
  expectClose(await program.outputs.y.read(), exact.y, { rtol: 1e-4, atol: 1e-4 });
});

it("what does not fit is refused by name", async () => {
  const gpu = await testDevice();
  const tape = new Tape();
  const leaf = (...shape: number[]): Tensor => tape.read(deviceTensor(gpu, shape));
  const running = { mean: leaf(3), variance: leaf(3) };
  expect(() => batchNorm(leaf(2, 3, 4, 4), leaf(3), leaf(2), running)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [batchNorm] the bias is [2], x [2, 3, 4, 4]; give one value for each of its 3 channels.]`);
  expect(() => batchNorm(leaf(1, 3, 1, 1), leaf(3), leaf(3), running)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [batchNorm] x [1, 3, 1, 1] has one value for each channel, whose variance is unknown; train on larger batches.]`);
});
