import { describe, expect, it } from "vitest";
import { add, broadcastTo, concat, deviceTensor, mul, randomNormal, reshape, sum, where, type Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { DrawInTurn, mostHidden, mostTurns } from "../../src/model/posterior/in-turn.ts";
import { testDevice } from "../device.ts";

/**
 * Equicorrelated standard normal columns know their conditionals in closed form: given s of them, any other is
 * N(rho sum / (1 + (s - 1) rho), 1 - s rho^2 / (1 + (s - 1) rho)).
 */
const rho = 0.8;

function conditionalDraw(x: Tensor, observed: Tensor, key: Tensor): Tensor {
  const [n, columns] = x.shape;
  const count = reshape(sum(observed, 1), [n, 1]);
  const total = reshape(sum(where(observed, x, 0), 1), [n, 1]);
  // both are looked up, for the tape divides by no tensor that may be 0 here
  const of = (f: (s: number) => number): Tensor => {
    const table = concat(Array.from({ length: columns + 1 }, (_, s) => x.tape.fill(f(s), [1, 1])), 1);
    const chosen = where(equalTo(count, columns), broadcastTo(table, [n, columns + 1]), 0);
    return reshape(sum(chosen, 1), [n, 1]);
  };
  const mean = mul(of((s) => rho / (1 + (s - 1) * rho)), total);
  const deviation = of((s) => Math.sqrt(1 - (s * rho * rho) / (1 + (s - 1) * rho)));
  return add(broadcastTo(mean, x.shape), mul(broadcastTo(deviation, x.shape), randomNormal(key, x.shape)));
}

function equalTo(count: Tensor, columns: number): Tensor {
  const [n] = count.shape;
  const parts = Array.from({ length: columns + 1 }, (_, s) => where(add(count, -s), 0, 1));
  return reshape(concat(parts, 1), [n, columns + 1]);
}

const column = (values: Float32Array, width: number, j: number): number[] => Array.from({ length: values.length / width }, (_, i) => values[i * width + j]);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const covariance = (a: readonly number[], b: readonly number[]): number => mean(a.map((value, i) => (value - mean(a)) * (b[i] - mean(b))));

describe("entries drawn one after another", () => {
  it("have the joint distribution that single conditionals imply, whatever is known", async () => {
    const gpu = await testDevice();
    const draws = 20_000;
    // two features and a target; nothing known, and the first feature known
    const known = { x: deviceTensor(gpu, [2, 2], [0, 0, 1.5, 0]), observed: deviceTensor(gpu, [2, 2], [0, 0, 1, 0]) };
    const turns = await DrawInTurn.create(gpu, { rows: 2, draws, features: 2, targets: 1, known, sample: conditionalDraw });
    turns.draw(keyFromSeed(3), { features: 2, targets: 1 });
    const all = await turns.x.read();
    const [nothing, one] = [all.subarray(0, draws * 3), all.subarray(draws * 3)];
    // standard errors: sqrt(2 / S) = 0.01 of a variance, less of the others
    for (let i = 0; i < 3; i++) for (let j = 0; j <= i; j++) expect(Math.abs(covariance(column(nothing, 3, i), column(nothing, 3, j)) - (i === j ? 1 : rho))).toBeLessThan(0.04);
    expect(new Set(column(one, 3, 0))).toEqual(new Set([1.5]));
    for (const j of [1, 2]) {
      expect(Math.abs(mean(column(one, 3, j)) - rho * 1.5)).toBeLessThan(0.02);
      expect(Math.abs(covariance(column(one, 3, j), column(one, 3, j)) - (1 - rho * rho))).toBeLessThan(0.02);
    }
    expect(Math.abs(covariance(column(one, 3, 1), column(one, 3, 2)) - (rho - rho * rho))).toBeLessThan(0.015);
    turns.destroy();
  });

  it("come side by side where there are more than turns, each pair together once in a while; targets are last, known ones are kept", async () => {
    const gpu = await testDevice();
    const [features, draws] = [20, 4000];
    const known = { x: deviceTensor(gpu, [1, features]), observed: deviceTensor(gpu, [1, features]), y: deviceTensor(gpu, [1, 2], [0, 7]), observedY: deviceTensor(gpu, [1, 2], [0, 1]) };
    // an entry says how many entries were known when it was drawn
    const sample = (x: Tensor, observed: Tensor): Tensor => broadcastTo(reshape(sum(observed, 1), [x.shape[0], 1]), x.shape);
    const turns = await DrawInTurn.create(gpu, { rows: 1, draws, features, targets: 2, known, sample });
    turns.draw(keyFromSeed(5), { features, targets: 1 });
    const all = await turns.x.read();
    // the known target was there from the start, all features before the hidden one
    expect(new Set(column(all, 22, 20))).toEqual(new Set([features + 1]));
    expect(new Set(column(all, 22, 21))).toEqual(new Set([7]));
    const first = slicesOf(all, 22, features)[0];
    expect(first.filter((seen) => seen === 1)).toHaveLength(Math.ceil(features / mostTurns));
    expect(new Set(first).size).toBe(mostTurns);
    // every column is as often among the first as any other: binomial, standard error 0.0056
    for (let j = 0; j < features; j++) expect(Math.abs(mean(column(all, 22, j).map((seen) => Number(seen === 1))) - Math.ceil(features / mostTurns) / features)).toBeLessThan(0.03);
    turns.destroy();
  });

  it("counts what is hidden at most", () => {
    expect(mostHidden([1, 0, 0, 1, 1, 0], 2)).toBe(2);
    expect(mostHidden([1, 1, 1, 1], 2)).toBe(0);
    expect(mostHidden([], 3)).toBe(0);
  });
});

function slicesOf(values: Float32Array, width: number, take: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => Array.from(values.subarray(i * width, i * width + take)));
}
