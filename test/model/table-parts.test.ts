import { expect, test } from "vitest";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
import { drawBatch, uploadTable } from "../../src/model/training/training-batch.ts";
import { testDevice } from "../device.ts";

test("a table that one array cannot hold lies in several, and gives the same batches", async () => {
  const gpu = await testDevice();
  const [rows, features] = [23, 3];
  const x = Array.from({ length: rows * features }, (_, i) => i + 0.5);
  const table = { rows, features, targets: 1, x, observedX: x.map((_, i) => Number(i % 5 !== 0)), y: x.slice(0, rows), observedY: x.slice(0, rows).map(() => 1) };
  const batchOf = async (limit?: number): Promise<number[]> => {
    const data = uploadTable(gpu, table, limit);
    expect(data.further).toHaveLength(limit === undefined ? 0 : 2);
    const tape = new Tape();
    const key = tape.read(deviceTensor(gpu, [2], [5, 9], { dtype: "u32" }));
    const step = tape.read(deviceTensor(gpu, [1], [1], { dtype: "u32" }));
    const { x: batch, known, y } = drawBatch(tape, data, { key, step, schedule: { batch: 16, maxMissingRate: 0.5 } });
    const program = await compile(gpu, { batch, known, y: y! });
    program.run();
    return (await Promise.all([program.outputs.batch, program.outputs.known, program.outputs.y].map((output) => output.read()))).flatMap((values) => Array.from(values));
  };
  // 10 rows of 3 features an array: 10, 10 and 3
  expect(await batchOf(10 * 3 * 4)).toEqual(await batchOf());
});

test("training masks: half of the rows lose little where that is asked for, targets at the heavy rate everywhere; the authors' masks are as they were", async () => {
  const gpu = await testDevice();
  const [rows, features] = [400, 40];
  const ones = (count: number): number[] => new Array<number>(count).fill(1);
  // complete: light masks go up to 0.4
  const table = { rows, features, targets: 0, x: ones(rows * features), observedX: ones(rows * features), y: [], observedY: [] };
  const hiddenRates = async (lightShare: number | undefined, first: number, columns: number): Promise<number[]> => {
    const tape = new Tape();
    const key = tape.read(deviceTensor(gpu, [2], [5, 9], { dtype: "u32" }));
    const step = tape.read(deviceTensor(gpu, [1], [1], { dtype: "u32" }));
    // the last 20 columns count as targets
    const { observed } = drawBatch(tape, uploadTable(gpu, table), { key, step, features: 20, schedule: { batch: rows, maxMissingRate: 0.99, lightShare } });
    const program = await compile(gpu, { observed });
    program.run();
    const seen = await program.outputs.observed.read();
    return Array.from({ length: rows }, (_, r) => 1 - seen.subarray(r * features + first, r * features + first + columns).reduce((a, b) => a + b) / columns);
  };
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  // U(0, 0.99): mean 0.495, standard error 0.015; U(0, 0.4): mean 0.2
  expect(Math.abs(mean(await hiddenRates(undefined, 0, 20)) - 0.495)).toBeLessThan(0.06);
  expect(await hiddenRates(0, 0, 20)).toEqual(await hiddenRates(undefined, 0, 20));
  const light = await hiddenRates(1, 0, 20);
  expect(Math.abs(mean(light) - 0.2)).toBeLessThan(0.03);
  expect(Math.max(...light)).toBeLessThan(0.85);
  expect(Math.abs(mean(await hiddenRates(0.5, 0, 20)) - 0.35)).toBeLessThan(0.06);
  expect(Math.abs(mean(await hiddenRates(1, 20, 20)) - 0.495)).toBeLessThan(0.06);
});
