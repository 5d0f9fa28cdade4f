import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { presets } from "../../src/model/config/presets.ts";
import { fusedFits } from "../../src/model/latent/fused-spec.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import type { RowData } from "../../src/model/latent/posterior/conditional-chain.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { bothWays } from "../sampler/fused/both-ways.ts";

const column = (kind: MixedColumn["kind"], levels = 1, more: Partial<MixedColumn> = {}): MixedColumn => ({ kind, levels, positiveWeight: 1, ...more });
const edges = [-1.5, -0.4, 0, 0.9, 2];
const bins = { low: edges.slice(0, 4), high: edges.slice(1), mean: [-0.8, -0.2, 0.4, 1.3], units: [1, 2, 3, 4], atoms: [false, true, false, false] };
const scale = { mean: 1.1, std: 0.8 };
const atoms = [{ value: -0.8, low: -1.1, high: -0.5, units: 0 }, { value: 2.4, low: 2.3, high: 2.5, units: 100 }];

const learned = column("learned");
const spiked = column("spiked", 2, { atoms, limits: [-0.5, 2.3] });
const binned = column("binned", 4, { bins });
const binnedCount = column("binnedCount", 4, { bins, scale });
const count = column("count", 1, { scale });
const ordinal = column("ordinal", 5, { ordered: true });
const everyKind = [column("categorical", 3), learned, spiked, binned, column("bernoulli"), binnedCount, count, ordinal, column("gaussian"), count, column("ordinal", 2, { ordered: true })];

/** A value of the column for a normal and a uniform number: atoms, values outside all bins and zeros among them. */
function valueOf({ kind, levels }: MixedColumn, real: number, chance: number): number {
  switch (kind) {
    case "spiked":
      return chance < 0.3 ? atoms[0].value : chance < 0.5 ? atoms[1].value : real;
    case "binnedCount":
    case "count":
      return (Math.log1p(Math.floor(6 * chance)) - scale.mean) / scale.std;
    case "bernoulli":
      return Math.round(chance);
    case "ordinal":
    case "categorical":
      return Math.floor(chance * levels);
    default:
      return 1.5 * real;
  }
}

interface Case {
  preset: "proper" | "HHVAEM";
  features: MixedColumn[];
  targets: MixedColumn[];
  chainsPerRow: number;
}

const rows = 7;

async function run({ preset, features, targets, chainsPerRow }: Case) {
  const gpu = await testDevice();
  const [transitions, hidden] = [3, 12];
  const config = { ...presets[preset], latents: [3, 2], hidden, marginalHidden: 5, hmc: { ...presets[preset].hmc, transitions, leapfrogSteps: 3 } };
  const networks = new LatentNetworks(gpu, { config, features, targets });
  expect(fusedFits(networks.shape, targets.length > 0)).toBe(true);
  const { parameters, latentSize: dim } = networks;
  parameters.initialise(keyFromSeed(5));
  // spreads and cutpoints away from 0, some beyond their bounds
  for (const name of ["decoder/1/bias", ...(targets.length > 0 ? ["predictor/1/bias"] : []), ...(config.marginal ? ["marginal/decoder/1/bias"] : [])]) {
    const bias = parameters.value(name);
    bias.write(normal(keyFromSeed(9), bias.size).map((v) => 1.5 * v));
  }
  parameters.value("hmc/log_step_size").write(Float32Array.from({ length: transitions * dim }, (_, i) => Math.log(0.08 + 0.03 * (i % 3))));
  const values = (columns: readonly MixedColumn[], seed: number): Float32Array => {
    const n = rows * columns.length;
    const [real, chance] = [normal(keyFromSeed(seed), n), uniform(keyFromSeed(seed + 1), n)];
    return Float32Array.from(real, (v, i) => valueOf(columns[i % columns.length], v, chance[i]));
  };
  const mask = (columns: number, seed: number): Float32Array => Float32Array.from(uniform(keyFromSeed(seed), rows * columns), (u, i) => (i < columns ? 0 : i < 2 * columns ? 1 : Number(u < 0.6)));
  const upload = (width: number, data: ArrayLike<number>) => deviceTensor(gpu, [rows, width], data);
  const x = upload(features.length, values(features, 10));
  const data: RowData = { x, observed: upload(features.length, mask(features.length, 12)), z: config.marginal ? upload(features.length, normal(keyFromSeed(13), rows * features.length)) : x };
  if (targets.length > 0) Object.assign(data, { y: upload(targets.length, values(targets, 14)), observedY: upload(targets.length, mask(targets.length, 16)) });
  const chains = rows * chainsPerRow;
  const start = deviceTensor(gpu, [chains, dim], normal(keyFromSeed(17), chains * dim));
  const key = deviceTensor(gpu, [2], keyFromSeed(18), { dtype: "u32" });
  return bothWays(networks, data, { rows, chainsPerRow, key, start });
}

const cases: Record<string, Case> = {
  "every kind, y hidden": { preset: "proper", features: everyKind, targets: [], chainsPerRow: 9 },
  "features of every kind completed, targets observed": { preset: "proper", features: everyKind.slice(0, 8), targets: [ordinal, count], chainsPerRow: 3 },
  "more outputs than one pass takes": { preset: "proper", features: [column("categorical", 150), learned], targets: [column("categorical", 70)], chainsPerRow: 1 },
  "marginal VAEs of ordered levels and counts, a count observed": { preset: "HHVAEM", features: [ordinal, count, column("categorical", 3), column("gaussian"), column("bernoulli")], targets: [count], chainsPerRow: 2 },
};

describe("the chain in one kernel and the chain of leapfrog kernels agree on", () => {
  it.each(Object.entries(cases))("%s", async (_, test) => {
    const [general, fused] = await run(test);
    // what the chains are conditioned on matters: the prior's gradient is minus the position
    expect(general[2].some((slope, i) => Math.abs(slope + general[0][i]) > 0.05)).toBe(true);
    general.forEach((expected, i) => expectClose(fused[i], expected, { rtol: 1e-3, atol: 1e-3 }));
  });
});
