import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { conditionalChain, type RowData } from "../../src/model/latent/posterior/conditional-chain.ts";
import { presets } from "../../src/model/config/presets.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const column = (kind: MixedColumn["kind"], levels = 1): MixedColumn => ({ kind, levels, positiveWeight: 1 });

interface Case {
  latents: number[];
  features: MixedColumn[];
  targets: MixedColumn[];
  /** Step size of every transition and unknown. */
  stepSize?: number;
  /** Log variances of h_1, in place of the initial biases. */
  logVars?: number[];
}

const rows = 5;
const chainsPerRow = 2;
const mixed = [column("gaussian"), column("bernoulli"), column("categorical", 3)];

/** Values a column can take: real, 0 or 1, the index of a level. */
function values(columns: MixedColumn[], seed: number): Float32Array {
  const n = rows * columns.length;
  const [real, chance] = [normal(keyFromSeed(seed), n), uniform(foldIn(keyFromSeed(seed), 1), n)];
  return Float32Array.from({ length: n }, (_, i) => {
    const { kind, levels } = columns[i % columns.length];
    return kind === "gaussian" ? real[i] : Math.floor(chance[i] * (kind === "bernoulli" ? 2 : levels));
  });
}

/** Row 1 has nothing observed, row 2 everything but y, row 3 only y. */
function observedIn(columns: number, seed: number, whole: Record<number, number>): Float32Array {
  const chance = uniform(keyFromSeed(seed), rows * columns);
  return Float32Array.from(chance, (u, i) => whole[Math.floor(i / columns)] ?? Number(u < 0.6));
}

async function run({ latents, features, targets, stepSize = 0.1, logVars }: Case, paths: readonly ("general" | "fused")[], seed = 77) {
  const gpu = await testDevice();
  const hmc = { ...presets.HHVAEM.hmc, transitions: 4, leapfrogSteps: 3 };
  const networks = new LatentNetworks(gpu, { config: { ...presets.HHVAEM, latents, hidden: 8, marginalHidden: 4, hmc }, features, targets });
  networks.parameters.initialise(keyFromSeed(5));
  if (logVars) {
    networks.parameters.value("generative/0/1/bias").write([...logVars.map(() => 0.1), ...logVars]);
    // h_1 is of size e^10: a decoder that brings it back to 1
    const kernel = networks.parameters.value("decoder/0/kernel");
    kernel.write((await kernel.read()).map((weight) => 1e-4 * weight));
  }
  const dim = networks.latentSize;
  networks.parameters.value("hmc/log_step_size").write(new Float32Array(4 * dim).fill(Math.log(stepSize)));
  const upload = (width: number, data: ArrayLike<number>) => deviceTensor(gpu, [rows, width], data);
  const d = features.length;
  const data: RowData = { x: upload(d, values(features, 1)), observed: upload(d, observedIn(d, 2, { 1: 0, 2: 1, 3: 0 })), z: upload(d, normal(keyFromSeed(3), rows * d)) };
  if (targets.length > 0) {
    const p = targets.length;
    Object.assign(data, { y: upload(p, values(targets, 4)), observedY: upload(p, observedIn(p, 6, { 1: 0, 2: 0, 3: 1 })) });
  }
  const start = normal(keyFromSeed(8), rows * chainsPerRow * dim);
  const startTensor = deviceTensor(gpu, [rows * chainsPerRow, dim], start);
  const key = deviceTensor(gpu, [2], keyFromSeed(seed), { dtype: "u32" });
  const results = [];
  for (const path of paths) {
    const chain = await conditionalChain(networks, data, { rows, chainsPerRow, key, start: startTensor, path });
    submit(gpu, chain.work);
    const { position, logDensity, gradient, energyChange, statistics } = chain.hmc;
    results.push({
      position: await position.read(), logDensity: await logDensity.read(), gradient: await gradient.read(), energyChange: await energyChange.read(), statistics: await statistics.read(),
    });
    chain.destroy();
  }
  return { results, start: Float32Array.from(start), dim };
}

const cases: Record<string, Case> = {
  "one layer, y hidden, a single feature": { latents: [2], features: [column("gaussian")], targets: [] },
  "two layers, mixed features, a Gaussian target": { latents: [3, 2], features: mixed, targets: [column("gaussian")] },
  "one layer, only categorical features, a categorical target": { latents: [3], features: [column("categorical", 2), column("categorical", 4)], targets: [column("categorical", 5)] },
  "three layers, y observed, mixed features and targets": { latents: [3, 2, 1], features: mixed, targets: [column("gaussian"), column("categorical", 3)] },
  // beyond their bounds of -40 and 20, where the gradient stops: unclamped, e^12.5 would be twelve times e^10
  "log variances that are clamped": { latents: [2, 2], features: [column("gaussian"), column("gaussian")], targets: [], logVars: [25, -60] },
};

describe("the chain in one kernel and the chain of leapfrog kernels agree", () => {
  it.each(Object.entries(cases))("%s", async (_, test) => {
    const { results: [general, fused], start, dim } = await run(test, ["general", "fused"]);
    expect(general.position).not.toEqual(start);
    // float32: sums are taken in another order, and 12 leapfrog steps amplify the difference
    for (const name of ["position", "logDensity", "gradient", "energyChange", "statistics"] as const) {
      expectClose(fused[name], general[name], { rtol: 1e-3, atol: 1e-3 });
    }
    // row 1 has nothing observed: its density is the prior's
    for (const chain of [chainsPerRow, chainsPerRow + 1]) {
      const eps = fused.position.subarray(chain * dim, (chain + 1) * dim);
      expectClose(fused.gradient.subarray(chain * dim, (chain + 1) * dim), eps.map((e) => -e), { rtol: 1e-5, atol: 1e-6 });
      expectClose([fused.logDensity[chain]], [eps.reduce((total, e) => total - 0.5 * e * e, -0.5 * dim * Math.log(2 * Math.PI))], { rtol: 1e-5 });
    }
  });

  it("on steps far too large: both stay where they started", async () => {
    const { results: [general, fused], start } = await run({ ...cases["one layer, y hidden, a single feature"], stepSize: 1000 }, ["general", "fused"]);
    expect(fused.position).toEqual(start);
    expect(general.position).toEqual(start);
  });

  it("and follow their key: the same gives the same bytes, another another chain", async () => {
    const test = cases["one layer, y hidden, a single feature"];
    const { results: [once, again] } = await run(test, ["fused", "fused"]);
    const { results: [other] } = await run(test, ["fused"], 78);
    expect(again).toEqual(once);
    expect(other.position).not.toEqual(once.position);
  });
});
