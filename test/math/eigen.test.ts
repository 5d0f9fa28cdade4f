import { expect, it } from "vitest";
import { symmetricEigen } from "../../src/math/eigen.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";

it("finds what a matrix was put together from: [[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, -1)", () => {
  const { values, vectors } = symmetricEigen([2, 1, 1, 2], 2);
  expectClose(values, [3, 1], { rtol: 1e-14 });
  expectClose(Array.from(vectors, Math.abs), new Array<number>(4).fill(Math.SQRT1_2), { rtol: 1e-14 });
  expect(vectors[2] * vectors[3]).toBeLessThan(0);
});

it.each([1, 3, 15])("V' diag(w) V is the matrix again, V is orthonormal, w falls: %i rows", (n) => {
  const b = normal(keyFromSeed(n), n * n);
  const matrix = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Array.from({ length: n }, (_, k) => b[i * n + k] * b[j * n + k]).reduce((x, y) => x + y);
  });
  const { values, vectors } = symmetricEigen(matrix, n);
  const product = (weight: (k: number) => number) => Float64Array.from({ length: n * n }, (_, at) => Array.from({ length: n }, (_, k) => weight(k) * vectors[k * n + Math.floor(at / n)] * vectors[k * n + (at % n)]).reduce((x, y) => x + y));
  expectClose(product((k) => values[k]), matrix, { rtol: 1e-11, atol: 1e-11 });
  expectClose(product(() => 1), Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)), { rtol: 1e-12, atol: 1e-12 });
  for (let k = 1; k < n; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1]);
});

it("takes equal eigenvalues, zeros and a diagonal as they are", () => {
  expect(symmetricEigen([0, 0, 0, 0], 2)).toEqual({ values: new Float64Array(2), vectors: Float64Array.from([1, 0, 0, 1]) });
  expect(symmetricEigen([1, 0, 0, 0, 4, 0, 0, 0, 4], 3).values).toEqual(Float64Array.from([4, 4, 1]));
});
