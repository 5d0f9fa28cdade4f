import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { completeByTruth, coverageReport, drawDataSet, isMethod, parseCoverageResults, pooledSlopes, slopesWithout, summariseCoverage, terms, truth, variantsProblems, type CoverageResult, type Slopes, type Variants } from "../../src/experiments/index.ts";
import { mean } from "../../src/math/statistics.ts";

const settings = { rows: 250, rate: 0.3 };
const sets = 300;

/** A method's slopes on all data sets, as results. */
function resultsOf(method: string, slopes: (set: number) => Slopes): CoverageResult[] {
  return Array.from({ length: sets }, (_, set) => ({ set, method, slopes: slopes(set), missing: { x: 0.3, group: 0.3 }, seconds: 1, adapter: "" }));
}

describe("made-up data sets with holes", () => {
  it("lack three of ten values of x and group, the more likely the larger y or w, and nothing else", () => {
    const all = Array.from({ length: 40 }, (_, set) => drawDataSet(set, settings));
    // 10,000 values: standard error 0.005
    for (const of of ["knownX", "knownGroup"] as const) expect(Math.abs(1 - mean(all.map((data) => mean(data[of]))) - 0.3)).toBeLessThan(0.015);
    const above = (data: (typeof all)[number], of: "knownX" | "knownGroup", values: Float64Array): number => mean(Array.from(values, (value, r) => (value > mean(values) ? 1 - data[of][r] : Number.NaN)).filter((value) => !Number.isNaN(value)));
    expect(mean(all.map((data) => above(data, "knownX", data.y)))).toBeGreaterThan(0.38);
    expect(mean(all.map((data) => above(data, "knownGroup", data.w)))).toBeGreaterThan(0.38);
  });

  it("give intervals that hold the truth in 95 of 100 with all data; completed by their own model they are unbiased, complete rows alone are not", () => {
    const all = Array.from({ length: sets }, (_, set) => drawDataSet(set, settings));
    const entries = summariseCoverage([
      ...resultsOf("all data", (set) => slopesWithout(all[set], false, 0.95)),
      ...resultsOf("complete rows", (set) => slopesWithout(all[set], true, 0.95)),
      ...resultsOf("true model", (set) => pooledSlopes(all[set], completeByTruth(all[set], 5, set), 0.95)),
    ]);
    const of = (method: string, term: (typeof terms)[number]): (typeof entries)[number] => entries.find((entry) => entry.method === method && entry.term === term)!;
    for (const term of terms) {
      // binomial standard error 0.0126
      expect(Math.abs(of("all data", term).coverage - 0.95), term).toBeLessThan(0.04);
      // its parameters are known, which says more than the data: intervals are wide, but not those of nothing known
      expect(of("true model", term).coverage, term).toBeGreaterThan(0.94);
      expect(of("true model", term).width / of("all data", term).width, term).toBeLessThan(2);
      for (const method of ["all data", "true model"]) expect(Math.abs(of(method, term).bias), `${method}, ${term}`).toBeLessThan(3.5 * of(method, term).biasError);
    }
    // x is missing by y: what is left leans to the small y
    expect(of("complete rows", "x").bias).toBeLessThan(-4 * of("complete rows", "x").biasError);
    expect(of("true model", "x").standardError).toBeLessThan(of("complete rows", "x").standardError);
    expect(of("true model", "x").standardError).toBeGreaterThan(of("all data", "x").standardError);
  });
});

describe("results on coverage", () => {
  const slope = { estimate: 0.8, standardError: 0.1, df: 100, lower: 0.6, upper: 1 };
  const line = (set: number, method: string, lower: number): string => `${JSON.stringify({ set, method, slopes: Object.fromEntries(terms.map((term) => [term, { ...slope, estimate: truth[term], lower: truth[term] + lower, upper: truth[term] + 1 }])), missing: { x: 0.3, group: 0.3 }, seconds: 2, adapter: "chip" })}\n`;

  it("are read line by line; a line that is cut off is left out, one that is none is named", () => {
    const text = line(0, "best", -1) + line(1, "best", 0.5) + line(0, "all data", -1);
    expect(parseCoverageResults(`${text}{"set": 2`, "results.jsonl")).toMatchObject({ results: [{ set: 0 }, { set: 1 }, { set: 0 }], whole: text });
    expect(() => parseCoverageResults('{"set":1,"method":"best","slopes":{}}\n', "results.jsonl")).toThrow('results.jsonl, line 1: expected "slopes" with numbers for w, got {}');
    const { results } = parseCoverageResults(text, "results.jsonl");
    expect(summariseCoverage(results).filter(({ term }) => term === "x").map(({ method, sets: count, covered }) => [method, count, covered])).toEqual([["all data", 1, 1], ["best", 2, 1]]);
    const report = coverageReport({ ...settings, completions: 20, level: 0.95, scale: 0.5 }, results, "hhvaem experiment coverage");
    expect(report).toContain("| best | 2 | 50.0 ± 35.4 |");
    expect(report).toContain("50 % of the schedule's steps");
    expect(report).toContain("Adapter: chip.");
  });

  it("the variants that were measured are valid", () => {
    const variants = JSON.parse(readFileSync(new URL("../../docs/results/coverage-variants.json", import.meta.url), "utf8")) as Variants;
    expect(variantsProblems(variants)).toEqual([]);
    for (const name of Object.keys(variants)) expect(isMethod(name, variants)).toBe(true);
  });
});
