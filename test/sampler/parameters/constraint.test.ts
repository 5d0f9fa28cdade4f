import { describe, expect, it } from "vitest";
import { compile, deviceTensor, Tape } from "../../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { interval, ordered, positive, real, simplex, type Parameter } from "../../../src/sampler/parameters/constraint.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";

const chains = 5;
const vectors = 2;

/** Each with the free numbers of one vector, and what holds of its values. */
const cases: Readonly<Record<string, { parameter: Parameter; free: number; length: number; holds: (x: readonly number[]) => boolean }>> = {
  real: { parameter: real([2, 3]), free: 3, length: 3, holds: () => true },
  positive: { parameter: positive([2, 3]), free: 3, length: 3, holds: (x) => x.every((one) => one > 0) },
  "above -2": { parameter: positive([2, 1], { lower: -2 }), free: 1, length: 1, holds: ([x]) => x > -2 },
  interval: { parameter: interval(-1, 3, [2, 2]), free: 2, length: 2, holds: (x) => x.every((one) => one > -1 && one < 3) },
  ordered: { parameter: ordered([2, 4]), free: 4, length: 4, holds: (x) => x.every((one, k) => k === 0 || one > x[k - 1]) },
  simplex: { parameter: simplex([2, 4]), free: 3, length: 4, holds: (x) => x.every((one) => one > 0) && Math.abs(x.reduce((a, b) => a + b, 0) - 1) < 1e-12 },
};

/** log |det J| of the first F values by differences in float64: J_ij = (x_i(u + h e_j) - x_i(u - h e_j)) / 2h, and elimination. */
function logJacobian(apply: (u: number[]) => number[], u: readonly number[]): number {
  const h = 1e-5;
  const columns = u.map((_, j) => {
    const [up, down] = [h, -h].map((step) => apply(u.map((one, k) => (k === j ? one + step : one))));
    return u.map((_, i) => (up[i] - down[i]) / (2 * h));
  });
  let log = 0;
  for (let k = 0; k < u.length; k++) {
    log += Math.log(Math.abs(columns[k][k]));
    for (let j = k + 1; j < u.length; j++) {
      const factor = columns[j][k] / columns[k][k];
      for (let i = k; i < u.length; i++) columns[j][i] -= factor * columns[k][i];
    }
  }
  return log;
}

describe("the way from free numbers to values", () => {
  for (const [name, { parameter: { shape, constraint }, free, length, holds }] of Object.entries(cases)) {
    it(`${name}: the same on the device as on the host, where the constraint holds, and its Jacobian is that of differences`, async () => {
      const gpu = await testDevice();
      const u = Float32Array.from(normal(keyFromSeed(7), chains * vectors * free), (one) => 1.5 * one);
      const tape = new Tape();
      const made = constraint.record(tape.read(deviceTensor(gpu, [chains, vectors, free], u)));
      const program = await compile(gpu, { x: made.x, logJacobian: made.logJacobian ?? tape.fill(0, [chains]) });
      program.run();
      expect([shape[shape.length - 1], constraint.free(length)]).toEqual([length, free]);
      const rows = Array.from({ length: chains * vectors }, (_, r) => Array.from(u.subarray(r * free, (r + 1) * free)));
      const values = rows.map((row) => constraint.apply(row));
      expect(values.every(holds)).toBe(true);
      expectClose(await program.outputs.x.read(), values.flat(), { rtol: 1e-5, atol: 1e-6 });
      const logs = rows.map((row) => logJacobian((v) => constraint.apply(v), row));
      expectClose(await program.outputs.logJacobian.read(), Array.from({ length: chains }, (_, n) => logs[vectors * n] + logs[vectors * n + 1]), { rtol: 1e-5, atol: 2e-5 });
    });
  }

  it("free numbers of 0 stand for equal entries, and the middle of an interval", () => {
    expectClose(simplex([4]).constraint.apply([0, 0, 0]), [0.25, 0.25, 0.25, 0.25], { atol: 1e-15 });
    expectClose(interval(2, 4).constraint.apply([0]), [3], { atol: 1e-15 });
  });

  it("what cannot be is refused", () => {
    expect(() => interval(1, 1)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [interval] expected two numbers, the first below the second, got 1 and 1.]`);
    expect(() => ordered([])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [ordered] expected a shape whose last axis has at least 1 entry, got [].]`);
    expect(() => simplex([2, 1])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [simplex] expected a shape whose last axis has at least 2 entries, got [2, 1].]`);
  });
});
