import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
import { hardwareDevice, testDevice } from "../device.ts";
import { checkOp } from "./check-gradients.ts";

describe("gather and scatter", () => {
  const indices = [4, 0, 4, 2, 1, 4];
  it("gather: rows by index, and its gradient adds up repeated rows", async () => {
    const gpu = await testDevice();
    await checkOp(gpu, { shapes: [[5, 3]], build: ([x]) => ad.gather(x, x.tape.read(deviceTensor(gpu, [6], indices, { dtype: "u32" }))), oracle: ([x]) => indices.flatMap((row) => [0, 1, 2].map((j) => x[row * 3 + j])) });
  });
  it("scatterAdd: its transpose", async () => {
    const gpu = await testDevice();
    await checkOp(gpu, {
      shapes: [[6, 3]],
      build: ([x]) => ad.scatterAdd(x, x.tape.read(deviceTensor(gpu, [6], indices, { dtype: "u32" })), 5),
      oracle: ([x]) => Array.from({ length: 15 }, (_, e) => indices.reduce((total, row, i) => total + (row === Math.floor(e / 3) ? x[i * 3 + (e % 3)] : 0), 0)),
    });
  });
  it("many indices, which lanes of hardware share: every row is the sum of its own", async () => {
    const many = Array.from({ length: 127 }, (_, i) => (i * i) % 5);
    const build = ([x]: readonly ad.Tensor[]): ad.Tensor => ad.scatterAdd(x, x.tape.read(deviceTensor(x.source!.gpu, [127], many, { dtype: "u32" })), 6);
    for (const gpu of [await hardwareDevice(), await testDevice()]) {
      await checkOp(gpu, {
        shapes: [[127, 3]],
        build,
        oracle: ([x]) => Array.from({ length: 18 }, (_, e) => many.reduce((total, row, i) => total + (row === Math.floor(e / 3) ? x[i * 3 + (e % 3)] : 0), 0)),
      });
    }
  });
  it("an index past the end is the last row's, read and added to: few and many", async () => {
    for (const [gpu, count] of [[await testDevice(), 6], [await testDevice(), 127], [await hardwareDevice(), 127]] as const) {
      const past = Array.from({ length: count }, (_, i) => (i * 7) % 9);
      const last = (row: number): number => Math.min(row, 4);
      const read = (x: ad.Tensor): ad.Tensor => x.tape.read(deviceTensor(gpu, [count], past, { dtype: "u32" }));
      await checkOp(gpu, { shapes: [[5, 2]], build: ([x]) => ad.gather(x, read(x)), oracle: ([x]) => past.flatMap((row) => [x[2 * last(row)], x[2 * last(row) + 1]]) });
      await checkOp(gpu, { shapes: [[count, 2]], build: ([x]) => ad.scatterAdd(x, read(x), 5), oracle: ([x]) => Array.from({ length: 10 }, (_, e) => past.reduce((total, row, i) => total + (last(row) === e >> 1 ? x[2 * i + (e % 2)] : 0), 0)) });
    }
  });
  it("indices of two axes keep their shape", async () => {
    const gpu = await testDevice();
    const grid = [1, 0, 2, 2, 0, 1];
    await checkOp(gpu, {
      shapes: [[3, 2]],
      build: ([x]) => ad.gather(x, x.tape.read(deviceTensor(gpu, [2, 3], grid, { dtype: "u32" }))),
      oracle: ([x]) => grid.flatMap((row) => [x[2 * row], x[2 * row + 1]]),
    });
  });
  it("gather then scatterAdd by a permutation is the identity; rows no index names are 0", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [4], [10, 20, 30, 40]));
    const order = tape.read(deviceTensor(gpu, [4], [2, 0, 3, 1], { dtype: "u32" }));
    const program = await compile(gpu, { same: ad.scatterAdd(ad.gather(x, order), order, 6) });
    program.run();
    expect(Array.from(await program.outputs.same.read())).toEqual([10, 20, 30, 40, 0, 0]);
  });
  it("gathers u32 rows, as shuffled row numbers are", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const words = tape.read(deviceTensor(gpu, [3], [4_000_000_000, 7, 2 ** 24 + 1], { dtype: "u32" }));
    const program = await compile(gpu, { y: ad.gather(words, tape.read(deviceTensor(gpu, [2], [2, 0], { dtype: "u32" }))) });
    program.run();
    expect(Array.from(await program.outputs.y.readWords())).toEqual([2 ** 24 + 1, 4_000_000_000]);
  });
  it("indices must be u32, tables must have rows", () => {
    const tape = new Tape();
    expect(() => ad.gather(tape.fill(1, [3]), tape.fill(0, [2]))).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [gather] indices must be u32, got f32 [2].]`);
    expect(() => ad.gather(tape.fill(1), tape.record("toFloat", [], [2], {}, "u32"))).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [gather] the table needs at least one axis, got a scalar.]`);
  });
});
