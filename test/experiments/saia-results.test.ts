import { describe, expect, it } from "vitest";
import { parseOthers, parseResults, resultName, saiaFigure, saiaReport, summariseResults, type SaiaResult, type SaiaSettings } from "../../src/experiments/index.ts";

const result = (over: Partial<SaiaResult>): SaiaResult => ({ fold: 0, model: "HHVAEM", method: "mi", rows: 5, error: [3, 2, 1], logLikelihood: [-2, -1, 0], position: [1, 2], seconds: 1, adapter: "llvmpipe", ...over });
const line = (over: Partial<SaiaResult>): string => `${JSON.stringify(result(over))}\n`;

describe("results.jsonl", () => {
  it("is read line by line; a last line that was cut off is left out, a repeated piece counts once", () => {
    const text = line({}) + line({ method: "random" }) + line({ error: [9, 9, 9] });
    const { results, whole } = parseResults(`${text}{"fold":0,"model":"HH`, "results.jsonl", { features: ["rm", "lstat"] });
    expect(results.map(resultName)).toEqual(["fold 0, HHVAEM, mi", "fold 0, HHVAEM, random"]);
    expect(results[0].error).toEqual([3, 2, 1]);
    expect(whole).toBe(text);
    expect(parseResults("", "results.jsonl", { features: ["rm", "lstat"] })).toEqual({ results: [], whole: "" });
  });

  it("says which line is damaged and what to do", () => {
    const message = (text: string): string => {
      try {
        parseResults(line({}) + text, "out/results.jsonl", { features: ["rm", "lstat"] });
      } catch (cause) {
        return (cause as Error).message;
      }
      return "no error";
    };
    expect(message("garbage\n")).toMatchInlineSnapshot(`"out/results.jsonl, line 2: expected a JSON object, got garbage; delete the line, and the same command computes it again."`);
    expect(message("null\n")).toMatchInlineSnapshot(`"out/results.jsonl, line 2: expected a fold number, got "fold": undefined; delete the line, and the same command computes it again."`);
    expect(message(line({ error: [1, 2] }))).toMatchInlineSnapshot(`"out/results.jsonl, line 2: expected "error" to hold 3 numbers, got [1,2]; delete the line, and the same command computes it again."`);
    expect(message(line({ method: "best" as "mi" }))).toMatchInlineSnapshot(`"out/results.jsonl, line 2: expected a method of mi, gaussian, random, variance, got "method": "best"; delete the line, and the same command computes it again."`);
  });
});

const settings: SaiaSettings = {
  name: "boston", features: ["rm", "lstat"], targets: ["medv"], errorName: "RMSE", draws: 200, seed: 0, randomOrders: 3,
  schedule: { marginalSteps: 1000, viSteps: 4000, hmcSteps: 100, batch: 100 },
};
const results = [
  result({}), result({ fold: 1, error: [5, 2, 1], position: [2, null] }),
  result({ method: "random", error: [3, 3, 1] }), result({ method: "random", fold: 1, error: [5, 1, 1] }),
];

describe("summary and report", () => {
  it("areas, means of steps and positions over folds, by hand", () => {
    const [mi] = summariseResults(results);
    expect(mi).toMatchObject({ name: "HHVAEM, mutual information", folds: [0, 1], error: { mean: [4, 2, 1], standardError: [1, 0, 0] } });
    // (3 + 2 + 2 + 1) / 4 = 2 and (5 + 2 + 2 + 1) / 4 = 2.5
    expect(mi.errorArea).toEqual({ mean: 2.25, standardError: 0.25 });
    expect(mi.errorFromOne.mean).toBe(1.5);
    expect(mi.errorFromZero.mean).toBeCloseTo(7 / 3, 12);
    expect(mi.position).toEqual([1.5, 2]);
  });

  it("says where a method wins and where it loses against the random order", () => {
    const report = saiaReport([{ settings, results }], { image: "saia.png", commands: ["hhvaem experiment saia ..."] });
    // areas of random: 2.5 and 2; of mi: 2 and 2.5: the mean difference is 0
    expect(report).toContain("- HHVAEM, mutual information: the area of the RMSE is 0.00 ± 0.50 larger than with the random order; better in 1 of 2 folds.");
    expect(report).toContain("| HHVAEM | random order | 2 | 2.250 ± 0.250 |");
    expect(report).toContain("- HHVAEM, mutual information: rm (1.5), lstat (2.0)");
    expect(report).toContain("    hhvaem experiment saia ...\n\n![");
  });

  it("says how each model was trained: what was not asked for is each preset's own", () => {
    const report = (schedule: SaiaSettings["schedule"], ...models: string[]): string =>
      saiaReport([{ settings: { ...settings, schedule }, results: models.map((model) => ({ ...results[0], model })) }], { image: "saia.png", commands: [] });
    expect(report({}, "HHVAEM", "VAEM")).toContain("; 1000 marginal, 18000 ELBO and 2000 HMC steps of 100 rows, seed 0;");
    expect(report({ batch: 50 }, "HHVAEM", "best")).toContain("; HHVAEM: 1000 marginal, 18000 ELBO and 2000 HMC steps of 50 rows; best: 4000 ELBO and 50 HMC steps of 50 rows, seed 0;");
    expect(report({ viSteps: 20, hmcSteps: 1 }, "HHVAEM", "best")).toContain("; 1000 marginal, 20 ELBO and 1 HMC steps of 100 rows, seed 0;");
  });

  it("plots error and log-likelihood of each experiment, with the same order of names", () => {
    const figure = saiaFigure([{ settings, results }, { settings: { ...settings, name: "yacht" }, results: results.slice(2) }]);
    expect(figure.panels.map(({ title, yLabel }) => `${title}: ${yLabel}`)).toEqual(["boston: RMSE of medv", "boston: log-likelihood, coded scale, nats", "yacht: RMSE of medv", "yacht: log-likelihood, coded scale, nats"]);
    expect(new Set(figure.panels.map(({ order }) => order!.join())).size).toBe(1);
    expect(figure.note).toContain("2 folds");
  });

  it("sets other people's figures beside ours, fold by fold where they are of folds that we have", () => {
    const file = "table,model,method,folds,from,error,source\nboston,HHVAEM,mi,0,1,1.4,code\nboston,HHVAEM,mi,,0,3.3,paper\nboston,VAEM,mi,,1,9,paper\nboston,HHVAEM,mi,0 7,1,1,code\n";
    const report = saiaReport([{ settings, results }], { image: "saia.png", commands: [], others: parseOthers(file, "others.csv") });
    expect(report.slice(report.indexOf("| table |"), report.indexOf("\nAdapter"))).toBe(
      "| table |  | steps | here | folds here | there | source |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n" +
        "| boston | HHVAEM, mutual information | 1-2 | 1.500 | 0 | 1.4 | code |\n| boston | HHVAEM, mutual information | 0-2 | 2.333 ± 0.333 | 0, 1 | 3.3 | paper |\n",
    );
    expect(() => parseOthers("table,model,method,folds,from,error,source\na,b,c,x,2,z,\n", "others.csv")).toThrow(/expected one of mi, gaussian, random, variance, got "c"[^]*fold numbers[^]*expected 0 or 1, got "2"[^]*expected a number, got "z"/);
    expect(() => parseOthers("table,model\na,b\n", "others.csv")).toThrow(/"?method"?: the file lacks this column/);
  });
});
