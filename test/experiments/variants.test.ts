import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isMethod, methodTraining, paperSettings, variantsProblems, type Variants } from "../../src/experiments/index.ts";
import { presets, scheduleOf } from "../../src/model/index.ts";

const variants = JSON.parse(readFileSync(new URL("../../docs/results/variants.json", import.meta.url), "utf8")) as Variants;

describe("variants of presets", () => {
  it("those to be tried on the paper's tables are valid, and each differs from its preset", () => {
    expect(variantsProblems(variants)).toEqual([]);
    for (const [name, variant] of Object.entries(variants)) {
      expect(isMethod(name, variants)).toBe(true);
      const own = methodTraining(name, variant, paperSettings.boston, 1);
      expect(own).not.toEqual(methodTraining(variant.preset, undefined, paperSettings.boston, 1));
    }
  });

  it("change a preset that has been fitted to a table: what they say themselves wins, the rest is the table's", () => {
    const { yacht } = paperSettings;
    const { config, schedule } = methodTraining("v", { preset: "proper", config: { latents: [7], hmc: { leapfrogSteps: 3 } }, schedule: { viSteps: 10 } }, yacht, 1);
    expect(config).toEqual({ ...presets.proper, latents: [7], hmc: { ...presets.proper.hmc, transitions: 5, leapfrogSteps: 3 } });
    expect(schedule).toEqual({ ...scheduleOf(presets.proper), viSteps: 10 });
    expect(methodTraining("v", { preset: "proper", config: { outputs: "binned" } }, yacht, 0.1).config.latents).toEqual([4, 2]);
    // without HMC a preset of the paper trains by its bound all the while
    expect(methodTraining("v", { preset: "HHVAEM", config: { inference: "elbo" } }, yacht, 0.1).schedule).toMatchObject({ viSteps: 2000, hmcSteps: 0 });
    // a completion network that the preset does not have is the usual one
    expect(methodTraining("v", { preset: "HVAE", config: { completion: { latent: 3 } } }, yacht, 1).config.completion).toEqual({ ...presets.conditional.completion, latent: 3 });
  });

  it("parts are those of the changed configuration", () => {
    const both: Variants = { both: { preset: "proper", config: { completion: { latent: 3 } } }, alone: { preset: "best", config: { generative: false } } };
    expect(["both/proper", "both/conditional", "both/other", "alone/proper", "alone", "toString"].map((name) => isMethod(name, both))).toEqual([true, true, false, false, true, false]);
  });
});
