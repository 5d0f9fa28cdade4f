import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hhvaem, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const table = folder.write("table.csv", smallCsv(80));

it("the default preset trains, fills, predicts, scores, ranks and converts; each part answers alone", () => {
  const model = folder.path("model");
  const train = hhvaem("train", table, "--target", "y", "--vi-steps", "40", "--hmc-steps", "2", "--completion-steps", "100", "--transitions", "2", "--batch", "20", "--out", model);
  expect(train.code, train.err).toBe(0);
  expect(train.out).toContain("trained best on 80 rows, 4 features");
  expect(train.out).toContain(`a report in ${model}/report.html`);

  const filled = hhvaem("impute", model, table, "-o", folder.path("filled.csv"), "--draws", "20", "--json");
  expect(filled.code, filled.err).toBe(0);
  const [before, after] = [readFileSync(table, "utf8"), readFileSync(folder.path("filled.csv"), "utf8")].map((text) => text.trim().split("\n").map((line) => line.split(",")));
  before.forEach((line, i) => line.forEach((cell, j) => (cell === "" ? expect(after[i][j]).not.toBe("") : expect(after[i][j]).toBe(cell))));

  const convert = hhvaem("convert", model, "-o", folder.path("best.hhvaem"));
  expect(convert.code, convert.err).toBe(0);
  const predicted = hhvaem("predict", folder.path("best.hhvaem"), table, "-o", folder.path("p.csv"), "--draws", "20");
  expect(predicted.code, predicted.err).toBe(0);
  expect(readFileSync(folder.path("p.csv"), "utf8").trim().split("\n")).toHaveLength(81);

  const scored = hhvaem("evaluate", model, table, "--draws", "20", "--json");
  expect(scored.code, scored.err).toBe(0);
  expect(JSON.parse(scored.out)).toMatchObject({ rows: 80, draws: 20, error_xu: expect.any(Number) as number, ll_xo: null });

  const ranked = hhvaem("acquire", model, table, "--row", "6", "--draws", "100", "--json");
  expect(ranked.code, ranked.err).toBe(0);
});

it("options that a preset has no use for are refused", () => {
  const run = hhvaem("train", table, "--target", "y", "--preset", "HHVAE", "--importance-samples", "3", "--out", folder.path("never"));
  expect(run).toMatchObject({ code: 2, err: "--importance-samples: the preset HHVAE has no importance-weighted bound; leave it out, or choose MIWAE, MIWAEM.\n" });
  const looking = hhvaem("train", table, "--target", "y", "--preset", "proper", "--look-up", "9", "--out", folder.path("never"));
  expect(looking).toMatchObject({ code: 2, err: "--look-up and --cross-folds: the preset proper has no completion networks; leave them out, or choose conditional, best.\n" });
  expect(hhvaem("train", table, "--target", "y", "--latents", "3,x", "--out", folder.path("never")).err).toContain("expected a whole number from 1 on");
  const sampler = hhvaem("predict", folder.path("never"), table, "-o", folder.path("p.csv"), "--sampler", "guess");
  expect(sampler.code).toBe(2);
  expect(sampler.err).toContain("Allowed choices are hmc, encoder, importance");
});
