import { describe, expect, it } from "vitest";
import { regularisedBeta, signedRankTwoSided, studentQuantile, studentTwoSided } from "../../src/math/student-t.ts";

describe("Student's t", () => {
  it("gives the tables' two-sided 5 % points, the Cauchy distribution at 1 and the normal one at many degrees of freedom", () => {
    for (const [t, n] of [[12.7062, 1], [4.30265, 2], [2.57058, 5], [2.22814, 10], [2.04227, 30]]) expect(studentTwoSided(t, n)).toBeCloseTo(0.05, 5);
    expect(studentTwoSided(1, 1)).toBeCloseTo(0.5, 10);
    expect(studentTwoSided(1.959964, 1e7)).toBeCloseTo(0.05, 5);
    expect(studentTwoSided(0, 3)).toBe(1);
    expect(studentTwoSided(Number.NaN, 3)).toBeNaN();
    expect(studentTwoSided(1, 0)).toBeNaN();
  });

  it("has the quantiles that R's qt gives, from half a degree of freedom to infinitely many", () => {
    // qt(0.975, n), qt(0.9995, n), qt(0.6, n) in R 4.2
    const facts = [
      [0.5, 164.557673480494, 411396.462526407, 0.397975426784782], [1, 12.7062047361747, 636.61924876879, 0.324919696232906], [2.3, 3.80716320823213, 22.038115753804, 0.283965712898273],
      [30.7, 2.04032153781214, 3.63711387351782, 0.25555362427314], [5000, 1.96043855170651, 3.29247372337088, 0.253360583969232], [99_999, 1.95998770777184, 3.29062403238495, 0.25334777716392],
      [200_000, 1.95997584596677, 3.29057538079857, 0.253347440146223], [Infinity, 1.95996398454005, 3.29052673149193, 0.2533471031358],
    ];
    for (const [n, ...expected] of facts) [0.975, 0.9995, 0.6].forEach((p, i) => expect(Math.abs(studentQuantile(p, n) / expected[i] - 1), `${p} at ${n}`).toBeLessThan(1e-9));
    expect(studentQuantile(0.025, 7)).toBe(-studentQuantile(0.975, 7));
    expect([studentQuantile(0.5, 3), studentQuantile(0, 3), studentQuantile(1, 3), studentQuantile(1.1, 3), studentQuantile(0.9, 0)]).toEqual([0, -Infinity, Infinity, Number.NaN, Number.NaN]);
  });

  it("rests on a beta function that is x^a for b = 1 and symmetric", () => {
    expect(regularisedBeta(0.3, 2.5, 1)).toBeCloseTo(0.3 ** 2.5, 10);
    expect(regularisedBeta(0.3, 2, 5) + regularisedBeta(0.7, 5, 2)).toBeCloseTo(1, 12);
  });
});

describe("Wilcoxon's signed ranks", () => {
  it("counts all signs: 2 / 2^n where all differences agree, 1 where they cancel, ties sharing ranks", () => {
    expect(signedRankTwoSided([1, 2, 3, 4, 5])).toBeCloseTo(2 / 32, 12);
    expect(signedRankTwoSided([-1, -2, -3, -4, -5, 0])).toBeCloseTo(2 / 32, 12);
    expect(signedRankTwoSided([1, -1])).toBe(1);
    // ranks 1.5, 1.5, 3: sums at most 1.5 in 3 of 8 ways
    expect(signedRankTwoSided([1, -1, 2])).toBeCloseTo(0.75, 12);
    expect(signedRankTwoSided([0, 0])).toBeNaN();
  });
});
