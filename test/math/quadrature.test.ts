import { expect, it } from "vitest";
import { gaussLegendre } from "../../src/math/quadrature.ts";
import { normalQuantile } from "../../src/math/special.ts";
import { expectClose } from "../expect-close.ts";

it("Gauss and Legendre's rule is exact up to degree 2 n - 1, not beyond, and integrates a squared normal quantile to 1", () => {
  for (const n of [1, 2, 5, 16]) {
    const { places, weights } = gaussLegendre(n);
    const integral = (f: (x: number) => number): number => places.reduce((total, x, i) => total + weights[i] * f(x), 0);
    for (let degree = 0; degree < 2 * n; degree++) expectClose([integral((x) => x ** degree)], [1 / (degree + 1)], { rtol: 1e-12 });
    // x^n (1 - x)^n has degree 2 n
    if (n < 16) expect(Math.abs(integral((x) => (x * (1 - x)) ** n) - betaOf(n))).toBeGreaterThan(1e-8);
  }
  const { places, weights } = gaussLegendre(16);
  // ten times nearer than 16 equally probable values come
  const midpoints = Array.from({ length: 16 }, (_, i) => normalQuantile((i + 0.5) / 16) ** 2 / 16).reduce((a, b) => a + b);
  const ours = places.reduce((total, x, i) => total + weights[i] * normalQuantile(x) ** 2, 0);
  expect(Math.abs(ours - 1)).toBeLessThan(0.02);
  expect(Math.abs(midpoints - 1)).toBeGreaterThan(0.05);
});

/** Integral of x^n (1 - x)^n over [0, 1]: n! n! / (2 n + 1)! */
function betaOf(n: number): number {
  let value = 1 / (2 * n + 1);
  for (let k = 1; k <= n; k++) value *= k / (n + k);
  return value;
}
