import { expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { compileFusedHmc, type FusedHmcOptions } from "../../../src/sampler/fused/fused-chain.ts";
import { chainsPerDispatch, type FusedVariant } from "../../../src/sampler/fused/variant.ts";
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
