import { expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { compileFusedHmc } from "../../../src/sampler/fused/fused-chain.ts";
import { inChunks } from "../../../src/sampler/fused/in-chunks.ts";
import type { FusedVariant } from "../../../src/sampler/fused/variant.ts";
import { testDevice } from "../../device.ts";
import { randomModel, randomRows, tensor, upload, uploadRows } from "./build.ts";
import { Draws } from "./host-density.ts";

const variant: FusedVariant = { chains: 2, units: 1, loads: "shared", subgroupSize: 8, sums: "memory", workgroup: 8 };
// rows end in the middle of chunks, the last chunk is not full
const [rows, chainsPerRow, dim, transitions] = [6, 46, 3, 3];
const total = rows * chainsPerRow;

async function build(chainsAtOnce?: number) {
  const gpu = await testDevice();
  const draws = new Draws(keyFromSeed(6));
  const model = randomModel(draws, { latents: [2, 1], hidden: 8, features: 3 });
  return compileFusedHmc(gpu, {
    spec: upload(gpu, model), rows, chainsPerRow, transitions, leapfrogSteps: 2, data: uploadRows(gpu, randomRows(draws, model, rows)), variant, chainsAtOnce, derivatives: true,
    logStepSizes: tensor(gpu, new Float32Array(transitions * dim).fill(Math.log(0.3))), key: deviceTensor(gpu, [2], keyFromSeed(4), { dtype: "u32" }),
  });
}

const start = Float32Array.from(normal(keyFromSeed(2), total * dim));

async function together() {
  const chain = await build();
  chain.position.write(start);
  chain.run();
  const { position, gradient, logDensity, energyChange, derivatives, statistics } = chain;
  const [eps, g, log, dH, slopes, sums] = await Promise.all([position, gradient, logDensity, energyChange, derivatives!, statistics].map((t) => t.read()));
  chain.destroy();
  return { eps, g, log, dH, slopes, sums };
}

it.each([
  ["without a clock", undefined],
  // a clock that goes a minute further at each look: dispatches become as short as they can be
  ["with a clock", (() => { let now = 0; return () => (now += 60_000); })()],
])("chains in chunks are bit for bit those of one run: %s", async (_, clock) => {
  const whole = await together();
  const chain = await build(100);
  // whole workgroups
  expect(chain.capacity).toBe(112);
  const sums = new Float64Array(2 * transitions);
  const seen: [number, number][] = [];
  let dispatches = 0;
  const place = ({ first, count }: { first: number; count: number }): void => {
    const padded = new Float32Array(chain.position.size);
    padded.set(start.subarray(first * dim, (first + count) * dim));
    chain.position.write(padded);
  };
  for await (const { first, count } of inChunks(chain, { start: place, clock })) {
    seen.push([first, count]);
    dispatches += chain.dispatches;
    const read = async (t: { read(): Promise<Float32Array> }, width: number): Promise<Float32Array> => (await t.read()).subarray(0, count * width);
    const part = (all: Float32Array, width: number): Float32Array => all.subarray(first * width, (first + count) * width);
    expect(await read(chain.position, dim)).toEqual(part(whole.eps, dim));
    expect(await read(chain.gradient, dim)).toEqual(part(whole.g, dim));
    expect(await read(chain.logDensity, 1)).toEqual(part(whole.log, 1));
    const [dH, slopes] = [await chain.energyChange.read(), await chain.derivatives!.read()];
    for (let t = 0; t < transitions; t++) {
      expect(dH.subarray(t * count, (t + 1) * count)).toEqual(part(whole.dH.subarray(t * total, (t + 1) * total), 1));
      expect(slopes.subarray(t * count * dim, (t + 1) * count * dim)).toEqual(part(whole.slopes.subarray(t * total * dim, (t + 1) * total * dim), dim));
    }
    (await chain.statistics.read()).forEach((value, i) => (sums[i] += value));
  }
  expect(seen).toEqual([[0, 112], [112, 112], [224, 52]]);
  expect(dispatches).toBe(clock ? 18 : 3);
  sums.forEach((value, i) => expect(Math.abs(value - whole.sums[i])).toBeLessThan(1e-3));
  chain.destroy();
});

it("refuses parts that its arrays cannot hold", async () => {
  const chain = await build(100);
  expect(() => chain.hold({ first: 0, count: 200 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: [fused hmc] expected at most 112 of 276 chains from a multiple of 2 on, got 200 from 0 on.]`);
  expect(() => chain.hold({ first: 1, count: 10 })).toThrow(/from a multiple of 2 on, got 10 from 1/);
  chain.destroy();
});
