import { describe, expect, it } from "vitest";
import { fit, loadModel, type HmcConfig, type Model, type Progress } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const reports: Progress[] = [];

async function train(preset: string, settings: Partial<HmcConfig>): Promise<Model> {
  const config = smallConfig(preset);
  const options = { config: { ...config, hmc: { ...config.hmc, ...settings } }, schedule: smallSchedule, seed: 3 };
  return fit(await testDevice(), smallTable(120), smallSchema, { ...options, onProgress: (progress) => reports.push(progress) });
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe("settings of the HMC objective", () => {
  it("exact gradients with the entropy: trained, reported, saved with the model; a file from before them means the authors'", async () => {
    const model = await train("HHVAEM", { gradient: "exact", entropy: true, entropyChains: 6 });
    const { metrics } = reports.findLast((report) => report.stage === "hmc")!;
    expect(metrics.acceptance).toBeGreaterThan(0.5);
    expect(metrics.acceptance).toBeLessThanOrEqual(1);
    expect(metrics.divergences).toBe(0);
    // 5 latents, near their standard normal prior after so short a training: 1/2 log(2 pi e) = 1.42 each, and some bias
    expect(Math.abs(metrics.entropy - 5 * 1.42)).toBeLessThan(1);

    const files = await model.files();
    const loaded = await loadModel(await testDevice(), files);
    expect(loaded.config.hmc).toMatchObject({ gradient: "exact", entropy: true, entropyChains: 6 });
    const head = JSON.parse(text(files.get("config.json"))) as { config: { hmc: Record<string, unknown> } };
    for (const setting of ["gradient", "entropy", "entropyChains"]) delete head.config.hmc[setting];
    const earlier = await loadModel(await testDevice(), new Map([...files, ["config.json", new TextEncoder().encode(JSON.stringify(head))]]));
    expect(earlier.config.hmc).toMatchObject({ gradient: "frozen", entropy: false });
  });

  it("that make no sense are refused before anything is trained", async () => {
    await expect(train("HVAEM", { gradient: "exact" })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [fit] exact gradients and the entropy belong to the HMC objective, and "HVAEM" has none (inference: elbo); use HMCVAEM or HHVAEM, or leave them out.]`);
    await expect(train("HHVAEM", { entropy: true, entropyChains: 2 })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [fit] expected hmc.entropyChains to be a whole number of at least 5, got 2.]`);
    await expect(train("HHVAEM", { gradient: "true" as "exact" })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [fit] expected hmc.gradient to be one of frozen, exact, got "true".]`);
  });
});
