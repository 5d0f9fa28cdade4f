import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { hhvaem, type Outcome, workFolder } from "./run.ts";

const folder = workFolder();
const out = folder.path("out");
/** The mixture of Gaussians alone, which is fitted without a device. */
const variants = folder.write("variants.json", JSON.stringify({ mixture: { preset: "best", config: { generative: false, completion: { hidden: 8, latent: 2 }, gaussians: { parts: 1 } }, schedule: { completionSteps: 0 } } }));
const coverage = (...more: string[]): Outcome => hhvaem("experiment", "coverage", "--rows", "40", "--completions", "4", "--variants", variants, "--presets", "mixture", "--out", out, ...more);
const lines = (): { set: number; method: string; slopes: object }[] => readFileSync(`${out}/results.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof lines>[number]);

describe("experiment coverage", () => {
  let run: Outcome;
  beforeAll(() => {
    run = coverage("--data-sets", "0-1", "--report", folder.path("report.md"));
    expect(run.code, run.err).toBe(0);
  }, 300_000);

  it("analyses every data set by every method, and writes a report", () => {
    expect(lines().map(({ set, method }) => `${set} ${method}`)).toEqual([0, 1].flatMap((set) => ["all data", "complete rows", "true model", "mixture"].map((method) => `${set} ${method}`)));
    expect(run.out).toContain("x (truth: 0.8)");
    expect(readFileSync(folder.path("report.md"), "utf8")).toMatch(/\| mixture \| 2 \| \d+\.0 ± /);
    expect(readFileSync(folder.path("report.csv"), "utf8").split("\n")[0]).toBe("term,method,data_sets,covered,coverage,coverage_error,bias,bias_error,deviation,standard_error,width");
  });

  it("goes on where it stopped, to the same numbers; other settings in the folder and unknown names are refused", () => {
    const before = lines();
    writeFileSync(`${out}/results.jsonl`, readFileSync(`${out}/results.jsonl`, "utf8").slice(0, -30));
    const again = coverage("--data-sets", "0-1");
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("7 of 8 runs are done already");
    expect(lines().map(({ slopes }) => slopes)).toEqual(before.map(({ slopes }) => slopes));
    expect(coverage("--completions", "5")).toMatchObject({ code: 2, err: `${out} holds another experiment (completions: 4 there, 5 here); choose another --out, or repeat its options.\n` });
    expect(coverage("--presets", "mix").err).toContain('--presets: there is no preset "mix"; there are VAE,');
    expect(coverage("--data-sets", "1-").err).toContain("--data-sets 1-: expected data sets such as 0-199 or 0,3,5.");
  });
});
