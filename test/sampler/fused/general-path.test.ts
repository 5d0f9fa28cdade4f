import { expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { submit } from "../../../src/gpu/dispatch.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { conditionalChain, type RowData } from "../../../src/model/latent/posterior/conditional-chain.ts";
import { presets } from "../../../src/model/config/presets.ts";
import { LatentNetworks } from "../../../src/model/latent/networks.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
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

  const results = [];
  for (const path of ["general", "fused"] as const) {
    const chain = await conditionalChain(networks, data, { rows, chainsPerRow, key, start, derivatives: true, path });
    submit(gpu, chain.work);
    const { position, logDensity, gradient, energyChange, statistics, derivatives } = chain.hmc;
    results.push(await Promise.all([position, logDensity, gradient, energyChange, statistics, derivatives!].map((tensor) => tensor.read())));
    chain.destroy();
  }
  const [general, fused] = results;
  const moved = general[5].filter((v) => v !== 0).length;
  // some proposals rejected: a rejected one has no derivative
  expect(moved).toBeGreaterThan(0);
  expect(moved).toBeLessThan(general[5].length);
  // float32 over 50 steps; both paths round differently
  general.forEach((expected, i) => expectClose(fused[i], expected, { rtol: 1e-3, atol: 2e-3 }));
});
