import { describe, expect, it } from "vitest";
import { expectClose } from "../expect-close.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { leastSquares } from "../../src/math/least-squares.ts";
import { pool, type Estimate } from "../../src/math/pooling.ts";

const five: readonly Estimate[] = [[0.42, 0.021], [0.61, 0.025], [0.37, 0.019], [0.55, 0.022], [0.48, 0.024]].map(([estimate, variance]) => ({ estimate, variance }));

/** lm(chl ~ age + bmi) on five completions of mice's nhanes by mice(nhanes, m = 5, seed = 1), mice 3.15 in R 4.2: estimates and standard errors. */
const nhanes = {
  age: [[23.98071933321136, 7.63466735564131], [35.52863805588033, 8.6102664238604], [41.8406899996456, 9.05096267454743], [31.4473714578122, 8.76328177486913], [21.57121425091871, 8.91634312624878]],
  bmi: [[5.07774903489233, 1.7009259026806], [8.91353915403548, 1.67242004317507], [5.34256317903931, 1.55124347552207], [5.95755187153023, 1.77936150416099], [4.39507994070970, 2.01812193954664]],
};
const squared = (values: readonly (readonly number[])[]): Estimate[] => values.map(([estimate, error]) => ({ estimate, variance: error ** 2 }));

describe("pooling by Rubin's rules", () => {
  it("gives what mice's pool.scalar gives, for infinitely many degrees of freedom and for 27 of complete data", () => {
    // pool.scalar(Q, U, n = Inf, k = 3) and n = 30
    const large = pool(five);
    expectClose([large.estimate, large.within, large.between, large.total], [0.486, 0.0222, 0.00933, 0.033396], { rtol: 1e-12 });
    expectClose([large.df, large.increase, large.missingInformation], [35.589600787603281, 0.504324324324324, 0.369702031433632], { rtol: 1e-12 });
    const small = pool(five, { completeDf: 27 });
    expectClose([small.df, small.increase, small.missingInformation], [11.390364222616691, 0.504324324324324, 0.427637978532864], { rtol: 1e-12 });
  });

  it("gives what mice's pool and summary give for the regression on nhanes, by tables of 22 degrees of freedom", () => {
    const age = pool(squared(nhanes.age), { completeDf: 22 });
    expectClose([age.estimate, age.standardError, age.statistic, age.df, age.p], [30.87372661949364, 12.53095209300871, 2.463797354769137, 5.73613682457585, 0.0507107421625651], { rtol: 1e-9 });
    expectClose([age.lower, age.upper], [-0.133575862749964, 61.8810291017372], { rtol: 1e-9, atol: 1e-8 });
    expectClose([age.increase, age.lambda, age.missingInformation], [1.11828619821526, 0.527920258913768, 0.635995430025606], { rtol: 1e-9 });
    const bmi = pool(squared(nhanes.bmi), { completeDf: 22, level: 0.9 });
    expectClose([bmi.lower, bmi.upper, bmi.p], [0.788748991624415, 11.0858442804584, 0.0670272460449574], { rtol: 1e-9 });
  });

  it("degrees of freedom are never above those of complete data, and those where all tables agree are just below", () => {
    expect(pool(five, { completeDf: 5 }).df).toBeLessThan(5);
    const same = Array<Estimate>(4).fill({ estimate: 1, variance: 0.04 });
    // nu_obs = (nu + 1) / (nu + 3) nu
    expectClose([pool(same, { completeDf: 20 }).df], [(21 / 23) * 20], { rtol: 1e-12 });
    const normalLaw = pool(same);
    expect(normalLaw.df).toBe(Infinity);
    expectClose([normalLaw.lower, normalLaw.upper, normalLaw.p], [1 - 1.959963984540054 * 0.2, 1 + 1.959963984540054 * 0.2, 5.733031437583866e-7], { rtol: 1e-10 });
    expect([normalLaw.missingInformation, normalLaw.lambda, normalLaw.increase]).toEqual([0, 0, 0]);
  });

  it("refuses one table, variances that are none and levels that are none", () => {
    expect(() => pool(five.slice(0, 1))).toThrow("[pool] expected the estimates of at least two completed tables, got 1");
    expect(() => pool([...five, { estimate: 1, variance: 0 }])).toThrow("[pool] expected a variance that is a finite number above 0, got 0.");
    expect(() => pool([...five, { estimate: Number.NaN, variance: 1 }])).toThrow("[pool] expected an estimate that is a finite number, got NaN.");
    expect(() => pool(five, { completeDf: 0 })).toThrow("[pool] expected degrees of freedom above 0, got 0.");
    expect(() => pool(five, { level: 95 })).toThrow("[pool] expected a level between 0 and 1, such as 0.95, got 95.");
  });

  it("intervals hold the truth as often as they promise where draws of the missing values are proper, in small samples too", () => {
    // 20 values of N(0, 1), eight of them missing; completions draw the variance, the mean and then the values (Rubin 1987, example 4.1); 2,000 data sets
    const [sets, n, seen, m] = [2000, 20, 12, 10];
    let held = 0;
    for (let set = 0; set < sets; set++) {
      const key = foldIn(keyFromSeed(11), set);
      const known = Array.from(normal(foldIn(key, 1), seen));
      const centre = known.reduce((a, b) => a + b, 0) / seen;
      const squares = known.reduce((sum, value) => sum + (value - centre) ** 2, 0);
      const estimates = Array.from({ length: m }, (_, c): Estimate => {
        const z = normal(foldIn(key, 100 + c), seen + n);
        const chi = z.subarray(0, seen - 1).reduce((sum, value) => sum + value * value, 0);
        const spread = Math.sqrt(squares / chi);
        const mean = centre + (spread * z[seen - 1]) / Math.sqrt(seen);
        const all = [...known, ...Array.from(z.subarray(seen, seen + n - seen), (value) => mean + spread * value)];
        const own = all.reduce((a, b) => a + b, 0) / n;
        return { estimate: own, variance: all.reduce((sum, value) => sum + (value - own) ** 2, 0) / (n - 1) / n };
      });
      const { lower, upper } = pool(estimates, { completeDf: n - 1 });
      held += Number(lower <= 0 && 0 <= upper);
    }
    // standard error 0.0049; Barnard and Rubin's intervals are a little wide where much is missing from little
    expect(held / sets).toBeGreaterThan(0.935);
    expect(held / sets).toBeLessThan(0.98);
  });
});

describe("least squares", () => {
  it("gives what R's lm gives on its own data, cars: dist ~ speed, on the first eight rows", () => {
    const speed = [4, 4, 7, 7, 8, 9, 10, 10];
    const dist = [2, 10, 4, 22, 16, 10, 18, 26];
    const { coefficients, df } = leastSquares(speed.flatMap((value) => [1, value]), dist, 2);
    expect(df).toBe(6);
    expectClose(coefficients.map(({ estimate }) => estimate), [-3.423197492163012, 2.294670846394985], { rtol: 1e-12 });
    expectClose(coefficients.map(({ variance }) => Math.sqrt(variance)), [8.513247048424091, 1.104824827706101], { rtol: 1e-12 });
  });

  it("finds slopes among correlated columns, and refuses columns that depend on each other", () => {
    const [z, u] = [normal(keyFromSeed(3), 400), uniform(keyFromSeed(4), 200)];
    const design = Array.from({ length: 200 }, (_, r) => [1, z[2 * r], 0.9 * z[2 * r] + 0.3 * z[2 * r + 1]]).flat();
    const exact = Array.from({ length: 200 }, (_, r) => 2 - design[3 * r + 1] + 3 * design[3 * r + 2]);
    expectClose(leastSquares(design, exact, 3).coefficients.map(({ estimate }) => estimate), [2, -1, 3], { rtol: 1e-10 });
    expect(() => leastSquares(Array.from(u, (value) => [1, value, 1 - value]).flat(), exact, 3)).toThrow("[leastSquares] 3 coefficients cannot be told from 200 rows");
    expect(() => leastSquares([1, 1, 2, 1], [1, 2], 2)).toThrow("rows are too few");
  });
});
