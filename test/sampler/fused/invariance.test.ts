import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { normalCdf } from "../../../src/math/special.ts";
import { compileFusedHmc } from "../../../src/sampler/fused/fused-chain.ts";
import type { FusedVariant } from "../../../src/sampler/fused/variant.ts";
import { testDevice } from "../../device.ts";
import { countsIn, deviation } from "../uniformity.ts";
import { randomModel, tensor, upload, uploadRows } from "./build.ts";
import { Draws, hostSimulated, type HostColumn, type HostModel } from "./host-density.ts";

const columns: HostColumn[] = [{ kind: "gaussian", levels: 1 }, { kind: "bernoulli", levels: 1 }, { kind: "categorical", levels: 3 }, { kind: "gaussian", levels: 1 }];
const plain: FusedVariant = { chains: 1, units: 1, loads: "together", sums: "registers", subgroupSize: 0, workgroup: 64 };
const variants: Record<string, FusedVariant> = { "a chain an invocation": plain, "a chain a workgroup": { ...plain, workgroup: 32, shared: true } };

const [rows, transitions, leapfrogSteps, parts] = [3000, 6, 4, 20];
const latents = [3, 2];
const dim = 5;

/**
 * Latents eps* ~ N(0, I) and data x ~ p(x | eps*): eps* is a draw of p(eps | x). Chains that begin there and leave that distribution as it is end at draws of N(0, I) again, after any number of
 * transitions, however badly they mix. (Geweke 2004; Gandy & Scott 2020)
 */
async function endsOf(variant: FusedVariant, told: (model: HostModel) => HostModel = (model) => model): Promise<{ start: number[]; end: Float32Array; acceptance: number }> {
  const gpu = await testDevice();
  const draws = new Draws(keyFromSeed(11));
  const model = randomModel(draws, { latents, hidden: 16, features: columns.length, columns });
  const start = draws.many(rows * dim);
  const data = Array.from({ length: rows }, (_, row) => ({ z: hostSimulated(model, start.slice(row * dim, (row + 1) * dim), draws), observed: columns.map(() => draws.bit(0.7)) }));
  const chain = await compileFusedHmc(gpu, {
    spec: upload(gpu, told(model)),
    rows,
    chainsPerRow: 1,
    leapfrogSteps,
    transitions,
    data: uploadRows(gpu, data),
    logStepSizes: tensor(gpu, new Float32Array(transitions * dim).fill(Math.log(0.35))),
    key: deviceTensor(gpu, [2], keyFromSeed(12), { dtype: "u32" }),
    derivatives: false,
    variant,
  });
  chain.position.write(Float32Array.from(start));
  chain.run();
  const changes = await chain.energyChange.read();
  return { start, end: await chain.position.read(), acceptance: changes.reduce((total, change) => total + Math.min(1, Math.exp(-change)), 0) / changes.length };
}

/** The coordinate that deviates most from N(0, 1). */
function worst(positions: ArrayLike<number>): number {
  const places = Array.from({ length: dim }, (_, i) => Array.from({ length: rows }, (__, row) => normalCdf(positions[row * dim + i])));
  return Math.max(...places.map((own) => deviation(countsIn(own, parts))));
}

describe.each(Object.entries(variants))("fused chains leave the posterior as it is: %s", (_, variant) => {
  it("averaged over data of the model they end at draws of the prior", async () => {
    const { start, end, acceptance } = await endsOf(variant);
    expect(worst(start)).toBeLessThan(4);
    expect(worst(end)).toBeLessThan(4);
    // the chains have moved, and some of their proposals were turned down: without that no test of acceptance
    const moved = Math.sqrt(start.reduce((total, value, i) => total + (value - end[i]) ** 2, 0) / start.length);
    expect(moved).toBeGreaterThan(0.3);
    expect(acceptance).toBeGreaterThan(0.5);
    expect(acceptance).toBeLessThan(0.97);
  });

  it("and do not where the density is another one", async () => {
    const { end } = await endsOf(variant, (model) => ({ ...model, decoder: { ...model.decoder, bias1: model.decoder.bias1.map((bias) => bias + 0.5) } }));
    expect(worst(end)).toBeGreaterThan(4);
  });
});
