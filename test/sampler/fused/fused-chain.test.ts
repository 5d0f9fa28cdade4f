import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { keyFromSeed, type Key } from "../../../src/math/key.ts";
import { compileFusedHmc } from "../../../src/sampler/fused/fused-chain.ts";
import type { FusedVariant } from "../../../src/sampler/fused/variant.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
import { hostMomenta, hostTransition, type HostDensity } from "../reference-hmc.ts";
import { randomModel, randomRows, tensor, upload, uploadRows, type Configuration } from "./build.ts";
import { Draws, hostGradient, hostLogDensity } from "./host-density.ts";

const gaussian = { kind: "gaussian", levels: 1 } as const;
const bernoulli = { kind: "bernoulli", levels: 1 } as const;
const categorical = { kind: "categorical", levels: 3 } as const;

const plain: FusedVariant = { chains: 1, units: 1, loads: "together", sums: "registers", subgroupSize: 0, workgroup: 64 };
const shared: FusedVariant = { chains: 4, units: 2, loads: "shared", sums: "memory", subgroupSize: 8, workgroup: 8 };

// the workgroup shares a chain, and adds up over its memory, or as one subgroup
const team: FusedVariant = { chains: 1, units: 1, loads: "together", sums: "registers", subgroupSize: 0, workgroup: 32, shared: true };
const subgroup: FusedVariant = { ...team, subgroupSize: 8, workgroup: 8 };

const configurations: Record<string, Configuration & { variant?: FusedVariant; noise?: boolean; chainsPerRow?: number }> = {
  "shared chains, added up over workgroup memory": { latents: [3, 2], hidden: 37, features: 5, variant: team, chainsPerRow: 1 },
  "shared chains, added up by a subgroup, completed by marginal decoders": {
    latents: [3, 2], hidden: 21, features: 5, targets: [categorical, gaussian], completion: [gaussian, bernoulli, categorical, gaussian, categorical], noise: true, variant: subgroup, chainsPerRow: 4,
  },
  "shared chains, features of several kinds": { latents: [3], hidden: 19, features: 4, columns: [categorical, gaussian, bernoulli, gaussian], targets: [bernoulli], variant: team, chainsPerRow: 2 },
  "one layer, y hidden": { latents: [3], hidden: 16, features: 5 },
  "two layers, y hidden, one chain an invocation, weights at uniform addresses": { latents: [4, 3], hidden: 24, features: 5, variant: plain },
  "three layers, y hidden, two chains an invocation, several rows in one": { latents: [3, 2, 2], hidden: 16, features: 4, variant: { ...shared, chains: 2 }, chainsPerRow: 3 },
  "two layers, four chains an invocation, weights at uniform addresses": { latents: [4, 3], hidden: 24, features: 5, variant: { ...shared, loads: "together" }, chainsPerRow: 8 },
  "Gaussian target, completed by the decoder's means": { latents: [3, 2], hidden: 16, features: 4, targets: [gaussian] },
  "without marginal VAEs: continuous, binary and categorical features, y hidden": { latents: [3, 2], hidden: 16, features: 4, columns: [gaussian, bernoulli, categorical, gaussian], variant: { ...shared, chains: 2 }, chainsPerRow: 4 },
  "without marginal VAEs, completed by the decoder's means and modes, a Gaussian target": { latents: [3], hidden: 16, features: 4, columns: [categorical, gaussian, bernoulli, gaussian], targets: [gaussian], chainsPerRow: 12 },
  "Bernoulli and Gaussian targets, completed by means": { latents: [3], hidden: 16, features: 4, targets: [bernoulli, gaussian], variant: shared, chainsPerRow: 3 },
  "categorical and Gaussian targets, completed by marginal decoders of every kind": {
    latents: [3, 2], hidden: 16, features: 5, targets: [categorical, gaussian], completion: [gaussian, bernoulli, categorical, gaussian, categorical], noise: true, variant: { ...shared, units: 1 }, chainsPerRow: 4,
  },
};

const key: Key = keyFromSeed(20);
const transitions = 3;
const leapfrogSteps = 3;

/** Where a leapfrog trajectory of one unknown ends under gradients that do not depend on it. */
function frozenEnd(position: number, momentum: number, stepSize: number, gradients: readonly number[]): number {
  for (let step = 0; step < leapfrogSteps; step++) {
    momentum += 0.5 * stepSize * gradients[step];
    position += stepSize * momentum;
    momentum += 0.5 * stepSize * gradients[step + 1];
  }
  return position;
}

describe.each(Object.entries(configurations))("fused chains: %s", (_, configuration) => {
  const { variant, noise: noisy, chainsPerRow = 5 } = configuration;
  const rowCount = 5;
  const chains = rowCount * chainsPerRow;
  const dim = configuration.latents.reduce((a, b) => a + b, 0);

  async function setUp() {
    const gpu = await testDevice();
    const draws = new Draws(keyFromSeed(3));
    const model = randomModel(draws, configuration);
    const rows = randomRows(draws, model, rowCount);
    const start = Float32Array.from(draws.many(chains * dim));
    const noiseStride = Math.ceil((chains * configuration.features) / 64) * 64;
    const noise = noisy ? Float32Array.from(draws.many(transitions * noiseStride)) : undefined;
    const phi = Array.from({ length: transitions * dim }, (_, i) => 0.05 + 0.03 * (i % 7));
    const build = (steps: { transitions: number; variant?: FusedVariant }) =>
      compileFusedHmc(gpu, {
        spec: upload(gpu, model),
        rows: rowCount,
        chainsPerRow,
        leapfrogSteps,
        data: uploadRows(gpu, rows),
        logStepSizes: tensor(gpu, phi.slice(0, steps.transitions * dim).map(Math.log)),
        key: deviceTensor(gpu, [2], key, { dtype: "u32" }),
        noise: noise && tensor(gpu, noise),
        derivatives: true,
        variant,
        ...steps,
      });
    const density = (n: number, t: number) => (eps: number[]) => {
      const held = noise && Array.from(noise.subarray(t * noiseStride + n * configuration.features, t * noiseStride + (n + 1) * configuration.features));
      return hostLogDensity(model, rows[Math.floor(n / chainsPerRow)], eps, held);
    };
    return { build, density, start, phi };
  }

  it("evaluate log p(z_O, y_O, eps) and its gradient as float64 does", async () => {
    const { build, density, start } = await setUp();
    const chain = await build({ transitions: 0 });
    chain.position.write(start);
    chain.run();
    const expected = Array.from({ length: chains }, (_, n) => {
      const eps = Array.from(start.subarray(n * dim, (n + 1) * dim));
      return { value: density(n, 0)(eps), gradient: hostGradient(density(n, 0), eps) };
    });
    const scale = Math.max(...expected.flatMap(({ gradient }) => gradient.map(Math.abs)));
    expectClose(await chain.logDensity.read(), expected.map(({ value }) => value), { rtol: 1e-5, atol: 1e-4 });
    expectClose(await chain.gradient.read(), expected.flatMap(({ gradient }) => gradient), { rtol: 1e-5, atol: 3e-6 * scale });
    expect(await chain.position.read()).toEqual(start);
  });

  it("are the chains of textbook HMC with the same random numbers", async () => {
    const { build, density, start, phi } = await setUp();
    const chain = await build({ transitions });
    chain.position.write(start);
    chain.run();
    const got = {
      position: await chain.position.read(), logDensity: await chain.logDensity.read(), energyChange: await chain.energyChange.read(),
      derivatives: await chain.derivatives!.read(), statistics: await chain.statistics.read(),
    };
    let rejected = 0;
    const acceptance = new Float64Array(transitions);
    for (let n = 0; n < chains; n++) {
      let position = Array.from(start.subarray(n * dim, (n + 1) * dim));
      for (let t = 0; t < transitions; t++) {
        const gradients: number[][] = [];
        const host: HostDensity = (eps) => {
          gradients.push(hostGradient(density(n, t), eps));
          return { logDensity: density(n, t)(eps), gradient: gradients.at(-1)! };
        };
        const steps = phi.slice(t * dim, (t + 1) * dim);
        const before = position;
        const result = hostTransition(host, position, key, n, t, steps, leapfrogSteps);
        position = result.position;
        rejected += result.accepted ? 0 : 1;
        acceptance[t] += Math.min(1, Math.exp(-result.energyChange));
        expectClose([got.energyChange[t * chains + n]], [result.energyChange], { rtol: 1e-3, atol: 3e-3 });
        const momenta = hostMomenta(key, n, t, dim);
        const delta = 1e-4;
        const moved = (i: number, by: number): number => frozenEnd(before[i], momenta[i], steps[i] * Math.exp(by), gradients.map((g) => g[i]));
        const derivative = position.map((_, i) => (result.accepted ? (moved(i, delta) - moved(i, -delta)) / (2 * delta) : 0));
        expectClose(got.derivatives.subarray((t * chains + n) * dim, (t * chains + n + 1) * dim), derivative, { rtol: 1e-3, atol: 1e-3 });
        if (t === transitions - 1) expectClose([got.logDensity[n]], [result.logDensity], { rtol: 1e-4, atol: 1e-3 });
      }
      expectClose(got.position.subarray(n * dim, (n + 1) * dim), position, { rtol: 1e-3, atol: 1e-3 });
    }
    expect(rejected).toBeGreaterThan(0);
    expectClose(got.statistics.filter((_, i) => i % 2 === 0), acceptance, { rtol: 1e-3, atol: 1e-3 });
  });
});
