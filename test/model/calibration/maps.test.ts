import { describe, expect, it } from "vitest";
import { foldIn, keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { normalCdf } from "../../../src/math/special.ts";
import { standardDeviation } from "../../../src/math/statistics.ts";
import { calibrateDraws } from "../../../src/model/calibration/calibrate-draws.ts";
import { predictionSet, recoupled, tempered } from "../../../src/model/calibration/level-map.ts";
import { endOf, masses, QuantileMap } from "../../../src/model/calibration/quantile-map.ts";

const ends = masses.map(endOf);
const maps = {
  "as it is": new QuantileMap(ends),
  wider: new QuantileMap(ends.map((end) => 1.6 * end)),
  narrower: new QuantileMap(ends.map((end) => 0.5 * end)),
  "narrow in the middle, wide in the tails": new QuantileMap([0.3, 1.2, 2.2, 3.3]),
};

describe.each(Object.entries(maps))("a map of quantiles that is %s", (name, map) => {
  it("goes there and back", () => {
    for (const p of [0.0005, 0.02, 0.1, 0.25, 0.5, 0.6, 0.9, 0.975, 0.9995]) {
      const source = map.sourceOf(p);
      if (source > 0.0003 && source < 0.9997) expect(map.placeOf(source)).toBeCloseTo(p, 9);
    }
    expect([map.sourceOf(0), map.sourceOf(0.5), map.sourceOf(1)]).toEqual([0, 0.5, 1]);
    expect(map.placeOf(0)).toBeCloseTo(0, 12);
    expect(map.placeOf(1)).toBeCloseTo(1, 12);
  });

  it("leaves a density whose integral is 1, and as much of an atom as lies between its ends", () => {
    const n = 20_000;
    let total = 0;
    for (let i = 0; i < n; i++) total += Math.exp(map.logDensity((i + 0.5) / n, (i + 0.5) / n)) / n;
    expect(total).toBeCloseTo(1, 3);
    expect(Math.exp(map.logDensity(0.2, 0.7)) * 0.5).toBeCloseTo(map.placeOf(0.7) - map.placeOf(0.2), 12);
  });

  it("moves draws as it moves quantiles, in their order", () => {
    const draws = normal(keyFromSeed(1), 4001);
    const moved = calibrateDraws(draws, map);
    const order = (values: Float64Array): number[] => Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
    expect(order(moved)).toEqual(order(draws));
    const sorted = Float64Array.from(moved).sort();
    masses.forEach((mass) => {
      const wanted = -map.sourceOf((1 - mass) / 2);
      const place = sorted.findIndex((value) => normalCdf(value) >= -wanted) / sorted.length;
      expect(place).toBeCloseTo((1 - mass) / 2, 1.5);
    });
    // of N(0, 1) the deviation that the map says
    expect(standardDeviation(moved) / map.deviation, name).toBeGreaterThan(0.93);
    expect(standardDeviation(moved) / map.deviation, name).toBeLessThan(1.07);
  });
});

it("values that no map has are refused", () => {
  expect(() => new QuantileMap([1, 2, 2, 3])).toThrowError("[quantile map] expected 4 ascending numbers above 0, got 1, 2, 2, 3.");
  expect(() => new QuantileMap([1, 2, 3])).toThrowError("[quantile map] expected 4 ascending numbers above 0, got 1, 2, 3.");
  expect(() => new QuantileMap([-1, 2, 3, 4])).toThrowError("[quantile map]");
});

it("atoms stay values that occur", () => {
  const draws = Float64Array.from(normal(keyFromSeed(2), 500), (z, i) => (i % 2 === 0 ? 0 : Math.abs(z)));
  const moved = calibrateDraws(draws, maps.wider);
  const occurring = new Set(draws);
  expect(Array.from(moved).every((value) => occurring.has(value))).toBe(true);
  expect(moved.filter((value) => value === 0).length).toBeGreaterThan(150);
});

describe("levels", () => {
  const p = [0.6, 0.3, 0.1];

  it("are drawn together by a temperature above 1, apart by one below, in their order", () => {
    expect(tempered(p, 1)).toEqual(p.map((own) => expect.closeTo(own, 12)));
    const [warm, cold] = [tempered(p, 2), tempered(p, 0.5)];
    expect(warm.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Math.log(warm[0] / warm[1])).toBeCloseTo(Math.log(2) / 2, 12);
    expect(Math.log(cold[0] / cold[1])).toBeCloseTo(Math.log(2) * 2, 12);
    expect(tempered([0, 1], 3)).toEqual([0, 1]);
  });

  it("that were drawn by one law become draws of another, as few changed as may be", () => {
    const q = tempered(p, 2.5);
    const n = 40_000;
    const words = [0, 1, 2].map((i) => uniform(foldIn(keyFromSeed(3), i), n));
    const counts = [0, 0, 0];
    let changed = 0;
    for (let i = 0; i < n; i++) {
      const level = words[0][i] < p[0] ? 0 : words[0][i] < p[0] + p[1] ? 1 : 2;
      const now = recoupled(level, p, q, [words[1][i], words[2][i]]);
      counts[now]++;
      changed += Number(now !== level);
    }
    counts.forEach((count, k) => expect(Math.abs(count / n - q[k])).toBeLessThan(4 * Math.sqrt(0.25 / n)));
    // their distance in total variation
    const distance = q.reduce((total, own, k) => total + Math.abs(own - p[k]), 0) / 2;
    expect(Math.abs(changed / n - distance)).toBeLessThan(4 * Math.sqrt(0.25 / n));
  });

  it("are in a set as far as they are as probable as held-back truths were, and the most probable always", () => {
    const least = [0.7, 0.35, 0.2, 0.05];
    expect(predictionSet(p, least, 0.5)).toEqual([0]);
    expect(predictionSet(p, least, 0.8)).toEqual([0]);
    expect(predictionSet(p, least, 0.9)).toEqual([0, 1]);
    expect(predictionSet(p, least, 0.85)).toEqual([0, 1]);
    expect(predictionSet(p, least, 0.95)).toEqual([0, 1, 2]);
    expect(predictionSet([0.1, 0.2, 0.7], least, 0.5)).toEqual([2]);
    expect(predictionSet([0.01, 0.98, 0.01], least, 0.999)).toEqual([1, 0, 2]);
  });
});
