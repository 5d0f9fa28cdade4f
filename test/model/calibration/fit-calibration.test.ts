import { describe, expect, it } from "vitest";
import { foldIn, keyFromSeed, normal, uniform, type Key } from "../../../src/math/key.ts";
import { normalCdf } from "../../../src/math/special.ts";
import { mean } from "../../../src/math/statistics.ts";
import { Calibrator, type Calibration } from "../../../src/model/calibration/calibration.ts";
import { fitCalibration, type LevelCell, type NumberCell } from "../../../src/model/calibration/fit-calibration.ts";
import { predictionSet, tempered } from "../../../src/model/calibration/level-map.ts";
import { masses } from "../../../src/model/calibration/quantile-map.ts";
import { shareWithin } from "../../../src/model/answers/proper-scores.ts";

/** Cells of one column whose truths are N(0, spread^2) and which are foretold as N(0, 1). */
function numberCells(n: number, spread: number, key: Key, { column = 0, share = 0.5, first = 0 } = {}): NumberCell[] {
  return Array.from(normal(key, n), (z, i) => ({ column, row: first + i, share, low: normalCdf(spread * z), high: normalCdf(spread * z) }));
}

const key = keyFromSeed(11);
const columns = (...levels: number[]) => levels.map((count) => ({ levels: count }));

function coverage(calibration: Calibration, cells: readonly NumberCell[], mass: number): number {
  const calibrator = new Calibrator(calibration);
  return mean(cells.map(({ column, share, low, high }) => {
    const map = calibrator.of(column, share);
    if (!map.numbers) throw new Error("expected a map of numbers");
    return shareWithin(mass, map.numbers.placeOf(low), map.numbers.placeOf(high));
  }));
}

describe("numbers", () => {
  it.each([0.4, 0.7, 1, 1.8])("truths that spread %f times as far as foretold are covered after all, at each mass", (spread) => {
    const calibration = fitCalibration(columns(1), numberCells(8000, spread, foldIn(key, 1)), [], 8000);
    const fresh = numberCells(20_000, spread, foldIn(key, 2));
    for (const mass of masses) expect(Math.abs(coverage(calibration, fresh, mass) - mass), `${mass}`).toBeLessThan(0.02);
    expect(calibration.columns[0].pit!.reduce((a, b) => a + b)).toBeCloseTo(1, 2);
  });

  it("the next cell is covered with at least the probability that is said, however few were held back (split-conformal)", () => {
    const [few, sets] = [80, 400];
    const covered = masses.map(() => [] as number[]);
    for (let set = 0; set < sets; set++) {
      const calibration = fitCalibration(columns(1), numberCells(few, 1.7, foldIn(foldIn(key, 3), set)), [], few);
      const fresh = numberCells(200, 1.7, foldIn(foldIn(key, 4), set));
      masses.forEach((mass, i) => covered[i].push(coverage(calibration, fresh, mass)));
    }
    masses.forEach((mass, i) => {
      const [least, most] = [mass - 0.006, mass + 2 / (few + 1) + 0.006];
      expect(mean(covered[i])).toBeGreaterThan(least);
      expect(mean(covered[i])).toBeLessThan(most);
    });
  });

  it("a column with few cells goes with the others, one with many its own way", () => {
    const cells = [...numberCells(600, 1.8, foldIn(key, 5)), ...numberCells(600, 0.5, foldIn(key, 6), { column: 1 }), ...numberCells(4, 0.5, foldIn(key, 7), { column: 2 })];
    const { columns: [wide, narrow, rare] } = fitCalibration(columns(1, 1, 1), cells, [], 600);
    const ninety = (column: typeof wide): number => (column.kind === "number" ? column.values[2] : Number.NaN);
    expect(ninety(narrow)).toBeLessThan(1.1);
    expect(ninety(wide)).toBeGreaterThan(2.5);
    expect(ninety(rare)).toBeGreaterThan(1.5);
  });

  it("rows of which little is seen are widened where they need it", () => {
    const cells = [...numberCells(500, 1.6, foldIn(key, 8), { share: 0.2 }), ...numberCells(500, 0.8, foldIn(key, 9), { share: 0.9, first: 500 })];
    const calibration = fitCalibration(columns(1), cells, [], 1000);
    expect(calibration.seen[0]).toBeGreaterThan(1.1);
    expect(calibration.seen[2]).toBeLessThan(0.9);
    for (const [share, spread, tag] of [[0.2, 1.6, 10], [0.9, 0.8, 11]] as const) {
      expect(Math.abs(coverage(calibration, numberCells(10_000, spread, foldIn(key, tag), { share }), 0.9) - 0.9)).toBeLessThan(0.04);
    }
  });

  it("an atom that is foretold as often as it is leaves the map alone", () => {
    const u = uniform(foldIn(key, 12), 4000);
    const cells = Array.from(u, (own, row): NumberCell => ({ column: 0, row, share: 0.5, ...(own < 0.6 ? { low: 0, high: 0.6 } : { low: own, high: own }) }));
    const { columns: [column] } = fitCalibration(columns(1), cells, [], 4000);
    if (column.kind !== "number") throw new Error("expected numbers");
    masses.forEach((mass, i) => expect(Math.abs(normalCdf(column.values[i]) - (1 + mass) / 2), `${mass}`).toBeLessThan(0.015));
  });

  it("a handful of rows moves a map half of the way", () => {
    const { columns: [column] } = fitCalibration(columns(1, 1, 1), [0, 1, 2].flatMap((own) => numberCells(16, 2.5, foldIn(foldIn(key, 14), own), { column: own })), [], 16);
    if (column.kind !== "number") throw new Error("expected numbers");
    expect(column.values[0]).toBeGreaterThan(0.75);
    expect(column.values[0]).toBeLessThan(1.5);
  });

  it("distributions stay as they are where next to nothing was held back", () => {
    const { columns: [column] } = fitCalibration(columns(1), numberCells(20, 3, foldIn(key, 13)), [], 20);
    if (column.kind !== "number") throw new Error("expected numbers");
    masses.forEach((mass, i) => expect(normalCdf(column.values[i])).toBeCloseTo((1 + mass) / 2, 6));
  });
});

describe("levels", () => {
  /** Truths drawn by p, and foretold as p^sharper. */
  function levelCells(n: number, sharper: number, tag: number): LevelCell[] {
    const noise = normal(foldIn(key, tag), 3 * n);
    const u = uniform(foldIn(key, tag + 1), n);
    return Array.from({ length: n }, (_, row) => {
      const p = tempered([0, 1, 2].map((k) => Math.exp(noise[3 * row + k])), 1);
      const truth = u[row] < p[0] ? 0 : u[row] < p[0] + p[1] ? 1 : 2;
      return { column: 0, row, share: 0.5, probabilities: tempered(p, 1 / sharper), truth };
    });
  }

  it.each([0.6, 1, 2])("probabilities that are too sharp or too even (to the power %f) get their temperature, and sets hold what they say", (sharper) => {
    const { columns: [column] } = fitCalibration(columns(3), [], levelCells(3000, sharper, 20), 3000);
    if (column.kind !== "levels") throw new Error("expected levels");
    expect(Math.abs(Math.log(column.temperature / sharper))).toBeLessThan(0.2);
    const fresh = levelCells(20_000, sharper, 30);
    // the most probable level is always in
    const first = mean(fresh.map(({ probabilities, truth }) => Number(probabilities[truth] === Math.max(...probabilities))));
    for (const mass of masses) {
      const held = mean(fresh.map(({ probabilities, truth }) => Number(predictionSet(tempered(probabilities, column.temperature), column.least, mass).includes(truth))));
      expect(held).toBeGreaterThan(mass - 0.02);
      expect(held).toBeLessThan(Math.max(first, mass) + 0.02);
    }
  });
});
