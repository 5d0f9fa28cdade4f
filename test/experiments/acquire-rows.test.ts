import { expect, test } from "vitest";
import { CurveSums } from "../../src/experiments/acquire-rows.ts";
import { chunksOf } from "../../src/experiments/rows-at-once.ts";
import { saia } from "../../src/experiments/saia.ts";
import { selectRows } from "../../src/data/index.ts";
import { fit } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../model/small-model.ts";

test("chunks are even, and the last is filled up with rows that do not count", () => {
  expect(chunksOf([5, 6, 7, 8, 9], 2)).toEqual([{ rows: [5, 6], count: 2 }, { rows: [7, 8], count: 2 }, { rows: [9, 5], count: 1 }]);
  expect(chunksOf([1, 2, 3], 100)).toEqual([{ rows: [1, 2, 3], count: 3 }]);
  // 51 rows, at most 40 at a time: 26 and 25, not 40 and 11
  expect(chunksOf(Array.from({ length: 51 }, (_, i) => i), 40).map(({ rows, count }) => [rows.length, count])).toEqual([[26, 26], [26, 25]]);
});

test("claims stand beside what came of them, with the error of their difference; without claims there are none", () => {
  const sums = new CurveSums(2, 1);
  sums.addRows(3);
  expect(sums.curves(true).claims).toBeUndefined();
  for (const [claimed, realised] of [[0.2, 0.5], [0.4, 0.1], [0.3, 0.3]]) sums.addClaim(1, claimed, realised);
  sums.addClaim(2, 0.1, 0.4);
  const { claimed, realised, standardError } = sums.curves(true).claims!;
  expectClose(claimed, [0.3, 0.1], { rtol: 1e-12 });
  expectClose(realised, [0.3, 0.4], { rtol: 1e-12 });
  // differences -0.3, 0.3, 0: their mean square 0.06 over 3 rows
  expectClose(standardError, [Math.sqrt(0.06 / 3), 0], { rtol: 1e-9, atol: 1e-9 });
});

test("curves run from knowing nothing to what the model predicts with everything; holes and missing targets are left out", async () => {
  const gpu = await testDevice();
  const model = await fit(gpu, smallTable(80), smallSchema, { config: smallConfig("VAEM"), schedule: { ...smallSchedule, viSteps: 300 }, seed: 1 });
  const all = smallTable(24, 7);
  const table = { ...all, observedY: all.observedY.map((seen, row) => (row < 4 ? 0 : seen)) };
  const curves = [];
  for await (const curve of saia(model, table, { methods: ["mi", "variance", "random"], draws: 400, seed: 0, randomOrders: 2 })) curves.push(curve);
  expect(curves.map(({ method }) => method)).toEqual(["mi", "variance", "random"]);
  const [mi, variance] = curves;
  expect(mi.rows).toBe(20);
  for (const step of [0, 4]) expect([variance.error[step], variance.logLikelihood[step]]).toEqual([mi.error[step], mi.logLikelihood[step]]);
  // the same rows by the model's own evaluation, whose draws are others: standard errors of 400 draws are below 0.02
  const scored = selectRows(table, Array.from({ length: 20 }, (_, i) => i + 4));
  const evaluate = (shown: ArrayLike<number>): ReturnType<typeof model.evaluate> => model.evaluate(scored, shown, { draws: 400 });
  const [nothing, everything] = [await evaluate(new Float32Array(80)), await evaluate(new Float32Array(80).fill(1))];
  expectClose([mi.error[0], mi.error[4]], [nothing.rmse!, everything.rmse!], { rtol: 0.05, atol: 0 });
  expectClose([mi.logLikelihood[0], mi.logLikelihood[4]], [nothing.ll_y, everything.ll_y], { rtol: 0, atol: 0.1 });
  expect(mi.error[4]).toBeLessThan(mi.error[0]);
  // what was told in all is the rise of the log-likelihood
  expectClose([mi.claims!.realised[0]], [mi.logLikelihood[1] - mi.logLikelihood[0]], { rtol: 1e-5, atol: 1e-6 });
  expect(variance.claims).toBeUndefined();
  for (const position of mi.position) expect(position >= 1 && position <= 4).toBe(true);
});
