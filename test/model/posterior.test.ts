import { expect, it } from "vitest";
import { keyFromSeed } from "../../src/math/key.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { LatentPosterior } from "../../src/model/latent/posterior/latent-posterior.ts";
import { entriesByRows } from "../../src/model/posterior/posterior.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallTable } from "./small-model.ts";

const column = (kind: "gaussian" | "bernoulli" | "categorical", levels = 1) => ({ kind, levels, positiveWeight: 1 });

it("more draws of a row than run at once come in parts: the first as alone, the others anew, of one distribution", async () => {
  const gpu = await testDevice();
  const networks = new LatentNetworks(gpu, { config: smallConfig("HHVAEM"), features: [column("gaussian"), column("gaussian"), column("bernoulli"), column("categorical", 3)], targets: [column("gaussian")] });
  networks.parameters.initialise(keyFromSeed(5));
  const table = smallTable(2);
  const rows = { rows: 2, x: table.x, observed: table.observedX, truthX: table.x, truthY: table.y };
  const k = networks.latentSize;
  const sample = async (draws: number) => {
    const posterior = await LatentPosterior.openEntries(networks, { rows: 2, draws });
    const results = [];
    for await (const result of entriesByRows(posterior, { features: 4, targets: 1 }, rows, keyFromSeed(9))) results.push(result);
    posterior.destroy();
    return results;
  };
  const flat = (results: Awaited<ReturnType<typeof sample>>) => results.map(({ parts, ...others }) => ({ ...others, eps: parts[0].eps!, thetaX: parts[0].features.theta }));
  const [some] = flat(await sample(8192));
  const all = flat(await sample(12_000));
  expect(all.map(({ firstRow, draws, eps, thetaX, logProbY }) => [firstRow, draws, eps.length / k, thetaX.length / 12, logProbY.length])).toEqual([[0, 12_000, 12_000, 12_000, 12_000], [1, 12_000, 12_000, 12_000, 12_000]]);
  expect(all[0].eps.subarray(0, 8192 * k)).toEqual(some.eps);
  expect(all[0].acceptance).toBeGreaterThan(0.5);
  expect(all[0].acceptance).toBeLessThanOrEqual(1);
  for (let i = 0; i < k; i++) {
    const of = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => all[0].eps[(from + n) * k + i]);
    const [first, rest] = [of(0, 8192), of(8192, 12_000)];
    expect(rest.slice(0, 100)).not.toEqual(first.slice(0, 100));
    const mean = (v: number[]): number => v.reduce((a, b) => a + b) / v.length;
    const variance = mean(first.map((v) => (v - mean(first)) ** 2));
    // five standard errors of the difference of means
    expect(Math.abs(mean(first) - mean(rest))).toBeLessThan(5 * Math.sqrt(variance * (1 / 8192 + 1 / 3808)));
  }
});
