import { describe, expect, it } from "vitest";
import { densityEstimate } from "../../src/math/density-estimate.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";

const integral = ({ x, density }: { x: Float64Array; density: Float64Array }): number =>
  density.reduce((total, value, i) => (i === 0 ? 0 : total + 0.5 * (value + density[i - 1]) * (x[i] - x[i - 1])), 0);

describe("density estimate", () => {
  it("comes near the normal density that the draws are from, and integrates to one", () => {
    const estimate = densityEstimate(normal(keyFromSeed(1), 20_000));
    expect(integral(estimate)).toBeCloseTo(1, 2);
    estimate.x.forEach((x, i) => expect(Math.abs(estimate.density[i] - Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI))).toBeLessThan(0.02));
  });

  it("keeps within a bound what the kernels would put beyond it", () => {
    const draws = Float64Array.from(normal(keyFromSeed(2), 20_000), Math.abs);
    const bounded = densityEstimate(draws, { from: 0 });
    expect(bounded.x[0]).toBe(0);
    expect(integral(bounded)).toBeCloseTo(1, 2);
    // the half-normal density at its edge; without the bound half of it is lost there
    const edge = 2 / Math.sqrt(2 * Math.PI);
    expect(Math.abs(bounded.density[0] - edge)).toBeLessThan(0.06);
    const { x, density } = densityEstimate(draws);
    expect(density[x.findIndex((at) => at >= 0)]).toBeLessThan(0.7 * edge);
  });

  it("has Silverman's bandwidth and the requested number of points", () => {
    const { x } = densityEstimate([0, 1, 2, 3, 4], { points: 11 });
    // sd 1.5811, IQR 2: 0.9 min(1.5811, 2 / 1.34) 5^(-1/5) = 0.9736
    const bandwidth = 0.9 * (2 / 1.34) * 5 ** -0.2;
    expect(x).toHaveLength(11);
    expect(x[0]).toBeCloseTo(-3 * bandwidth, 10);
    expect(x[10]).toBeCloseTo(4 + 3 * bandwidth, 10);
  });

  it("is finite where all draws are the same", () => {
    const { x, density } = densityEstimate([5, 5, 5]);
    expect([...x, ...density].every(Number.isFinite)).toBe(true);
    expect(Math.max(...density)).toBeGreaterThan(10);
  });
});
