import { describe, expect, it } from "vitest";
import { digamma, erf, erfc, logAddExp, logGamma, logMeanExp, logSumExp, normalCdf, normalQuantile, sigmoid, softplus } from "../../src/math/special.ts";
import { expectClose } from "../expect-close.ts";

const EULER_GAMMA = 0.5772156649015329;

describe("sums in log space", () => {
  it("neither overflow nor underflow", () => {
    expectClose([logSumExp([1000, 1000]), logSumExp([-1000, -1001])], [1000 + Math.LN2, -1000 + Math.log1p(Math.exp(-1))], { rtol: 1e-15 });
    expectClose([logMeanExp([3, 3, 3, 3]), logMeanExp([0, Math.log(3)])], [3, Math.LN2], { rtol: 1e-15 });
    expectClose([logAddExp(-800, -801)], [logSumExp([-800, -801])], { rtol: 1e-15 });
  });

  it("take infinities, and let NaN through", () => {
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([-Infinity, 2])).toBe(2);
    expect(logSumExp([Infinity, 2])).toBe(Infinity);
    expect(logSumExp([NaN, Infinity])).toBeNaN();
    expect(logAddExp(-Infinity, -Infinity)).toBe(-Infinity);
  });

  it("softplus and sigmoid hold in both tails", () => {
    expectClose([softplus(800), softplus(-700), softplus(0)], [800, Math.exp(-700), Math.LN2], { rtol: 1e-14 });
    expectClose([sigmoid(800), sigmoid(-700), sigmoid(0)], [1, Math.exp(-700), 0.5], { rtol: 1e-14 });
  });
});

describe("erf and the normal distribution", () => {
  it("agree with tables (DLMF 7, 16 digits)", () => {
    expectClose([erf(0.5), erf(1), erf(-2), erf(3)], [0.5204998778130465, 0.8427007929497149, -0.9953222650189527, 0.9999779095030014], { rtol: 1e-15 });
    expectClose([erfc(2), erfc(5), erfc(10), erfc(20)], [4.677734981047266e-3, 1.5374597944280349e-12, 2.088487583762545e-45, 5.395865611607901e-176], {
      rtol: 2e-13,
    });
    expectClose([normalCdf(-1.959963984540054), normalCdf(0), normalCdf(8)], [0.025, 0.5, 1], { rtol: 1e-14 });
  });

  it("erf's derivative is 2/sqrt(pi) exp(-x^2), also where the series meets the continued fraction", () => {
    for (const x of [0.01, 0.7, 1.3, 2, 2.0001, 3.1]) {
      const h = 1e-5;
      const slope = (erfc(x - h) - erfc(x + h)) / (2 * h);
      expectClose([slope], [(2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)], { rtol: 1e-8, atol: 1e-10 });
    }
  });

  it("the quantile inverts the distribution function from 1e-300 to 1 - 1e-15", () => {
    const p = [1e-300, 1e-100, 1e-20, 1e-5, 0.01, 0.02425, 0.3, 0.5, 0.7, 0.999];
    expectClose(p.map((value) => normalCdf(normalQuantile(value))), p, { rtol: 1e-11 });
    expectClose([normalQuantile(0.975), normalQuantile(1 - 1e-15)], [1.959963984540054, 7.94144448741598], { rtol: 1e-13 });
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(1.5), normalQuantile(NaN)]).toEqual([-Infinity, Infinity, NaN, NaN]);
  });
});

describe("the gamma function", () => {
  it("logGamma gives factorials, half-integers and the reflection", () => {
    expectClose([1, 2, 5, 11, 13].map(logGamma), [1, 1, 24, 3628800, 479001600].map(Math.log), { rtol: 1e-14, atol: 5e-15 });
    expectClose([0.5, 1.5, -0.5].map(logGamma), [Math.sqrt(Math.PI), Math.sqrt(Math.PI) / 2, 2 * Math.sqrt(Math.PI)].map(Math.log), { rtol: 1e-13 });
    expectClose([logGamma(1e6 + 1) - logGamma(1e6)], [Math.log(1e6)], { atol: 5e-9 });
    expect([0, -3].map(logGamma)).toEqual([Infinity, Infinity]);
  });

  it("digamma gives its known values and is logGamma's derivative", () => {
    expectClose([digamma(1), digamma(0.5), digamma(2), digamma(-0.5)], [-EULER_GAMMA, -EULER_GAMMA - 2 * Math.LN2, 1 - EULER_GAMMA, 2 - EULER_GAMMA - 2 * Math.LN2], {
      rtol: 1e-13,
    });
    for (const x of [0.3, 3.7, 25]) expectClose([(logGamma(x + 1e-5) - logGamma(x - 1e-5)) / 2e-5], [digamma(x)], { rtol: 1e-8 });
    expect(digamma(-2)).toBeNaN();
  });
});
