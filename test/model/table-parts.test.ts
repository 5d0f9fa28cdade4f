import { expect, test } from "vitest";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
import { drawBatch, uploadTable } from "../../src/model/training-batch.ts";
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
