import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, gradients, Tape } from "../../src/autodiff/index.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";
import { checkOp } from "./check-gradients.ts";

describe("programs", () => {
  it("replay makes no buffer, bind group or pipeline, and submits once", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [33, 5], normal(keyFromSeed(1), 165)));
    const program = await compile(gpu, { y: ad.sum(ad.exp(ad.matmul(x, x, { transA: true })), 0) });
    program.run();
    const before = { ...gpu.made };
    for (let i = 0; i < 10; i++) program.run();
    await gpu.idle();
    expect(gpu.made).toEqual({ ...before, submits: before.submits + 10 });
  });

  it("a chain of elementwise ops is one kernel, a matmul with bias and ReLU another", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [7, 3], normal(keyFromSeed(1), 21)));
    const w = tape.read(deviceTensor(gpu, [3, 5], normal(keyFromSeed(2), 15)));
    const b = tape.read(deviceTensor(gpu, [5], normal(keyFromSeed(3), 5)));
    const chain = await compile(gpu, { y: ad.tanh(ad.add(ad.mul(x, 2), ad.exp(x))) });
    expect(chain.kernels).toEqual(["tanh"]);
    const layer = await compile(gpu, { y: ad.relu(ad.linear(x, w, b)) });
    expect(layer.kernels).toEqual(["matmul + relu"]);
  });

  it("may overwrite what it reads: the copy comes last", async () => {
    const gpu = await testDevice();
    const state = deviceTensor(gpu, [5], [1, 2, 3, 4, 5]);
    const tape = new Tape();
    const old = tape.read(state);
    const program = await compile(gpu, { next: ad.mul(old, 2), total: ad.sum(old) }, { into: { next: state } });
    for (let i = 0; i < 3; i++) program.run();
    expect(Array.from(await state.read())).toEqual([8, 16, 24, 32, 40]);
    expect(Array.from(await program.outputs.total.read())).toEqual([60]);
  });

  it("gives leaves and views as outputs", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [2, 3], [1, 2, 3, 4, 5, 6]));
    const program = await compile(gpu, { leaf: x, view: ad.reshape(ad.neg(x), [3, 2]) });
    program.run();
    expect(Array.from(await program.outputs.leaf.read())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(program.outputs.view.shape).toEqual([3, 2]);
    expect(Array.from(await program.outputs.view.read())).toEqual([-1, -2, -3, -4, -5, -6]);
  });

  it("splits a kernel that would bind more arrays than a device allows", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const arrays = Array.from({ length: 23 }, (_, i) => tape.read(deviceTensor(gpu, [9], new Float32Array(9).fill(i))));
    const program = await compile(gpu, { y: arrays.reduce((a, b) => ad.add(ad.mul(a, 0.5), b)) });
    program.run();
    let expected = 0;
    for (let i = 1; i < 23; i++) expected = 0.5 * expected + i;
    expect(program.kernels.length).toBeGreaterThan(1);
    expectClose((await program.outputs.y.read()).subarray(0, 1), [expected], { rtol: 1e-5 });
  });

  it("passes 65,535 workgroups and reduces a million numbers to one", async () => {
    const gpu = await testDevice();
    const n = 65_535 * 64 + 1000;
    const tape = new Tape();
    const ones = ad.add(ad.iota(tape, [n], 0), 0.5);
    const program = await compile(gpu, { ones, total: ad.sum(ad.slice(tape.read(deviceTensor(gpu, [n], new Float32Array(n).fill(1))), 0, 0, 1_000_000)) });
    program.run();
    const got = await program.outputs.ones.read();
    expect([got[0], got[n - 1000], got[n - 1]]).toEqual([0.5, Math.fround(n - 1000 + 0.5), Math.fround(n - 1 + 0.5)]);
    expect(Array.from(await program.outputs.total.read())).toEqual([1_000_000]);
  });

  it("errors name the operation and the shapes", () => {
    const tape = new Tape();
    const a = tape.fill(0, [32, 17]);
    const b = tape.fill(0, [16, 8]);
    expect(() => ad.matmul(a, b)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [matmul] inner sizes differ: a is [32, 17], b is [16, 8].]`);
    expect(() => ad.add(a, b)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [add] shapes do not broadcast: a is [32, 17], b is [16, 8].]`);
    expect(() => ad.concat([a, b], 0)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [concat] along axis 0, [16, 8] does not fit [32, 17].]`);
    expect(() => ad.slice(a, 1, 3, 18)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [slice] 3..18 does not lie within axis 1 of [32, 17].]`);
    expect(() => gradients(a, [a])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [gradients] the output must be a scalar, got [32, 17]; sum it, or pass a cotangent.]`);
  });

  it("a buffer past the device's limits is a named error", async () => {
    const gpu = await testDevice();
    expect(() => deviceTensor(gpu, [2 ** 20, 2 ** 13], undefined, { label: "table" })).toThrow(/\[table\] needs a buffer of 34359738368 bytes, but this device allows \d+; use smaller batches/);
  });
});

describe("gradients", () => {
  it("of what the output does not depend on, and through stopGradient, are zero", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const [x, unused] = [tape.read(deviceTensor(gpu, [3], [1, 2, 3])), tape.read(deviceTensor(gpu, [2], [1, 1]))];
    const [gx, gu, gs] = [...gradients(ad.sum(ad.square(x)), [x, unused]), ...gradients(ad.sum(ad.mul(ad.stopGradient(x), x)), [x])];
    const program = await compile(gpu, { gx, gu, gs });
    program.run();
    expect(Array.from(await program.outputs.gx.read())).toEqual([2, 4, 6]);
    expect(Array.from(await program.outputs.gu.read())).toEqual([0, 0]);
    expect(Array.from(await program.outputs.gs.read())).toEqual([1, 2, 3]);
  });

  it("of gradients: the Hessian of log-sum-exp is diag(p) - p p^T", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [4], [0.3, -1, 0.7, 0.1]));
    const v = [1, -2, 0.5, 3];
    const [g] = gradients(ad.logSumExp(x, 0), [x]);
    const [hv] = gradients(ad.sum(ad.mul(g, tape.read(deviceTensor(gpu, [4], v)))), [x]);
    const program = await compile(gpu, { hv });
    program.run();
    const e = [0.3, -1, 0.7, 0.1].map(Math.exp);
    const p = e.map((value) => value / e.reduce((a, b) => a + b));
    const pv = p.reduce((total, value, i) => total + value * v[i], 0);
    expectClose(await program.outputs.hv.read(), p.map((value, i) => value * (v[i] - pv)), { rtol: 1e-5, atol: 1e-6 });
  });
});

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
});

describe("random numbers", () => {
  it("are the host's for the same key, index and stream", async () => {
    const gpu = await testDevice();
    const key = foldIn(keyFromSeed(5), 3);
    const tape = new Tape();
    const k = ad.foldIn(tape.read(deviceTensor(gpu, [2], keyFromSeed(5), { dtype: "u32" })), 3);
    const program = await compile(gpu, { k, u: ad.randomUniform(k, [7, 11], 4), n: ad.randomNormal(k, [77], 9) });
    program.run();
    expect(Array.from(await program.outputs.k.readWords())).toEqual([...key]);
    expect(Array.from(await program.outputs.u.read())).toEqual(Array.from(uniform(key, 77, 4)));
    expectClose(await program.outputs.n.read(), normal(key, 77, 9), { rtol: 1e-5, atol: 1e-6 });
  });

  it("Bernoulli draws keep their probability", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const k = tape.read(deviceTensor(gpu, [2], [1, 2], { dtype: "u32" }));
    const program = await compile(gpu, { b: ad.randomBernoulli(k, tape.fill(0.3, [20_000])) });
    program.run();
    const mean = (await program.outputs.b.read()).reduce((a, b) => a + b, 0) / 20_000;
    // standard error 0.0032
    expect(Math.abs(mean - 0.3)).toBeLessThan(4 * 0.0032);
  });

  it("batches visit every row once an epoch, in another order each", async () => {
    const gpu = await testDevice();
    const step = deviceTensor(gpu, [1], [0], { dtype: "u32" });
    const tape = new Tape();
    const program = await compile(gpu, { rows: ad.shuffledRows(tape.read(deviceTensor(gpu, [2], [7, 8], { dtype: "u32" })), tape.read(step), 4, 10) });
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      step.write([i]);
      program.run();
      seen.push(...(await program.outputs.rows.readWords()));
    }
    const [first, second] = [seen.slice(0, 10), seen.slice(10)];
    for (const epoch of [first, second]) expect([...epoch].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(first).not.toEqual(second);
  });
});
