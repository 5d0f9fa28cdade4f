import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hhvaem, quick, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();

it("one page about a model and a table: all sections, no script, nothing fetched, within bounds", () => {
  const table = folder.write("table.csv", smallCsv(60));
  const model = folder.path("model");
  expect(hhvaem("train", table, "--target", "y", "--out", model, ...quick).code).toBe(0);
  const run = hhvaem("report", model, table, "-o", folder.path("report.html"), "--draws", "20", "--json");
  expect(run.code, run.err).toBe(0);
  const page = readFileSync(folder.path("report.html"), "utf8");
  expect(JSON.parse(run.out)).toMatchObject({ rows: 60, bytes: Buffer.byteLength(page) });
  expect(Array.from(page.matchAll(/<h2>(.*?)<\/h2>/g), (match) => match[1])).toEqual(["The table", "What is missing", "Observed and imputed values", "What this assumes", "Are the intervals right?", "Errors by feature", "How the training went", "Draws", "How this was made"]);
  for (const text of ["missing at random given what is seen", "hhvaem sensitivity --shift", "HMC, 10 transitions of 5 leapfrog steps", "Marginal VAEs", "ELBO, nats per row", "Probabilities of levels", 'aria-label="a: observed and imputed values"']) expect(page).toContain(text);
  expect(page).not.toContain("<script");
  expect(page.replaceAll(/http:\/\/www\.w3\.org[^"]*/g, "")).not.toMatch(/https?:\/\//);
  expect(page.length).toBeLessThan(400_000);
  const nowhere = hhvaem("report", model, table, "-o", folder.path("none/report.html"));
  expect(nowhere.code).toBe(2);
  expect(nowhere.err).toContain("does not exist; make it first");
});
