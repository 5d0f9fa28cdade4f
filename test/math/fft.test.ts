import { describe, expect, it } from "vitest";
import { autocovariance, fft } from "../../src/math/fft.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";

describe("fft", () => {
  it("is the sum that defines it, at every power of two", () => {
    for (const n of [1, 2, 4, 32]) {
      const x = normal(keyFromSeed(n), n);
      const y = normal(keyFromSeed(n), n, 1);
      const [re, im] = [x.slice(), y.slice()];
      fft(re, im);
      for (let k = 0; k < n; k++) {
        let [sumRe, sumIm] = [0, 0];
        for (let t = 0; t < n; t++) {
          const angle = (-2 * Math.PI * k * t) / n;
          sumRe += x[t] * Math.cos(angle) - y[t] * Math.sin(angle);
          sumIm += x[t] * Math.sin(angle) + y[t] * Math.cos(angle);
        }
        expectClose([re[k], im[k]], [sumRe, sumIm], { atol: 1e-12 });
      }
    }
  });

  it("refuses other lengths", () => {
    expect(() => fft(new Float64Array(3), new Float64Array(3))).toThrow(/power-of-two length, got 3 and 3/);
  });
});

describe("autocovariance", () => {
  it("is the direct sum at every lag, for lengths that are no power of two", () => {
    for (const n of [1, 2, 7, 64, 101]) {
      const x = normal(keyFromSeed(n), n).map((v) => v + 100);
      const centre = x.reduce((a, b) => a + b) / n;
      const expected = Float64Array.from({ length: n }, (_, lag) => {
        let sum = 0;
        for (let t = 0; t + lag < n; t++) sum += (x[t] - centre) * (x[t + lag] - centre);
        return sum / n;
      });
      expectClose(autocovariance(x), expected, { atol: 1e-11 });
    }
    expect(autocovariance([])).toHaveLength(0);
  });
});
