import { describe, expect, it } from "vitest";
import { foldIn, keyFromSeed } from "../../src/math/key.ts";
import { mean, standardDeviation } from "../../src/math/statistics.ts";
import { fit, type Model } from "../../src/model/index.ts";
import { readModel } from "../../src/model/files/model-files.ts";
import { LatentPosterior } from "../../src/model/latent/posterior/latent-posterior.ts";
import { entriesByRows } from "../../src/model/posterior/posterior.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const table = smallTable(60);
const trained = async (preset: string): Promise<Model> => fit(await testDevice(), table, smallSchema, { config: smallConfig(preset), schedule: smallSchedule, seed: 3 });

describe("the way to a row's latent draws", () => {
  it("ends at the draws that the model answers with, by the fused chain, for the same key", async () => {
    const model = await trained("HHVAEM");
    const [row, chains, seed] = [7, 40, 5];
    const { layers, encoder, inflation, start, hmc } = await model.latentPaths(table, row, { chains, sweeps: 0, seed });
    const { paths } = hmc!;
    const networks = readModel(await testDevice(), await model.files()).networks!;
    const posterior = await LatentPosterior.openEntries(networks, { rows: 1, draws: chains });
    const x = table.x.slice(row * 4, row * 4 + 4);
    const rows = { rows: 1, x, observed: table.observedX.slice(row * 4, row * 4 + 4), truthX: x, truthY: table.y.slice(row, row + 1) };
    const sample = await entriesByRows(posterior, { features: 4, targets: 1 }, rows, foldIn(keyFromSeed(seed), 3)).next();
    const eps = sample.value!.parts[0].eps!;
    posterior.destroy();
    const { chains: n, dim, transitions, leapfrogSteps } = paths;
    expect({ layers, n, dim, transitions, leapfrogSteps }).toEqual({ layers: [3, 2], n: chains, dim: 5, transitions: 3, leapfrogSteps: 2 });
    // float32: the fused chain sums in another order
    expectClose(paths.draws.subarray((transitions - 1) * chains * dim), eps, { rtol: 1e-3, atol: 1e-3 });
    expect(paths.positions.subarray(0, chains * dim)).toEqual(start);
    expect(paths.draws).not.toEqual(start);
    // the start is N(mean, (s sigma)^2), one inflation per layer
    expect(inflation).toHaveLength(2);
    for (let i = 0; i < dim; i++) {
      const values = Array.from({ length: chains }, (_, c) => (start[c * dim + i] - encoder.mean[i]) / (encoder.standardDeviation[i] * inflation[i < 3 ? 0 : 1]));
      // four standard errors of 40 normal draws
      expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(chains));
      expect(Math.abs(standardDeviation(values) - 1)).toBeLessThan(4 / Math.sqrt(2 * chains));
    }
  });

  it("goes on from there: draws chain by chain, diagnosed per latent, the same for the same seed", async () => {
    const model = await trained("HMCVAEM");
    const seen: number[] = [];
    const ask = () => model.latentPaths(table, 2, { chains: 6, sweeps: 4, seed: 1, onProgress: (sweep, sweeps) => seen.push(sweep / sweeps) });
    const { hmc } = await ask();
    const { paths, draws, drawsPerChain, summaries, bfmi, acceptance, divergences } = hmc!;
    expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
    expect({ drawsPerChain, size: draws.length, latents: summaries.length, chains: bfmi.length, divergences }).toEqual({ drawsPerChain: 12, size: 6 * 12 * 3, latents: 3, chains: 6, divergences: 0 });
    expect(acceptance).toBeGreaterThan(0.5);
    expect(acceptance).toBeLessThanOrEqual(1);
    // small steps: each chain stays near its start, so that chains differ by more than each varies, and 72 draws say about as much as the 12 halves of the chains
    for (const { rHat, essBulk, essTail } of summaries) {
      expect(rHat).toBeGreaterThan(1.5);
      for (const ess of [essBulk, essTail]) {
        expect(ess).toBeGreaterThan(6);
        expect(ess).toBeLessThan(48);
      }
    }
    // the second summary is that of the second latent's draws
    expectClose([summaries[1].mean], [mean(draws.filter((_, i) => i % 3 === 1))], { rtol: 1e-9, atol: 1e-9 });
    // small steps: the first draw is near where the first T transitions ended
    const last = paths.draws.subarray(paths.draws.length - 6 * 3);
    for (let n = 0; n < 6; n++) expect(Math.abs(draws[n * 12 * 3] - last[n * 3])).toBeLessThan(1);
    expect(await ask()).toEqual(await ask());
  });

  it("is the encoder's Gaussian alone for a model without HMC", async () => {
    const model = await trained("HVAEM");
    const { encoder, inflation, start, hmc } = await model.latentPaths(table, 0, { chains: 500 });
    expect(hmc).toBeUndefined();
    expect(inflation).toEqual([1, 1]);
    for (let i = 0; i < 5; i++) {
      const values = start.filter((_, at) => at % 5 === i);
      expect(Math.abs(mean(values) - encoder.mean[i])).toBeLessThan((4 * encoder.standardDeviation[i]) / Math.sqrt(500));
      expect(Math.abs(standardDeviation(values) / encoder.standardDeviation[i] - 1)).toBeLessThan(4 / Math.sqrt(1000));
    }
  });

  it("refuses rows that are not there and numbers that make no sense", async () => {
    const model = await trained("HVAEM");
    await expect(model.latentPaths(table, 60)).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [latentPaths] expected a row from 0 to 59, got 60.]`);
    await expect(model.latentPaths(table, 0, { chains: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [latentPaths] expected chains to be a whole number of at least 1, got 0.]`);
  });
});
