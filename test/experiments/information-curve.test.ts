import { expect, test } from "vitest";
import { informationCurve } from "../../src/experiments/information-curve.ts";
import { RowLosses } from "../../src/experiments/row-losses.ts";
import { fit } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../model/small-model.ts";

test("losses are kept by row, over chunks and rounds", () => {
  const losses = new RowLosses(1, 2);
  for (const round of [0, 2]) {
    losses.startRound();
    losses.addRows(2);
    losses.addStep(0, 0, 1 + round);
    losses.addStep(0, 1, 4);
    losses.addRows(1);
    losses.addStep(0, 0, 12);
    losses.addStep(1, 0, 3);
  }
  expect(losses.rows).toBe(3);
  expect(losses.curve(false)).toEqual([(2 + 4 + 12) / 3, 1]);
  expect(losses.curve(true, 2)).toEqual([Math.sqrt(3), 0]);
});

test("both orders begin at the same error and end at the same one; the one by information falls faster, and its lead has a standard error", async () => {
  const gpu = await testDevice();
  const model = await fit(gpu, smallTable(120), smallSchema, { config: smallConfig("VAEM"), schedule: { ...smallSchedule, viSteps: 300 }, seed: 1 });
  const all = smallTable(60, 7);
  const table = { ...all, observedY: all.observedY.map((seen, row) => (row < 30 ? 0 : seen)) };
  let last = [0, 0];
  const curve = await informationCurve(model, table, { rows: 100, draws: 200, steps: 20, orders: 3, seed: 0, onProgress: (...at) => (last = at) });
  expect(last).toEqual([20, 20]);
  expect(curve).toMatchObject({ rows: 30, errorName: "RMSE" });
  const { byInformation, atRandom } = curve;
  expect([byInformation.error.length, atRandom.standardError.length]).toEqual([5, 5]);
  // the first round draws with the same keys; three rounds differ by the draws of 200 samples alone
  expectClose([byInformation.error[0], byInformation.error[4]], [atRandom.error[0], atRandom.error[4]], { rtol: 0.05, atol: 0 });
  expect(byInformation.error[1]).toBeLessThan(byInformation.error[0]);
  for (const error of byInformation.standardError) expect(error > 0 && error < byInformation.error[0]).toBe(true);
  expect(curve.saved.share > 0 && curve.saved.share < 1).toBe(true);
  expect(curve.saved.standardError > 0 && curve.saved.standardError < 0.5).toBe(true);
});

test("the rows with the fewest holes are tried; without any target there is nothing to score; it can be stopped", async () => {
  const gpu = await testDevice();
  const model = await fit(gpu, smallTable(60), smallSchema, { config: smallConfig("VAEM"), schedule: { ...smallSchedule, marginalSteps: 2, viSteps: 2 }, seed: 1 });
  const options = { rows: 5, draws: 20, steps: 2, orders: 1, seed: 0 };
  expect((await informationCurve(model, smallTable(20), options)).byInformation.error).toHaveLength(3);
  await expect(informationCurve(model, { ...smallTable(20), observedY: new Float32Array(20) }, options)).rejects.toThrow("no row of the table has a value for every target");
  const stop = new AbortController();
  await expect(informationCurve(model, smallTable(20), { ...options, signal: stop.signal, onProgress: () => stop.abort(new Error("stopped")) })).rejects.toThrow("stopped");
});
