import { describe, expect, it } from "vitest";
import { acquire, openLoop, type AcquisitionOptions } from "../../src/acquisition/index.ts";
import { keyFromSeed, foldIn, normal, uniform } from "../../src/math/key.ts";
import { testDevice } from "../device.ts";
import { exactSampler, linearWorld, xorWorld, type World } from "./table-sampler.ts";

const nothing = (rows: number, d: number) => ({ rows, x: new Float32Array(rows * d), observed: new Float32Array(rows * d) });

/** The order in which values are acquired for rows drawn from the world, starting from nothing. */
async function orders(world: World, rows: number, options: AcquisitionOptions): Promise<number[][]> {
  const gpu = await testDevice();
  const sampler = exactSampler(gpu, world);
  const d = world.features.length;
  const result: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const key = foldIn(keyFromSeed(7), row);
    const [n, u] = [normal(key, d + 2), uniform(foldIn(key, 1), d + 2)];
    let at = 0;
    const truth = world.draw(new Float32Array(d), new Float32Array(d), { normal: () => n[at++], uniform: () => u[at++] }).x;
    const loop = await openLoop(sampler, nothing(1, d), { ...options, seed: row });
    for await (const state of loop) for (const column of state.next) loop.answer(column, truth[column]);
    result.push([...(await loop.state()).answered]);
    loop.destroy();
  }
  return result;
}

/**
 * The exact greedy order of a linear world: Var(y | known) = sum of the unknown w_i^2 + noise^2, and
 * I(y; x_i | known) = 1/2 log(Var(y | known) / (Var(y | known) - w_i^2)), per cost; the copy stands for its original.
 */
function exactOrder(weights: readonly number[], noise: number, costs: readonly number[]): number[] {
  const open = new Set(weights.map((_, i) => i));
  const order: number[] = [];
  while (open.size > 0) {
    const variance = [...open].reduce((total, i) => total + weights[i] ** 2, noise ** 2);
    const rate = (i: number): number => (0.5 * Math.log(variance / (variance - weights[i] ** 2))) / costs[i];
    const best = [...open].reduce((a, b) => (rate(b) > rate(a) ? b : a));
    order.push(best);
    open.delete(best);
  }
  return order;
}

describe("the order in which values are acquired", () => {
  it("is the exact greedy order of a linear Gaussian world with costs in at least 95 % of rows; copy and irrelevant feature last", async () => {
    const weights = [1, 2, 0.5, 1.4];
    const noise = 0.3;
    // per cost: x3 (1.4 at cost 1) before x1 (2 at cost 4); the copy of x1 costs as much as x1
    const costs = [1.5, 4, 1, 1, 4.1, 1];
    const expected = exactOrder(weights, noise, costs);
    const got = await orders(linearWorld(weights, noise, 1), 40, { draws: 1500, costs, biasCorrection: true });
    const right = got.filter((order) => order.slice(0, 4).every((column, i) => column === expected[i]));
    expect(right.length).toBeGreaterThanOrEqual(38);
    for (const order of got) expect([...order.slice(4)].sort()).toEqual([4, 5]);
  });

  it("takes the bits of an XOR pair together in a batch; one by one they say nothing, and the hint comes first", async () => {
    const world = xorWorld(0.02, 0.3);
    const single = await orders(world, 10, { draws: 2000 });
    for (const order of single) expect(order[0]).toBe(2);
    const gpu = await testDevice();
    const [ranking] = await acquire(exactSampler(gpu, world), nothing(1, 4), { draws: 4000, batch: 2 });
    expect([...ranking.next].sort()).toEqual([0, 1]);
    // log 2 - H(flip)
    expect(ranking.jointGain).toBeGreaterThan(0.55);
  });

  it("once a bit of the XOR pair is known, its partner is worth the most", async () => {
    const gpu = await testDevice();
    const known = { rows: 1, x: Float32Array.of(1, 0, 0, 0), observed: Float32Array.of(1, 0, 0, 0) };
    const [ranking] = await acquire(exactSampler(gpu, xorWorld(0.02, 0.3)), known, { draws: 4000, biasCorrection: true });
    expect(ranking.candidates.map(({ column }) => column)).toEqual([1, 2, 3]);
    // log 2 - H(flip): about 0.595 nats
    const exact = Math.log(2) + 0.02 * Math.log(0.02) + 0.98 * Math.log(0.98);
    expect(Math.abs(ranking.candidates[0].gain - exact)).toBeLessThanOrEqual(4 * ranking.candidates[0].standardError);
  });

  it("never takes a copy of what it has chosen into the same batch", async () => {
    const gpu = await testDevice();
    // alone, the copy of x1 is second best
    const [ranking] = await acquire(exactSampler(gpu, linearWorld([1, 2, 0.5, 1.4], 0.3, 1)), nothing(1, 6), { draws: 4000, batch: 2 });
    expect([...ranking.candidates.slice(0, 2).map(({ column }) => column)].sort()).toEqual([1, 4]);
    expect(ranking.next).toContain(3);
    expect(ranking.next.filter((column) => column === 1 || column === 4)).toHaveLength(1);
    expect(ranking.jointGain).toBeGreaterThan(ranking.candidates[0].gain);
  });

  it("nearest neighbours agree with the closed form, and with the histogram up to its bins", async () => {
    const gpu = await testDevice();
    const [ranking] = await acquire(exactSampler(gpu, linearWorld([2, 1], 0.3, 0)), nothing(1, 4), { draws: 1500, kraskov: true, bins: 12, biasCorrection: true });
    // 1/2 log(5.09 / (5.09 - w^2)); the estimator's error at 1,500 points is below 0.08 here
    for (const [column, w] of [[0, 2], [1, 1]]) {
      const candidate = ranking.candidates.find((other) => other.column === column)!;
      expect(Math.abs(candidate.kraskov! - 0.5 * Math.log(5.09 / (5.09 - w * w)))).toBeLessThan(0.08);
      expect(Math.abs(candidate.kraskov! - candidate.gain)).toBeLessThan(0.15);
    }
  });

  it("the expected width of a candidate comes near what is left of the target once it is known", async () => {
    const gpu = await testDevice();
    const [ranking] = await acquire(exactSampler(gpu, linearWorld([2, 1], 0.3, 0)), nothing(1, 4), { draws: 8000, bins: 20 });
    const widthOf = (variance: number): number => 2 * 1.6449 * Math.sqrt(variance);
    expect(ranking.width! / widthOf(5.09)).toBeGreaterThan(0.95);
    expect(ranking.width! / widthOf(5.09)).toBeLessThan(1.05);
    const best = ranking.candidates.find(({ column }) => column === 0)!;
    // within a bin of x0 some of its spread is left
    expect(best.expectedWidth! / widthOf(1.09)).toBeGreaterThan(0.95);
    expect(best.expectedWidth! / widthOf(1.09)).toBeLessThan(1.25);
    expect(ranking.candidates.at(-1)!.expectedWidth! / ranking.width!).toBeGreaterThan(0.95);
  });
});
