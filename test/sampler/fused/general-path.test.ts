import { expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import type { RowData } from "../../../src/model/latent/posterior/conditional-chain.ts";
import { presets } from "../../../src/model/config/presets.ts";
import { LatentNetworks } from "../../../src/model/latent/networks.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
import { bothWays } from "./both-ways.ts";
import { Draws } from "./host-density.ts";

const column = (kind: "gaussian" | "bernoulli" | "categorical", levels = 1) => ({ kind, levels, positiveWeight: 1 });
const features = [column("gaussian"), column("bernoulli"), column("gaussian"), column("categorical", 4), column("gaussian"), column("gaussian")];

const configurations = {
  "two layers, y hidden, 32 chains a row": { latents: [4, 3], targets: [], chainsPerRow: 32 },
  "one layer, a Gaussian and a Bernoulli target observed": { latents: [5], targets: [column("gaussian"), column("bernoulli")], chainsPerRow: 1 },
  "three layers, a categorical target observed, 6 chains a row": { latents: [4, 3, 2], targets: [column("categorical", 3)], chainsPerRow: 6 },
};

it.each(Object.entries(configurations))("fused chains are those of the general path: %s", async (_, { latents, targets, chainsPerRow }) => {
  const gpu = await testDevice();
  const draws = new Draws(keyFromSeed(8));
  const rows = 12;
  const hmc = { ...presets.HHVAEM.hmc, transitions: 10, leapfrogSteps: 5 };
  const networks = new LatentNetworks(gpu, { config: { ...presets.HHVAEM, latents, hidden: 32, marginalHidden: 8, hmc }, features, targets });
  networks.parameters.initialise(keyFromSeed(5));
  const dim = networks.latentSize;
  const steps = Float32Array.from({ length: 10 * dim }, (_, i) => Math.log(0.15 + 0.03 * (i % 5)));
  networks.parameters.value("hmc/log_step_size").write(steps);
  const upload = (width: number, make: () => number) => deviceTensor(gpu, [rows, width], Float32Array.from({ length: rows * width }, make));
  const data: RowData = { x: upload(features.length, () => draws.bit(0.5)), observed: upload(features.length, () => draws.bit(0.6)), z: upload(features.length, () => draws.normal()) };
  if (targets.length > 0) Object.assign(data, { y: upload(targets.length, () => draws.bit(0.5)), observedY: upload(targets.length, () => draws.bit(0.7)) });
  const start = deviceTensor(gpu, [rows * chainsPerRow, dim], draws.many(rows * chainsPerRow * dim));
  const key = deviceTensor(gpu, [2], keyFromSeed(77), { dtype: "u32" });
  const [general, fused] = await bothWays(networks, data, { rows, chainsPerRow, key, start });
  // a rejected proposal has no derivatives; each is accepted with its own probability p: sum p of them, with the variance sum p(1 - p), to 4 deviations
  const [energyChange, derivatives] = [general[3], general[5]];
  const probabilities = Array.from(energyChange, (change) => Math.exp(-Math.max(0, change)));
  const accepted = probabilities.filter((_, n) => derivatives.subarray(n * dim, (n + 1) * dim).some((v) => v !== 0)).length;
  const mean = probabilities.reduce((total, p) => total + p, 0);
  const deviation = Math.sqrt(probabilities.reduce((total, p) => total + p * (1 - p), 0));
  expect(Math.abs(accepted - mean)).toBeLessThanOrEqual(4 * deviation);
  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBeLessThan(probabilities.length);
  // float32 over 50 steps; both paths round differently
  general.forEach((expected, i) => expectClose(fused[i], expected, { rtol: 1e-3, atol: 2e-3 }));
});
