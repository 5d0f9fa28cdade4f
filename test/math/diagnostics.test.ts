import { describe, expect, it } from "vitest";
import { energyBfmi, essBulk, essMean, essTail, mcseMean, mcseStandardDeviation, rHat, summarise } from "../../src/math/diagnostics.ts";
import { foldIn, keyFromSeed, normal } from "../../src/math/key.ts";
import { mean, standardDeviation } from "../../src/math/statistics.ts";
import { expectClose } from "../expect-close.ts";

/** Stationary chains x_t = rho x_{t-1} + sqrt(1 - rho^2) e_t, each N(0, 1) at every t; chain c is moved by c shift. */
function autoregressive(seed: number, chains: number, n: number, rho: number, shift = 0): Float64Array[] {
  return Array.from({ length: chains }, (_, c) => {
    const noise = normal(foldIn(keyFromSeed(seed), c), n);
    let state = noise[0];
    return noise.map((e, t) => {
      state = t === 0 ? e : rho * state + Math.sqrt(1 - rho * rho) * e;
      return state + c * shift;
    });
  });
}

describe("effective sample size", () => {
  it("of an autoregressive chain is n (1 - rho) / (1 + rho)", () => {
    for (const rho of [0, 0.3, 0.6, 0.9, -0.4]) {
      const ess = Array.from({ length: 12 }, (_, seed) => essBulk(autoregressive(seed, 4, 2000, rho)));
      const expected = (8000 * (1 - rho)) / (1 + rho);
      // Twelve runs' mean has a standard error of 1% (rho = 0) to 4% (rho = 0.9); Geyer's estimate is low by 2% or so.
      expect(Math.abs(mean(ess) / expected - 1)).toBeLessThan(0.03 + 3 * (standardDeviation(ess) / Math.sqrt(12) / expected));
    }
  });

  it("of chains that disagree is small, however well each mixes", () => {
    expect(essBulk(autoregressive(1, 4, 1000, 0, 2))).toBeLessThan(8);
  });

  it("of the tails sees what the bulk does not", () => {
    // One chain in four has tails three times as wide.
    const draws = autoregressive(2, 4, 1000, 0);
    draws[0] = draws[0].map((x) => 3 * x);
    expect(essTail(draws)).toBeLessThan(100);
    expect(essBulk(draws)).toBeGreaterThan(2000);
  });

  it("does not change under a monotone map of the draws (bulk)", () => {
    const draws = autoregressive(3, 4, 500, 0.5);
    expectClose([essBulk(draws.map((chain) => chain.map(Math.exp)))], [essBulk(draws)], { rtol: 1e-12 });
  });
});

describe("rHat", () => {
  it("is near 1 for chains of one distribution", () => {
    for (let seed = 0; seed < 10; seed++) expect(rHat(autoregressive(seed, 4, 1000, 0.2))).toBeLessThan(1.01);
  });

  it("finds a shift, a different scale, a drift within chains, and heavy tails that moments would hide", () => {
    expect(rHat(autoregressive(1, 4, 500, 0, 0.5))).toBeGreaterThan(1.1);
    const scaled = autoregressive(2, 4, 500, 0);
    scaled[0] = scaled[0].map((x) => 3 * x);
    expect(rHat(scaled)).toBeGreaterThan(1.1);
    const drifting = autoregressive(3, 4, 500, 0).map((chain) => chain.map((x, t) => x + t / 100));
    expect(rHat(drifting)).toBeGreaterThan(1.3);
    const cauchy = autoregressive(4, 4, 500, 0).map((chain, c) => chain.map((x, t) => x / (Math.abs(chain[(t + 7) % 500]) + 1e-9) + c));
    expect(rHat(cauchy)).toBeGreaterThan(1.1);
  });

  it("of shifted chains is the ratio of total to within variance", () => {
    // Two chains at -d and d: the total variance is 1 + 2 d^2 (divisor m - 1 over 4 split halves: 4 d^2 / 3).
    const draws = [normal(keyFromSeed(5), 20_000), normal(keyFromSeed(6), 20_000)].map((chain, c) => chain.map((x) => x + (c === 0 ? -0.1 : 0.1)));
    expectClose([rHat(draws)], [Math.sqrt(1 + (4 * 0.01) / 3)], { atol: 2e-3 });
  });
});

describe("Monte Carlo standard errors", () => {
  it("match the spread of the estimates over repeated runs", () => {
    const runs = Array.from({ length: 200 }, (_, seed) => autoregressive(seed, 2, 500, 0.5));
    const all = runs.map((draws) => draws.flatMap((chain) => [...chain]));
    // A standard deviation of 200 values is known to 5%; the estimated errors vary too.
    expectClose([mean(runs.map(mcseMean))], [standardDeviation(all.map(mean))], { rtol: 0.15 });
    expectClose([mean(runs.map(mcseStandardDeviation))], [standardDeviation(all.map(standardDeviation))], { rtol: 0.15 });
  });
});

describe("energyBfmi", () => {
  it("is 2 (1 - rho) for autoregressive energies, per chain", () => {
    const [slow, fast] = [0.9, 0].map((rho) => autoregressive(1, 1, 20_000, rho)[0]);
    expectClose(energyBfmi([slow, fast]), [0.2, 2], { rtol: 0.08 });
  });
});

describe("the diagnostics", () => {
  it("give what ArviZ 0.23.4 gives on the same draws", () => {
    const all = [rHat, essBulk, essTail, essMean, mcseMean, mcseStandardDeviation];
    const slow = autoregressive(1, 4, 501, 0.9);
    const shifted = autoregressive(3, 3, 200, 0.3, 0.5);
    const tied = autoregressive(6, 4, 250, 0.5).map((chain) => chain.map((x) => Math.round(2 * x)));
    const expected = [
      [1.0314826401742896, 143.8997903000978, 308.1186138787888, 143.79622465688894, 0.07673427091846606, 0.037445366856270354],
      [1.1112694164330181, 22.164631663743485, 329.34902537697735, 22.102135934503252, 0.23890556266113264, 0.03479329383800752],
      [1.0035608621298377, 346.8527456508343, 453.3928917455763, 347.3740922952167, 0.10445328356596022, 0.058883043025063864],
    ];
    [slow, shifted, tied].forEach((draws, i) => expectClose(all.map((diagnostic) => diagnostic(draws)), expected[i], { rtol: 1e-10 }));
    expectClose(energyBfmi(slow), [0.2605229986779073, 0.21230292403424528, 0.3217892270616845, 0.1897509480868748], { rtol: 1e-10 });
  });

  it("are NaN where they mean nothing", () => {
    const useless = [[], [[1, 2, 3]], [new Array(10).fill(7), new Array(10).fill(7)], [[1, 2, 3, 4, NaN, 6]], [[1, 2, 3, 4, 5, Infinity]]];
    for (const draws of useless) expect([rHat(draws), essBulk(draws), essTail(draws), essMean(draws)]).toEqual([NaN, NaN, NaN, NaN]);
    expect(rHat([[1, 2, 3, 4], [2, 3, 4, 9]])).toBeGreaterThan(0.5);
  });

  it("refuse chains of unequal length", () => {
    expect(() => rHat([new Float64Array(10), new Float64Array(9)])).toThrowErrorMatchingInlineSnapshot(`[RangeError: [diagnostics] expected chains of one length, got lengths 10, 9; cut them to the shortest.]`);
  });

  it("summarise puts them together", () => {
    const draws = autoregressive(8, 4, 1000, 0);
    const summary = summarise(draws);
    expectClose([summary.mean, summary.standardDeviation, summary.quantile5, summary.median, summary.quantile95], [0, 1, -1.645, 0, 1.645], { atol: 0.1 });
    expect([summary.rHat, summary.essBulk, summary.essTail, summary.mcseMean]).toEqual([rHat(draws), essBulk(draws), essTail(draws), mcseMean(draws)]);
  });
});
