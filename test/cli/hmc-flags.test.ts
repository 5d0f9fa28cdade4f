import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { hhvaem, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();

it("settings of the HMC objective with a preset that has none: exit code 2, nothing written", () => {
  const table = folder.write("table.csv", smallCsv(20));
  const train = (...flags: string[]) => hhvaem("train", table, "--target", "y", "--out", folder.path("model"), ...flags);
  for (const flags of [["--entropy"], ["--hmc-gradient", "exact"]]) {
    const run = train("--preset", "HVAEM", ...flags);
    expect(run.code).toBe(2);
    expect(run.err).toContain("the preset HVAEM does not use HMC; leave them out, or choose HMCVAE, HHVAE, HHVAE-noreparam, HMCVAEM, HHVAEM, paper, proper, best.");
  }
  const typo = train("--hmc-gradient", "exakt");
  expect(typo.code).toBe(2);
  expect(typo.err).toContain("Allowed choices are frozen, exact");
  expect(existsSync(folder.path("model"))).toBe(false);
});
