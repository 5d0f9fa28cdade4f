import { describe, expect, it } from "vitest";
import { acquire, openLoop } from "../../src/acquisition/index.ts";
import { testDevice } from "../device.ts";
import { exactSampler, linearWorld } from "./table-sampler.ts";

const world = linearWorld([1, 2], 0.3, 0);
const sampler = async () => exactSampler(await testDevice(), world);
const nothing = { rows: 1, x: new Float32Array(4), observed: new Float32Array(4) };
const everything = { rows: 1, x: new Float32Array(4), observed: new Float32Array(4).fill(1) };

describe("the loop", () => {
  it("takes answers, refusals and them back, and counts what was spent", async () => {
    const loop = await openLoop(await sampler(), nothing, { draws: 500, costs: [1, 2, 3, 4] });
    const first = await loop.state();
    expect(first.next).toEqual([1]);
    expect(first).toMatchObject({ spent: 0, answered: [], unknown: [] });
    loop.answer(1, 0.5);
    loop.unknown(0);
    const second = await loop.state();
    expect(second).toMatchObject({ spent: 2, answered: [1], unknown: [0] });
    expect(Array.from(second.x)).toEqual([0, 0.5, 0, 0]);
    expect(second.candidates.map(({ column }) => column)).not.toContain(0);
    expect(second.width!).toBeLessThan(first.width!);
    expect([loop.back(), loop.back(), loop.back()]).toEqual([true, true, false]);
    expect(await loop.state()).toMatchObject({ spent: 0, answered: [], unknown: [], observed: new Float32Array(4) });
    loop.destroy();
  });

  it("what is known can be forgotten and comes back, its cost with it", async () => {
    const loop = await openLoop(await sampler(), { rows: 1, x: Float32Array.of(0, 0.5, 0, 0), observed: Float32Array.of(0, 1, 0, 0) }, { draws: 500, costs: [1, 2, 3, 4] });
    const before = await loop.state();
    loop.answer(0, 0.2);
    loop.forget(1);
    const without = await loop.state();
    expect(without).toMatchObject({ answered: [0], spent: 1 });
    expect(Array.from(without.observed)).toEqual([1, 0, 0, 0]);
    expect(without.candidates.map(({ column }) => column)).toContain(1);
    expect(without.width!).toBeGreaterThan(before.width!);
    loop.forget(0);
    expect(await loop.state()).toMatchObject({ answered: [], spent: 0, observed: new Float32Array(4) });
    loop.answer(0, 0.3);
    expect(await loop.state()).toMatchObject({ answered: [0], spent: 1 });
    while (loop.back());
    expect(await loop.state()).toMatchObject({ answered: [], x: before.x, observed: before.observed });
    loop.destroy();
  });

  it("does not ask for what has no value: by the row itself, and by what becomes known", async () => {
    const absent = Uint8Array.of(0, 0, 1, 0);
    const loop = await openLoop(await sampler(), { ...nothing, absent }, { draws: 100, absent: (x, observed) => (observed[1] === 1 && x[1] === 0 ? [3] : []) });
    const asked = async (): Promise<number[]> => (await loop.state()).candidates.map(({ column }) => column).sort();
    expect(await asked()).toEqual([0, 1, 3]);
    loop.answer(1, 0);
    expect(await asked()).toEqual([0]);
    loop.back();
    loop.answer(1, 0.5);
    expect(await asked()).toEqual([0, 3]);
    loop.destroy();
    const rows = { rows: 2, x: new Float32Array(8), observed: new Float32Array(8), absent: Uint8Array.of(0, 0, 1, 0, 1, 1, 1, 1) };
    const [first, second] = await acquire(await sampler(), rows, { draws: 100 });
    expect(first.candidates.map(({ column }) => column).sort()).toEqual([0, 1, 3]);
    expect(second.stop).toBe("nothing left");
  });

  it("other costs, limits and methods rank the same draws; so does a value that cannot be had", async () => {
    const loop = await openLoop(await sampler(), nothing, { draws: 500 });
    const first = await loop.state();
    const gainOf = (state: typeof first, column: number): number | undefined => state.candidates.find((candidate) => candidate.column === column)?.gain;
    loop.adjust({ costs: [1, 1000, 1, 1], budget: 10 });
    const dear = await loop.state();
    expect(dear.next).not.toEqual([1]);
    expect(gainOf(dear, 1)).toBeUndefined();
    expect([gainOf(dear, 0), dear.targetDraws]).toEqual([gainOf(first, 0), first.targetDraws]);
    loop.adjust({ costs: undefined, budget: undefined, minimalGain: 5 });
    expect(await loop.state()).toMatchObject({ stop: "gain", candidates: first.candidates });
    loop.adjust({ method: "variance", minimalGain: undefined });
    expect(gainOf(await loop.state(), 1)).not.toBe(gainOf(first, 1));
    loop.adjust({ method: "mi" });
    loop.unknown(1);
    const refused = await loop.state();
    expect(refused.candidates).toEqual(first.candidates.filter(({ column }) => column !== 1));
    expect(refused.targetDraws).toEqual(first.targetDraws);
    loop.destroy();
  });

  it("stops when nothing is left, the budget is spent, the gain is small or the interval narrow", async () => {
    const stop = async (known: typeof nothing, options: object) => (await acquire(await sampler(), known, { draws: 500, ...options }))[0];
    expect(await stop(everything, {})).toMatchObject({ stop: "nothing left", next: [], candidates: [] });
    expect(await stop(nothing, { budget: 0 })).toMatchObject({ stop: "budget", next: [], candidates: [] });
    expect(await stop(nothing, { budget: 1, costs: [1, 2, 3, 0.5] })).not.toHaveProperty("stop");
    expect(await stop(nothing, { minimalGain: 5 })).toMatchObject({ stop: "gain", next: [] });
    expect(await stop(nothing, { width: 100 })).toMatchObject({ stop: "width", next: [] });
  });

  it("a budget leaves out what it cannot pay, in batches too", async () => {
    const [ranking] = await acquire(await sampler(), nothing, { draws: 2000, budget: 3, costs: [1, 2, 3, 4], batch: 3 });
    expect(ranking.candidates.map(({ column }) => column).sort()).toEqual([0, 1, 2]);
    expect([...ranking.next].sort()).toEqual([0, 1]);
  });

  it("gives the same ranking for the same seed, and every row its own", async () => {
    const two = { rows: 2, x: new Float32Array(8), observed: Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0) };
    const once = await acquire(await sampler(), two, { draws: 500, seed: 4 });
    expect(await acquire(await sampler(), two, { draws: 500, seed: 4 })).toEqual(once);
    expect(once.map(({ row, next }) => [row, next[0]])).toEqual([[0, 1], [1, once[1].candidates[0].column]]);
    expect(once[1].candidates.map(({ column }) => column)).not.toContain(1);
  });

  it("takes numbers in original units and levels by their label", async () => {
    const exact = await sampler();
    const named = { ...exact, features: exact.features.map((feature, i) => (i === 0 ? { ...feature, units: (coded: number) => 10 + 2 * coded, code: (units: number) => (units - 10) / 2 } : { ...feature, levels: 2, labels: ["no", "yes"] })) };
    const loop = await openLoop(named, nothing, { draws: 50, method: "random" });
    loop.answer(0, 13);
    loop.answer(1, "yes");
    loop.answerCoded(2, 1);
    const { x, observed } = await loop.state();
    expect([Array.from(x), Array.from(observed)]).toEqual([[1.5, 1, 1, 0], [1, 1, 1, 0]]);
    expect(() => loop.answer(3, "perhaps")).toThrow('expected one of "no", "yes", got "perhaps".');
    loop.destroy();
  });

  it.each([
    ["a value that is not one", async () => (await openLoop(await sampler(), nothing)).answer(0, Number.NaN)],
    ["a column that does not exist", async () => (await openLoop(await sampler(), nothing)).unknown(9)],
    ["a known column", async () => (await openLoop(await sampler(), everything)).answer(0, 1)],
    ["to forget what is not known", async () => (await openLoop(await sampler(), nothing)).forget(0)],
    ["a budget that makes no sense on the way", async () => (await openLoop(await sampler(), nothing)).adjust({ budget: -1 })],
    ["several rows in the loop", async () => openLoop(await sampler(), { ...nothing, rows: 2 })],
    ["a cost of zero", async () => acquire(await sampler(), nothing, { costs: [1, 0, 1, 1] })],
    ["a negative cost", async () => acquire(await sampler(), nothing, { costs: [1, 2, -1, 1] })],
    ["too few costs", async () => acquire(await sampler(), nothing, { costs: [1] })],
    ["a negative budget", async () => acquire(await sampler(), nothing, { budget: -1 })],
    ["an unknown method", async () => acquire(await sampler(), nothing, { method: "best" as "mi" })],
    ["the Gaussian reward without an encoder", async () => acquire(await sampler(), nothing, { method: "gaussian", draws: 10 })],
    ["one draw", async () => acquire(await sampler(), nothing, { draws: 1 })],
  ])("refuses %s", async (_, question) => {
    await expect(question()).rejects.toThrowErrorMatchingSnapshot();
  });
});
