import { describe, expect, it } from "vitest";
import { isContinuous } from "../../../src/data/index.ts";
import { checkModel, fit, holdOut, loadModel, packModel, unpackModel, withCheck } from "../../../src/model/index.ts";
import { sheets } from "../../../src/model/check/exam.ts";
import { Neighbours } from "../../../src/model/check/neighbours.ts";
import { testDevice } from "../../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../small-model.ts";

const table = smallTable(80);

/** The rows of a table as texts, so that they can be found again. */
const rowsOf = ({ rows, x, y }: Pick<typeof table, "rows" | "x" | "y">): string[] => Array.from({ length: rows }, (_, r) => [...x.subarray(4 * r, 4 * r + 4), y[r]].join());

describe("rows held back for a check", () => {
  it("are a tenth, drawn by the seed, and no training row", () => {
    const { training, exam } = holdOut(table, 0.1, 1);
    expect([training.rows, exam!.rows]).toEqual([72, 8]);
    expect([...rowsOf(training), ...rowsOf(exam!)].sort()).toEqual(rowsOf(table).sort());
    expect(rowsOf(holdOut(table, 0.1, 1).exam!)).toEqual(rowsOf(exam!));
    expect(rowsOf(holdOut(table, 0.1, 2).exam!)).not.toEqual(rowsOf(exam!));
  });

  it("are none of few rows, and none where none are wanted", () => {
    expect(holdOut(smallTable(39), 0.1, 1).exam).toBeUndefined();
    expect(holdOut(table, 0, 1)).toEqual({ training: table });
  });

  it("are asked for every observed cell once, and for targets with all features in sight", () => {
    const { exam } = holdOut(table, 0.1, 1);
    const [features, targets] = sheets(exam!, 1);
    const hidden = new Float32Array(exam!.x.length);
    features.of.forEach((row, at) => {
      for (let j = 0; j < 4; j++) hidden[row * 4 + j] += exam!.observedX[row * 4 + j] - features.shown.observedX[at * 4 + j];
    });
    expect([...hidden]).toEqual([...exam!.observedX]);
    expect(features.shown.y.every((value, i) => value === exam!.y[features.of[i]])).toBe(true);
    expect([...targets.shown.observedX]).toEqual([...exam!.observedX]);
    expect([...targets.shown.observedY, ...targets.shown.y].every((value) => value === 0)).toBe(true);
  });
});

it("neighbours guess by the rows that are nearest", () => {
  const columns = smallSchema.columns;
  // column a has the value of the row's group, column b gives the group away, c is a level
  const x = Float32Array.from({ length: 4 * 40 }, (_, i) => [i < 80 ? 1 : 5, i < 80 ? -2 : 2, i < 80 ? 0 : 1, 0][i % 4]);
  const training = { rows: 40, features: 4, targets: 1, x, observedX: new Float32Array(160).fill(1), y: new Float32Array(40), observedY: new Float32Array(40), warnings: [] };
  const near = new Neighbours(training, columns);
  expect(near.guess({ values: Float32Array.of(0, 1.9, 0, 0), observed: Float32Array.of(0, 1, 0, 0) }, [0, 2, 4])).toEqual([5, 1, undefined]);
  expect(near.guess({ values: Float32Array.of(0, -1.9, 0, 0), observed: Float32Array.of(0, 1, 0, 0) }, [0, 2])).toEqual([1, 0]);
  expect(near.usual(0)).toBe(3);
});

it("a check asks for all of these cells, and goes with the model's file", async () => {
  const gpu = await testDevice();
  const { training, exam } = holdOut(table, 0.2, 1);
  const model = await fit(gpu, training, smallSchema, { config: smallConfig("HHVAEM"), schedule: { ...smallSchedule, marginalSteps: 10, viSteps: 20, hmcSteps: 2 }, seed: 1 });
  const shares: number[] = [];
  const check = await checkModel(model, { training, exam: exam! }, { draws: 20, seed: 1, curve: [[1, 0.5], [2, 0.4]], stopped: true, onProgress: (share) => shares.push(share) });
  expect([check.rows, check.of, check.draws, check.stopped]).toEqual([16, 80, 20, true]);
  const seen = (j: number): number => Array.from({ length: 16 }, (_, r) => (j < 4 ? exam!.observedX[4 * r + j] : exam!.observedY[r])).reduce((a, b) => a + b, 0);
  expect(check.columns.map(({ column, cells }) => [column, cells])).toEqual(smallSchema.columns.map(({ name }, j) => [name, seen(j)]));
  for (const [j, { error, usual, neighbours, half, ninety, sure }] of check.columns.entries()) {
    for (const value of [error, usual, neighbours]) expect(value).toBeGreaterThanOrEqual(0);
    if (isContinuous(smallSchema.columns[j].type)) expect(ninety!).toBeGreaterThanOrEqual(half!);
    else expect(sure!).toBeGreaterThan(0);
  }
  expect(check.chains).toMatchObject({ rows: 2 });
  expect(check.chains!.rHat).toBeGreaterThan(0.9);
  expect(shares.at(-1)).toBe(1);
  expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0))).toBe(true);
  const bytes = packModel(withCheck(await model.files(), check));
  const loaded = await loadModel(gpu, unpackModel(bytes));
  expect(loaded.check).toEqual(check);
  expect(packModel(await loaded.files())).toEqual(bytes);
  // a model from before there were checks
  expect(model.check).toBeUndefined();
});
