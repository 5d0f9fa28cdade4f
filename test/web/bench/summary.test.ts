import { describe, expect, it } from "vitest";
import type { BenchReport, BenchResult } from "../../../src/web/engine/bench-part.ts";
import { recorded } from "../../../src/web/views/bench/recorded.ts";
import { bestOf, browserName, digits, lineOf, rateText } from "../../../src/web/views/bench/summary.ts";
import { chainFamily, productFamily, stageFamily } from "../../../src/web/engine/bench-families.ts";

const results: BenchResult[] = [
  { family: "registers", size: "", ms: 10, operations: 5e8 },
  { family: "matmul", size: "256 x 256 x 256", ms: 2, operations: 3.3e7 },
  { family: "matmul", size: "512 x 512 x 512", ms: 8, operations: 2.7e8 },
  { family: "leapfrog", size: "3,000 chains", ms: 20, operations: 3e8, leapfrogSteps: 15_000 },
  { family: "elbo-step", size: "batch 100", ms: 11.64 },
];
const adapter = { name: "a gpu", vendor: "v", architecture: "", software: false, features: [], largestArray: 1, workgroupMemory: 1 };

describe("what the bench page says", () => {
  it("names the fastest of a family, by rate and not by time", () => {
    expect(bestOf(results, "matmul")?.size).toBe("512 x 512 x 512");
    expect(bestOf(results, "hmc-step")).toBeUndefined();
  });

  it("gives rates in the family's unit", () => {
    expect(results.map(rateText)).toEqual(["50 GFLOP/s", "16.5 GFLOP/s", "33.8 GFLOP/s", "0.75 million leapfrog steps/s", ""]);
    expect([digits(0.01234), digits(99.96), digits(12_345)]).toEqual(["0.0123", "100", "12,345"]);
  });

  it("puts everything into one line, without what was not measured", () => {
    const report: BenchReport = { adapter, results, whole: false };
    expect(lineOf(report, "1.2.3", "Mozilla/5.0 Chrome/150.0.0.0 Safari/537.36", "2026-01-02")).toBe(
      "hhvaem 1.2.3 | a gpu | matmul 512 x 512 x 512: 33.8 GFLOP/s | HMC, 3,000 chains: 0.75 million leapfrog steps/s | ELBO step 11.6 ms | Chrome 150 | 2026-01-02",
    );
  });

  it("knows browsers by what they call themselves", () => {
    const chrome = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
    expect([chrome, `${chrome} Edg/151.0.0.0`, "Mozilla/5.0 (X11; rv:145.0) Gecko/20100101 Firefox/145.0", "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", "curl"].map(browserName)).toEqual([
      "Chrome 150", "Edge 151", "Firefox 145", "Safari 26", "a browser",
    ]);
  });

  it("holds each recorded time against a size that is measured", () => {
    const measured = [productFamily, chainFamily, ...stageFamily].flatMap(({ name, members }) => members.map(({ size }) => `${name} ${size}`));
    expect(Object.keys(recorded.ms).filter((key) => !measured.includes(key))).toEqual([]);
  });
});
