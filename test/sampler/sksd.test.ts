import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { readSafetensors } from "../../src/nn/safetensors.ts";
import { compileSksd } from "../../src/sampler/adaptation/sksd.ts";
import { hardwareDevice, testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { hostSksd, medianBandwidths } from "./reference-sksd.ts";
import { itShared } from "../shared.ts";

const axes = (dim: number): number[][] => Array.from({ length: dim }, (_, j) => Array.from({ length: dim }, (_, k) => (j === k ? 1 : 0)));

interface Case {
  rows: number;
  samples: number;
  dim: number;
  slices?: number[][];
  weights?: number[];
}

/** Device and float64 results for normal samples whose scores are those of another density. */
async function check({ rows, samples, dim, slices, weights = new Array<number>(rows).fill(1) }: Case, device = testDevice()): Promise<Float32Array> {
  const gpu = await device;
  const count = rows * samples * dim;
  const a = Float32Array.from(normal(keyFromSeed(1), count), (x, i) => x * (0.5 + (i % dim)));
  const q = Float32Array.from(normal(keyFromSeed(2), count), (noise, i) => -0.7 * a[i] + 0.2 * noise + 0.1);
  const sksd = await compileSksd(gpu, {
    rows, samples, dim,
    positions: deviceTensor(gpu, [rows * samples, dim], a),
    scores: deviceTensor(gpu, [rows, samples, dim], q),
    rowWeights: deviceTensor(gpu, [rows], weights),
    slices: slices && deviceTensor(gpu, [dim, dim], slices.flat()),
  });
  sksd.run();

  const g = (slices ?? axes(dim)).map((slice) => slice.map(Math.fround));
  const total = weights.reduce((x, y) => x + y, 0);
  const expected = { value: 0, rows: [] as number[], gradient: [] as number[] };
  for (let b = 0; b < rows; b++) {
    const rowOf = (x: Float32Array): number[][] => Array.from({ length: samples }, (_, i) => Array.from(x.subarray((b * samples + i) * dim, (b * samples + i + 1) * dim)));
    const [x, scores] = [rowOf(a), rowOf(q)];
    const value = hostSksd(x, scores, g);
    const share = total > 0 ? weights[b] / total : 0;
    expected.rows.push(share > 0 ? value : 0);
    expected.value += share * value;
    const constant = medianBandwidths(x, g);
    for (const point of x) {
      for (let k = 0; k < dim; k++) {
        const [before, h] = [point[k], 1e-5];
        point[k] = before + h;
        const up = hostSksd(x, scores, g, constant);
        point[k] = before - h;
        const down = hostSksd(x, scores, g, constant);
        point[k] = before;
        expected.gradient.push((share * (up - down)) / (2 * h));
      }
    }
  }
  expectClose(await sksd.value.read(), [expected.value], { rtol: 1e-5, atol: 1e-6 });
  expectClose(await sksd.rowValues.read(), expected.rows, { rtol: 1e-5, atol: 1e-6 });
  const gradient = (await sksd.gradient.read()) as Float32Array;
  expectClose(gradient, expected.gradient, { rtol: 1e-4, atol: 2e-6 });
  return gradient;
}

describe("sliced kernelised Stein discrepancy", () => {
  for (const samples of [2, 3, 17, 30, 64]) {
    it(`${samples} samples a row: value and gradient are those of the float64 formula and its central differences`, async () => {
      await check({ rows: 3, samples, dim: 4 });
    });
  }

  it.each([2, 63, 65, 127])("%i samples a row: the kernel for hardware finds the same bandwidths, bit by bit", async (samples) => {
    const wanted = { rows: 2, samples, dim: 3 };
    expect(await check(wanted, hardwareDevice())).toEqual(await check(wanted));
  });

  it("the kernel for hardware weights rows as the other does", async () => {
    const weights = Array.from({ length: 70 }, (_, i) => (i % 3 === 0 ? 0 : i));
    await check({ rows: 70, samples: 4, dim: 2, weights }, hardwareDevice());
  });

  it("given slices: other unit vectors than the axes", async () => {
    const slices = axes(3).map((axis, j) => {
      const vector = axis.map((v, k) => v + 0.3 * (j - k) + 0.1);
      const length = Math.hypot(...vector);
      return vector.map((v) => v / length);
    });
    await check({ rows: 5, samples: 12, dim: 3, slices });
  });

  it("rows with weight 0 do not count, other weights do", async () => {
    await check({ rows: 4, samples: 9, dim: 2, weights: [1, 0, 2, 0.5] });
  });

  it("no row with any weight gives 0", async () => {
    await check({ rows: 2, samples: 5, dim: 2, weights: [0, 0] });
  });

  it("is near zero for samples of the density itself and grows with their spread", async () => {
    const gpu = await testDevice();
    const [rows, samples, dim] = [50, 60, 1];
    const base = normal(keyFromSeed(3), rows * samples);
    const values = [];
    for (const spread of [1, 1.5, 2]) {
      const a = Float32Array.from(base, (x) => x * spread);
      const sksd = await compileSksd(gpu, { rows, samples, dim, positions: deviceTensor(gpu, [rows, samples, dim], a), scores: deviceTensor(gpu, [rows, samples, dim], a.map((x) => -x)) });
      sksd.run();
      // without the pairs of a sample with itself it is unbiased: those add (mean q^2 + mean 2 / c) / n
      values.push((await sksd.value.read())[0]);
    }
    expect(values[0]).toBeLessThan(0.1);
    expect(values[1]).toBeGreaterThan(2 * values[0]);
    expect(values[2]).toBeGreaterThan(2 * values[1]);
  });

  itShared("agrees with the reference implementation on 4 sets of 30 samples, to 1e-4 of the largest value", async () => {
    const gpu = await testDevice();
    const { tensors } = readSafetensors(readFileSync(new URL("../../../shared/reference/boston-hhvaem.safetensors", import.meta.url)));
    const read = (name: string): Float32Array => tensors.get(name)!.data as Float32Array;
    const [rows, samples, dim] = tensors.get("in/sksd/samples")!.shape;
    const sksd = await compileSksd(gpu, {
      rows, samples, dim,
      positions: deviceTensor(gpu, [rows, samples, dim], read("in/sksd/samples")),
      scores: deviceTensor(gpu, [rows, samples, dim], read("in/sksd/scores")),
    });
    sksd.run();
    const within = (got: Float32Array, expected: Float32Array): void => expectClose(got, expected, { atol: 1e-4 * Math.max(...expected.map(Math.abs)) });
    within(await sksd.rowValues.read(), read("out/sksd/value"));
    // theirs is each set's own gradient, ours that of the mean
    within((await sksd.gradient.read()).map((v) => v * rows), read("out/sksd/grad_samples"));
  });

  it("refuses arrays of another size", async () => {
    const gpu = await testDevice();
    const of = (...shape: number[]) => deviceTensor(gpu, shape);
    await expect(compileSksd(gpu, { rows: 2, samples: 3, dim: 4, positions: of(2, 3, 4), scores: of(2, 3, 5) })).rejects.toThrowErrorMatchingInlineSnapshot(`[ShapeError: [sksd] expected scores of the shape [2, 3, 4], got [2, 3, 5].]`);
    await expect(compileSksd(gpu, { rows: 2, samples: 1, dim: 4, positions: of(2, 1, 4), scores: of(2, 1, 4) })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [sksd] expected 2 to 1024 samples a row, got 1; use fewer chains a row.]`);
  });
});
