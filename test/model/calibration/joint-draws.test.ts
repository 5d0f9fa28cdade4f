import { describe, expect, it } from "vitest";
import { foldIn, keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { calibrateRow } from "../../../src/model/calibration/calibrate-completions.ts";
import type { CellMap } from "../../../src/model/calibration/calibration.ts";
import { calibrationOf, emptyTold } from "../../../src/model/calibration/told-cells.ts";
import { endOf, masses, QuantileMap } from "../../../src/model/calibration/quantile-map.ts";
import { HeldBack } from "../../../src/model/completion/held-back.ts";
import type { MixedColumn } from "../../../src/likelihood/mixed.ts";

const key = keyFromSeed(21);
const wide: CellMap = { numbers: new QuantileMap(masses.map((mass) => 1.5 * endOf(mass))) };
const even: CellMap = { levels: { kind: "levels", temperature: 2, least: [0.5, 0.2, 0.1, 0.05] } };

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe("joint draws that are calibrated", () => {
  const n = 2000;
  const rho = 0.8;
  const noise = [0, 1].map((stream) => normal(key, n, stream));
  const u = uniform(foldIn(key, 1), n);
  const mixed = [{ kind: "learned", levels: 1 }, { kind: "learned", levels: 1 }, { kind: "categorical", levels: 3 }] as unknown as MixedColumn[];
  // the third column's level goes with the sign of the first, mostly
  const made = Float32Array.from({ length: 3 * n }, (_, i) => {
    const s = Math.floor(i / 3);
    const first = noise[0][s];
    return [first, rho * first + Math.sqrt(1 - rho * rho) * noise[1][s], u[s] < 0.2 ? 2 : Number(first > 0)][i % 3];
  });
  const column = (draws: Float32Array, j: number): number[] => Array.from({ length: n }, (_, s) => draws[3 * s + j]);
  const draws = made.slice();
  calibrateRow({ draws, mixed, hidden: (j) => j !== 0, mapOf: (j) => (j === 2 ? even : wide), key: foldIn(key, 2) });

  it("leave what is known as it is, and spread what is hidden", () => {
    expect(column(draws, 0)).toEqual(column(made, 0));
    const sd = (values: number[]): number => Math.sqrt(values.reduce((total, value) => total + value * value, 0) / n);
    expect(sd(column(draws, 1)) / sd(column(made, 1))).toBeGreaterThan(1.4);
  });

  it("stay joint: the correlation of two cells is what it was within sampling error, and so is what a number says of a level", () => {
    // standard error (1 - rho^2) / sqrt(n) = 0.008
    expect(Math.abs(correlation(column(draws, 0), column(draws, 1)) - rho)).toBeLessThan(0.024);
    const both = made.slice();
    calibrateRow({ draws: both, mixed, hidden: () => true, mapOf: (j) => (j === 2 ? even : wide), key: foldIn(key, 2) });
    expect(Math.abs(correlation(column(both, 0), column(both, 1)) - rho)).toBeLessThan(0.024);
    const agreeing = (of: Float32Array): number => {
      const pairs = column(of, 2).flatMap((level, s) => (level === 2 ? [] : [Number(level === Number(of[3 * s] > 0))]));
      return pairs.reduce((total, same) => total + same, 0) / pairs.length;
    };
    expect(agreeing(made)).toBe(1);
    // 0.2 against 0.4 and 0.4 become 0.26, 0.37, 0.37: few levels move, next to all to the third
    expect(agreeing(both)).toBeGreaterThan(0.98);
    const third = column(both, 2).filter((level) => level === 2).length / n;
    const q = Math.sqrt(0.2) / (Math.sqrt(0.2) + 2 * Math.sqrt(0.4));
    expect(Math.abs(third - q)).toBeLessThan(4 * Math.sqrt(0.25 / n));
  });
});

it("maps of several parts together are fitted to the sum of their distributions by their shares", () => {
  const rows = 200;
  const table = { rows, features: 1, targets: 1, x: new Float32Array(rows), observedX: new Float32Array(rows).fill(1), y: new Float32Array(rows), observedY: new Float32Array(rows).fill(1) };
  const heldBack = new HeldBack(table, key);
  const part = (tag: number): ReturnType<typeof emptyTold> => {
    const told = emptyTold(2 * heldBack.rows);
    uniform(foldIn(key, tag), 2 * heldBack.rows).forEach((place, i) => (told.low[i] = told.high[i] = place));
    return told;
  };
  const [a, b] = [part(3), part(4)];
  const columns = [{ levels: 1 }, { levels: 1 }];
  const both = calibrationOf([{ told: a, features: 0.25, targets: 0 }, { told: b, features: 0.75, targets: 1 }], columns, heldBack);
  const summed = emptyTold(2 * heldBack.rows);
  summed.low.forEach((_, i) => (summed.low[i] = summed.high[i] = i % 2 === 0 ? 0.25 * a.low[i] + 0.75 * b.low[i] : b.low[i]));
  expect(both).toEqual(calibrationOf([{ told: summed, features: 1, targets: 1 }], columns, heldBack));
  // an average of uniform numbers lies in the middle more often
  expect(both.columns[0].covered![0]).toBeGreaterThan(0.55);
});
