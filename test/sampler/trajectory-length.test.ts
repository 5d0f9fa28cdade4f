import { describe, expect, it } from "vitest";
import { deviceTensor, matmul, mul, square, sum, type Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { evenShare, rescaledLength, startLength, updateLength } from "../../src/sampler/adaptation/trajectory-length.ts";
import { hmc, type HmcOptions } from "../../src/sampler/hmc.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

describe("how far trajectories go", () => {
  const n = 4000;
  /** Chains of two independent normal unknowns with these deviations after exact trajectories of a length: y' = y cos T + p sin T. */
  const exact = (length: number, scales: readonly number[]) => {
    const [y, p] = [normal(keyFromSeed(1), 2 * n), normal(keyFromSeed(2), 2 * n)];
    const of = (f: (i: number) => number): Float32Array => Float32Array.from({ length: 2 * n }, (_, i) => f(i));
    const scale = (i: number): number => scales[i % 2];
    return { before: of((i) => scale(i) * y[i]), proposed: of((i) => scale(i) * (y[i] * Math.cos(length) + p[i] * Math.sin(length))), momenta: of((i) => p[i] * Math.cos(length) - y[i] * Math.sin(length)), acceptance: new Float32Array(n).fill(0.9), share: 1 };
  };

  it("grows below a quarter of the orbit and shrinks beyond it, whatever the scales", () => {
    for (const scales of [[1, 1], [0.01, 50]]) {
      const variances = Float64Array.from(scales, (scale) => scale * scale);
      const learned = (length: number): number => updateLength(startLength(length), exact(length, scales), variances).logLength - Math.log(length);
      expect(learned(1.2)).toBeGreaterThan(0.02);
      expect(learned(1.9)).toBeLessThan(-0.02);
      let length = startLength(0.2);
      for (let t = 0; t < 300; t++) length = updateLength(length, exact(Math.exp(length.logLength), scales), variances);
      expectClose([Math.exp(length.logLength)], [Math.PI / 2], { rtol: 0.05 });
    }
  });

  it("stays where all trajectories went astray", () => {
    const length = startLength(1.2);
    const own = exact(1.2, [1, 1]);
    expect(updateLength(length, { ...own, acceptance: new Float32Array(n) }, Float64Array.of(1, 1))).toEqual(length);
    // and does not hear those that did
    const some = { ...own, acceptance: own.acceptance.map((share, i) => (i % 2 === 0 ? 0 : share)), proposed: own.proposed.map((value, i) => (Math.floor(i / 2) % 2 === 0 ? Number.NaN : value)) };
    expect(updateLength(length, some, Float64Array.of(1, 1)).logLength).toBeGreaterThan(length.logLength);
  });

  it("is as far in the space whose scales are another metric's", () => {
    expect(Math.exp(rescaledLength(startLength(3), Float64Array.of(1, 1), Float64Array.of(4, 9)).logLength)).toBeCloseTo(3 / Math.sqrt(6));
  });

  it("shares fill (0, 1) evenly", () => {
    expect(Array.from({ length: 7 }, (_, t) => evenShare(t))).toEqual([0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875]);
  });
});

describe("hmc that learns how far trajectories go", () => {
  const dim = 12;
  /** Orthonormal rows, by Gram and Schmidt. */
  const rotation = (() => {
    const rows: number[][] = [];
    for (let i = 0; i < dim; i++) {
      const row = Array.from(normal(keyFromSeed(9), dim, i));
      for (const other of rows) {
        const along = other.reduce((total, value, j) => total + value * row[j], 0);
        other.forEach((value, j) => (row[j] -= along * value));
      }
      const norm = Math.hypot(...row);
      rows.push(row.map((value) => value / norm));
    }
    return rows;
  })();
  const scales = Array.from({ length: dim }, (_, i) => 30 ** (i / (dim - 1)));
  /** Normal along rotated axes with deviations from 1 to 30, which no diagonal metric knows. */
  const logDensity = (x: Tensor): Tensor => {
    const { gpu } = x.source!;
    const upload = (shape: number[], values: number[]): Tensor => x.tape.read(deviceTensor(gpu, shape, values));
    return mul(-0.5, sum(square(mul(matmul(x, upload([dim, dim], rotation.flat()), { transB: true }), upload([dim], scales.map((scale) => 1 / scale)))), 1));
  };
  const run = async (leapfrogSteps: HmcOptions["leapfrogSteps"], more: Partial<HmcOptions> = {}) => hmc(await testDevice(), { logDensity, dim, chains: 64, warmup: 300, draws: 60, leapfrogSteps, seed: 2, ...more });

  it("finds trajectories as long as a density with scales far apart asks for, and several times as many effective draws a gradient", async () => {
    const [fixed, learned] = [await run(10), await run("adapt")];
    const effective = ({ diagnostics }: typeof fixed): number => Math.min(...Object.values(diagnostics.parameters).map(({ essBulk }) => essBulk));
    expect(learned.info.leapfrogSteps).toBeGreaterThan(25);
    // on average 7.5 of 10 steps, and half of those that were learned
    expect(effective(learned) / (learned.info.leapfrogSteps / 2)).toBeGreaterThan(3 * (effective(fixed) / 7.5));
    const variances = Array.from({ length: dim }, (_, i) => rotation.reduce((total, row, k) => total + (row[i] * scales[k]) ** 2, 0));
    Object.values(learned.diagnostics.parameters).forEach(({ standardDeviation, mean, mcseMean }, i) => {
      expectClose([standardDeviation], [Math.sqrt(variances[i])], { rtol: 0.08 });
      expectClose([mean], [0], { atol: 4.5 * mcseMean });
    });
  });

  it("gives the same bytes for the same seed, and takes no more steps than it may", async () => {
    const few = { warmup: 60, draws: 10 };
    const [a, b] = [await run("adapt", few), await run("adapt", few)];
    expect(a.toArviz()).toBe(b.toArviz());
    expect((await run("adapt", { ...few, mostLeapfrogSteps: 4 })).info.leapfrogSteps).toBe(4);
    await expect(run("adapt", { mostLeapfrogSteps: 0 })).rejects.toThrow("[hmc] expected mostLeapfrogSteps to be a whole number of at least 1, got 0.");
  });
});
