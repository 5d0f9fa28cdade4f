import { describe, expect, it } from "vitest";
import { regularisedBeta, signedRankTwoSided, studentTwoSided } from "../../src/math/student-t.ts";

describe("Student's t", () => {
  it("gives the tables' two-sided 5 % points, the Cauchy distribution at 1 and the normal one at many degrees of freedom", () => {
    for (const [t, n] of [[12.7062, 1], [4.30265, 2], [2.57058, 5], [2.22814, 10], [2.04227, 30]]) expect(studentTwoSided(t, n)).toBeCloseTo(0.05, 5);
    expect(studentTwoSided(1, 1)).toBeCloseTo(0.5, 10);
    expect(studentTwoSided(1.959964, 1e7)).toBeCloseTo(0.05, 5);
    expect(studentTwoSided(0, 3)).toBe(1);
    expect(studentTwoSided(Number.NaN, 3)).toBeNaN();
    expect(studentTwoSided(1, 0)).toBeNaN();
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
