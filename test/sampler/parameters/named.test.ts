import { expect, it } from "vitest";
import { add, deviceTensor, log, mul, square, sub, sum, type Tensor } from "../../../src/autodiff/index.ts";
import { hmc, interval, ordered, positive, real, simplex } from "../../../src/sampler/index.ts";
import { freeDensity } from "../../../src/sampler/parameters/named.ts";
import { summaryTable } from "../../../src/sampler/summary-table.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";

it("draws of constrained parameters have the moments of their laws: Gamma, exponential, Beta, order statistics, Dirichlet", async () => {
  const gpu = await testDevice();
  const counts = deviceTensor(gpu, [3], [1, 2, 3]);
  const result = await hmc(gpu, {
    parameters: { rate: positive(), late: positive([], { lower: 1 }), share: interval(0, 1), places: ordered([3]), parts: simplex([3]), m: real([2, 2]) },
    logDensity: ({ rate, late, share, places, parts, m }) => {
      const terms: Tensor[] = [
        // Gamma(3, 2)
        sub(mul(2, log(rate)), mul(2, rate)),
        // 1 + Exp(1)
        mul(-1, late),
        // Beta(2, 5)
        add(log(share), mul(4, log(sub(1, share)))),
        // three standard normals in order
        mul(-0.5, sum(square(places), 1)),
        // Dirichlet(2, 3, 4)
        sum(mul(parts.tape.read(counts), log(parts)), 1),
        mul(-0.5, sum(square(m), [1, 2])),
      ];
      return terms.reduce((a, b) => add(a, b));
    },
    chains: 64, draws: 200, seed: 3,
  });
  const top = 3 / (2 * Math.sqrt(Math.PI));
  const dirichlet = (a: number): [number, number] => [a / 9, Math.sqrt((a * (9 - a)) / (81 * 10))];
  const known: Record<string, [mean: number, deviation: number]> = {
    rate: [1.5, Math.sqrt(3) / 2],
    late: [2, 1],
    share: [2 / 7, Math.sqrt(10 / (49 * 8))],
    // the largest of three normals: mean 3 / (2 sqrt pi), variance 1 + sqrt(3) / (2 pi) - mean^2; the middle one: variance 1 - sqrt(3) / pi
    "places[1]": [-top, Math.sqrt(1 + Math.sqrt(3) / (2 * Math.PI) - top ** 2)],
    "places[2]": [0, Math.sqrt(1 - Math.sqrt(3) / Math.PI)],
    "places[3]": [top, Math.sqrt(1 + Math.sqrt(3) / (2 * Math.PI) - top ** 2)],
    "parts[1]": dirichlet(2),
    "parts[2]": dirichlet(3),
    "parts[3]": dirichlet(4),
    "m[1,1]": [0, 1],
    "m[1,2]": [0, 1],
    "m[2,1]": [0, 1],
    "m[2,2]": [0, 1],
  };
  const { parameters } = result.diagnostics;
  expect(Object.keys(parameters)).toEqual(Object.keys(known));
  for (const [name, [mean, deviation]] of Object.entries(known)) {
    const summary = parameters[name];
    expect(summary.essBulk, name).toBeGreaterThan(2000);
    // four standard errors of 13 means and 13 deviations
    expectClose([summary.mean], [mean], { atol: 4 * summary.mcseMean });
    expectClose([summary.standardDeviation], [deviation], { atol: 4 * summary.mcseStandardDeviation });
  }
  // of every draw, not only on average
  const each = (pick: (...values: number[]) => number, ...names: string[]): number[] => result.draws[names[0]].flatMap((chain, c) => Array.from(chain, (_, d) => pick(...names.map((name) => result.draws[name][c][d]))));
  expectClose(each((a, b, c) => a + b + c, "parts[1]", "parts[2]", "parts[3]"), new Array(64 * 200).fill(1), { atol: 1e-6 });
  expect(each((a, b, c) => Number(a < b && b < c), "places[1]", "places[2]", "places[3]").every((held) => held === 1)).toBe(true);
  expect(result.summary().split("\n")[1]).toMatch(/^rate +1\.\d+ /);
});

it("names that could be those of entries are refused", () => {
  expect(() => freeDensity({ "a[1]": real() }, ({ "a[1]": a }) => a)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [hmc] the parameter "a[1]": expected a name of letters, digits and _, the first no digit.]`);
  expect(() => freeDensity({}, () => undefined as never)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [hmc] expected at least one parameter.]`);
});

it("a summary is printed in columns, with the digits that the draws know", () => {
  const summary = { mean: 4.38912, standardDeviation: 3.34871, quantile5: -1.1184, median: 4.4233, quantile95: 9.8127, mcseMean: 0.0122, mcseStandardDeviation: 0.0131, essBulk: 75327.4, essTail: 21411.6, rHat: 1.0027 };
  const constant = { mean: 2, standardDeviation: 0, quantile5: 2, median: 2, quantile95: 2, mcseMean: NaN, mcseStandardDeviation: NaN, essBulk: NaN, essTail: NaN, rHat: NaN };
  expect(`\n${summaryTable({ mu: summary, "log tau": { ...summary, mean: 123456.7, mcseMean: 210 }, constant })}`).toMatchInlineSnapshot(`
    "
                mean   mcse    sd     5%   50%   95%  ess bulk  ess tail  r-hat
    mu          4.39  0.012  3.35  -1.12  4.42  9.81     75327     21412  1.003
    log tau   123500    210  3.35      0     0     0     75327     21412  1.003
    constant       2    NaN     0      2     2     2       NaN       NaN    NaN"
  `);
});
