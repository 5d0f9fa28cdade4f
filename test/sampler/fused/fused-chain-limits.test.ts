import { expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { compileFusedHmc, type FusedHmcOptions } from "../../../src/sampler/fused/fused-chain.ts";
import { chainsPerDispatch, chooseVariant, type FusedVariant } from "../../../src/sampler/fused/variant.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
import { hostTransition } from "../reference-hmc.ts";
import { randomModel, randomRows, tensor, upload, uploadRows } from "./build.ts";
import { Draws, hostGradient, hostLogDensity } from "./host-density.ts";

const variant: FusedVariant = { chains: 1, units: 1, loads: "shared", subgroupSize: 8, sums: "memory", workgroup: 8 };
const key = keyFromSeed(4);

async function build(options: Partial<FusedHmcOptions> & { stepSize: number; rows: number; chainsPerRow: number; hidden?: number }) {
  const gpu = await testDevice();
  const draws = new Draws(keyFromSeed(6));
  const model = randomModel(draws, { latents: [2, 1], hidden: options.hidden ?? 8, features: 3 });
  const rows = randomRows(draws, model, options.rows);
  const transitions = options.transitions ?? 2;
  const chain = await compileFusedHmc(gpu, {
    spec: upload(gpu, model), transitions, leapfrogSteps: 2, data: uploadRows(gpu, rows), variant,
    logStepSizes: tensor(gpu, new Float32Array(transitions * 3).fill(Math.log(options.stepSize))), key: deviceTensor(gpu, [2], key, { dtype: "u32" }), ...options,
  });
  return { gpu, model, rows, chain };
}

it("a chain that meets a value that is not finite keeps its whole state, and counts as divergent", async () => {
  // steps this long overflow exp(logvar / 2) eps, or the square of the residual
  const { chain } = await build({ rows: 4, chainsPerRow: 10, stepSize: 1e19, transitions: 1 });
  const start = Float32Array.from(normal(keyFromSeed(1), 40 * 3));
  chain.position.write(start);
  chain.run();
  const [acceptance, divergent] = await chain.statistics.read();
  expect([acceptance, divergent]).toEqual([0, 40]);
  expect((await chain.energyChange.read()).every((dH) => dH === Infinity)).toBe(true);
  expect(await chain.position.read()).toEqual(start);
  expect([...(await chain.logDensity.read()), ...(await chain.gradient.read())].every(Number.isFinite)).toBe(true);
});

it("what stands where nothing was observed does not matter, NaN included", async () => {
  const { chain, rows, gpu } = await build({ rows: 4, chainsPerRow: 4, stepSize: 0.1 });
  const start = Float32Array.from(normal(keyFromSeed(2), 16 * 3));
  const run = async (filled: number) => {
    const z = rows.flatMap((row) => row.z.map((value, d) => (row.observed[d] ? value : filled)));
    chain.options.data.z.write(z);
    chain.position.write(start);
    chain.run();
    return chain.position.read();
  };
  expect(await run(NaN)).toEqual(await run(0));
  // replay makes nothing
  const made = { ...gpu.made, submits: 0 };
  chain.run();
  expect({ ...gpu.made, submits: 0 }).toEqual(made);
});

it("many chains run in dispatches of bounded length, the last chain as right as the first", async () => {
  const [rows, chainsPerRow] = [100, 1000];
  const { gpu, chain, model, rows: data } = await build({ rows, chainsPerRow, stepSize: 0.1, transitions: 20, hidden: 64 });
  // the start's density, and two more evaluations a transition
  const each = chainsPerDispatch(gpu, { spec: chain.options.spec, variant, evaluations: 20 * 2 + 1 });
  expect(chain.dispatches).toBe(Math.ceil((rows * chainsPerRow) / each));
  // a GPU may take them all within the bound; then they are cut by hand
  if (!gpu.software && chain.dispatches === 1) chain.split(30_000);
  expect(chain.dispatches).toBeGreaterThan(1);
  const start = new Float32Array(rows * chainsPerRow * 3).map((_, i) => Math.sin(i));
  chain.position.write(start);
  chain.run();
  const position = await chain.position.read();
  const statistics = await chain.statistics.read();
  expect(statistics[0]).toBeGreaterThan(0.5e5);
  for (const n of [0, 49_999, 99_999]) {
    let expected = Array.from(start.subarray(3 * n, 3 * n + 3));
    const density = (eps: number[]) => hostLogDensity(model, data[Math.floor(n / chainsPerRow)], eps);
    for (let t = 0; t < 20; t++) expected = hostTransition((eps) => ({ logDensity: density(eps), gradient: hostGradient(density, eps) }), expected, key, n, t, [0.1, 0.1, 0.1], 2).position;
    expectClose(position.subarray(3 * n, 3 * n + 3), expected, { rtol: 1e-3, atol: 1e-3 });
  }
});

it("rows of another shape are refused, with what was expected", async () => {
  const gpu = await testDevice();
  await expect(build({ rows: 2, chainsPerRow: 1, stepSize: 1, data: { z: tensor(gpu, [1, 2, 3]), observed: tensor(gpu, [1, 1, 1]) } })).rejects.toThrowErrorMatchingInlineSnapshot(`[ShapeError: [fused hmc] expected z of the shape [2, 3], got [3].]`);
});

const shared: FusedVariant = { chains: 1, units: 1, loads: "together", subgroupSize: 0, sums: "registers", workgroup: 32, shared: true };

it.each([
  ["one chain, shared over workgroup memory", 1, shared],
  ["one chain, shared by a subgroup", 1, { ...shared, subgroupSize: 8, workgroup: 8 }],
  ["three chains, sums in memory, more lanes than hidden units", 3, { ...shared, workgroup: 64, sums: "memory" }],
] as const)("%s: the chains of one invocation each", async (_, rows, own) => {
  // no multiple of the lanes
  const options = { rows, chainsPerRow: 1, stepSize: 0.3, transitions: 4, hidden: 37, derivatives: true };
  const ends = await Promise.all([{ ...variant, units: 1 }, own].map(async (each) => {
    const { chain } = await build({ ...options, variant: each });
    chain.position.write(normal(keyFromSeed(3), rows * 3));
    // the second dispatch begins where the first one's chains lie
    if (rows > 1) chain.split(2);
    chain.run();
    return Promise.all([chain.position, chain.logDensity, chain.gradient, chain.energyChange, chain.derivatives!, chain.statistics].map((tensor) => tensor.read()));
  }));
  ends[0].forEach((expected, i) => expectClose(ends[1][i], expected, { rtol: 1e-4, atol: 1e-4 }));
});

it("which chains are shared, and among how many, follows from their number, the hidden units and the device", async () => {
  const { chain } = await build({ rows: 1, chainsPerRow: 1, stepSize: 0.1, hidden: 64 });
  const { spec } = chain.options;
  const lanes = (software: boolean, subgroupSize: number, hidden: number, chains: number): number => {
    const chosen = chooseVariant({ software, subgroupSize }, { ...spec, hidden }, chains);
    return chosen.shared ? chosen.workgroup : 0;
  };
  expect([1, 100, 8192, 8193].map((chains) => lanes(false, 32, 256, chains))).toEqual([32, 32, 32, 0]);
  // subgroups of unknown or small size: over workgroup memory
  expect([64, 256, 512].map((hidden) => lanes(false, 0, hidden, 100))).toEqual([32, 64, 128]);
  expect(lanes(false, 16, 256, 100)).toBe(64);
  // too few hidden units to share
  expect(lanes(false, 32, 63, 100)).toBe(0);
  expect([1, 2].map((chains) => lanes(true, 8, 256, chains))).toEqual([8, 0]);
  expect(lanes(true, 0, 256, 1)).toBe(0);
});
