import { describe, expect, it } from "vitest";
import { Histograms } from "../../src/acquisition/histograms.ts";
import { estimateInformation, informationOfCounts, millerMadowBias } from "../../src/acquisition/information.ts";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

/** Counts in float64, straight from the definition. */
function oracle(x: Float32Array, y: Float32Array[], levels: { x: number; y: number[] }, bins: number): number[] {
  const label = (values: ArrayLike<number>, count: number): number[] => {
    const all = Array.from(values);
    if (count > 1) return all;
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return all.map((v) => (high > low ? Math.min(bins - 1, Math.floor(((v - low) / (high - low)) * bins)) : 0));
  };
  const size = (count: number): number => (count === 1 ? bins : count);
  const xs = label(x, levels.x);
  const ys = y.map((values, p) => label(values, levels.y[p]));
  const cells = levels.y.map(size).reduce((a, b) => a * b, 1);
  const counts = new Array<number>(size(levels.x) * cells).fill(0);
  xs.forEach((a, s) => counts[a * cells + ys.reduce((cell, labels, p) => cell * size(levels.y[p]) + labels[s], 0)]++);
  return counts;
}

describe("histograms on the device", () => {
  // continuous, binary, four levels, constant; targets: continuous and three levels
  const [rows, draws] = [3, 257];
  const features = [1, 2, 4, 1];
  const targets = [1, 3];
  const n = normal(keyFromSeed(1), rows * draws * 4);
  const u = uniform(keyFromSeed(2), rows * draws * 4);
  const x = Float32Array.from({ length: rows * draws * 4 }, (_, i) => [n[i], Number(u[i] < 0.3), Math.floor(u[i] * 4), 2.5][i % 4]);
  const y = Float32Array.from({ length: rows * draws * 2 }, (_, i) => (i % 2 === 0 ? n[2 * i] + 0.5 * n[2 * i + 1] : Math.floor(3 * u[2 * i])));
  const column = (values: Float32Array, width: number, row: number, j: number): Float32Array => Float32Array.from({ length: draws }, (_, s) => values[(row * draws + s) * width + j]);

  it("count exactly what the definition counts, for mixed kinds, joint targets and every row's own range", async () => {
    const gpu = await testDevice();
    const histograms = await Histograms.create(gpu, deviceTensor(gpu, [rows, draws, 4], x), deviceTensor(gpu, [rows, draws, 2], y), { rows, draws, features, targets, bins: 5, groups: 7 });
    const counts = await histograms.count();
    for (let row = 0; row < rows; row++) {
      features.forEach((levels, d) => {
        const { groups, bins, cells } = counts[row][d];
        const total = Array.from({ length: bins * cells }, (_, c) => groups.reduce((sum, group) => sum + group[c], 0));
        expect(total, `row ${row}, feature ${d}`).toEqual(oracle(column(x, 4, row, d), [column(y, 2, row, 0), column(y, 2, row, 1)], { x: levels, y: targets }, 5));
        expect(groups.map((group) => group.reduce((a, b) => a + b, 0))).toEqual(Array.from({ length: 7 }, (_, g) => Math.floor(((g + 1) * draws) / 7) - Math.floor((g * draws) / 7)));
      });
    }
    histograms.destroy();
  });

  it("count again after the draws have changed", async () => {
    const gpu = await testDevice();
    const [a, b] = [deviceTensor(gpu, [1, 4, 1], [0, 0, 1, 1]), deviceTensor(gpu, [1, 4, 1], [0, 0, 1, 1])];
    const histograms = await Histograms.create(gpu, a, b, { rows: 1, draws: 4, features: [2], targets: [2], bins: 5, groups: 1 });
    expect(Array.from((await histograms.count())[0][0].groups[0])).toEqual([2, 0, 0, 2]);
    b.write([0, 1, 0, 1]);
    expect(Array.from((await histograms.count())[0][0].groups[0])).toEqual([1, 1, 1, 1]);
    histograms.destroy();
  });

  it("refuse targets with too many joint bins", async () => {
    const gpu = await testDevice();
    const tensor = deviceTensor(gpu, [1, 4, 3]);
    await expect(Histograms.create(gpu, tensor, tensor, { rows: 1, draws: 4, features: [1], targets: [50, 50, 2], bins: 5, groups: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: [mutual information] the targets have 5000 joint bins, more than 4096; use fewer bins or fewer targets.]`,
    );
  });

  it.each([0.3, 0.6, 0.9])("of a correlated Gaussian, rho %f, approach -log(1 - rho^2) / 2 from below, within standard errors", async (rho) => {
    // 5 rows as replications; with 30 bins of equal width the loss by binning is below 10 % at these rho
    const gpu = await testDevice();
    const [r, s, bins] = [5, 20_000, 30];
    const z = normal(keyFromSeed(3), 2 * r * s);
    const a = Float32Array.from({ length: r * s }, (_, i) => z[2 * i]);
    const b = Float32Array.from({ length: r * s }, (_, i) => rho * z[2 * i] + Math.sqrt(1 - rho * rho) * z[2 * i + 1]);
    const histograms = await Histograms.create(gpu, deviceTensor(gpu, [r, s, 1], a), deviceTensor(gpu, [r, s, 1], b), { rows: r, draws: s, features: [1], targets: [1], bins, groups: 20 });
    const exact = -0.5 * Math.log(1 - rho * rho);
    for (const [candidate] of await histograms.count()) {
      const { gain, standardError } = estimateInformation(candidate, { biasCorrection: true });
      expect(gain).toBeLessThanOrEqual(exact + 4 * standardError);
      expect(gain).toBeGreaterThanOrEqual(0.9 * exact - 4 * standardError);
    }
    histograms.destroy();
  });

  it("of a noisy channel give log 2 - H(error), exactly within standard errors, and 0 of an independent bit after correction", async () => {
    const gpu = await testDevice();
    const [s, error] = [20_000, 0.1];
    const v = uniform(keyFromSeed(4), 3 * s);
    const sent = Float32Array.from({ length: 2 * s }, (_, i) => Number(v[i % 2 === 0 ? i / 2 : s + (i - 1) / 2] < 0.5));
    const received = Float32Array.from({ length: s }, (_, i) => (v[2 * s + i] < error ? 1 - sent[2 * i] : sent[2 * i]));
    const histograms = await Histograms.create(gpu, deviceTensor(gpu, [1, s, 2], sent), deviceTensor(gpu, [1, s, 1], received), { rows: 1, draws: s, features: [2, 2], targets: [2], bins: 5, groups: 20 });
    const [[channel, independent]] = await histograms.count();
    const exact = Math.log(2) + error * Math.log(error) + (1 - error) * Math.log(1 - error);
    const estimate = estimateInformation(channel, { biasCorrection: true });
    expect(Math.abs(estimate.gain - exact)).toBeLessThanOrEqual(4 * estimate.standardError);
    expect(estimate.standardError).toBeLessThan(0.01);
    expect(Math.abs(estimateInformation(independent, { biasCorrection: true }).gain)).toBeLessThan(2e-4);
    histograms.destroy();
  });
});

describe("information of counts", () => {
  it("is 0 for independent counts and the entropy for a copy", () => {
    expectClose([informationOfCounts([4, 8, 2, 4], 2, 2), informationOfCounts([3, 0, 0, 5], 2, 2)], [0, -(3 / 8) * Math.log(3 / 8) - (5 / 8) * Math.log(5 / 8)], { atol: 1e-12 });
  });

  it("is biased upwards by (cells - rows - columns + 1) / 2n on average, which Miller and Madow take off", () => {
    // 400 tables of two independent variables with 4 and 5 levels, 200 draws each
    const u = uniform(keyFromSeed(5), 400 * 400);
    let raw = 0;
    let corrected = 0;
    for (let t = 0; t < 400; t++) {
      const counts = new Float64Array(20);
      for (let s = 0; s < 200; s++) counts[Math.floor(4 * u[400 * t + 2 * s]) * 5 + Math.floor(5 * u[400 * t + 2 * s + 1])]++;
      raw += informationOfCounts(counts, 4, 5) / 400;
      corrected += (informationOfCounts(counts, 4, 5) - millerMadowBias(counts, 4, 5)) / 400;
    }
    // 12 degrees of freedom: mean 12 / 400 = 0.03, standard error of the mean of 400 tables sqrt(24) / 400 / 20 = 0.0006
    expect(Math.abs(raw - 0.03)).toBeLessThan(0.0025);
    expect(Math.abs(corrected)).toBeLessThan(0.0025);
  });

  it("has a jackknife error that matches the spread over repetitions", () => {
    const u = uniform(keyFromSeed(6), 300 * 2000);
    const estimates = Array.from({ length: 300 }, (_, t) => {
      const groups = Array.from({ length: 20 }, () => new Uint32Array(4));
      for (let s = 0; s < 1000; s++) {
        const a = Number(u[2000 * t + 2 * s] < 0.5);
        const b = u[2000 * t + 2 * s + 1] < 0.2 ? 1 - a : a;
        groups[Math.floor(s / 50)][2 * a + b]++;
      }
      return estimateInformation({ bins: 2, cells: 2, groups });
    });
    const mean = estimates.reduce((total, { gain }) => total + gain, 0) / 300;
    const spread = Math.sqrt(estimates.reduce((total, { gain }) => total + (gain - mean) ** 2, 0) / 299);
    const error = estimates.reduce((total, { standardError }) => total + standardError, 0) / 300;
    expect(error / spread).toBeGreaterThan(0.85);
    expect(error / spread).toBeLessThan(1.15);
  });
});
