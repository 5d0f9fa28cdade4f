import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, gradients, Tape } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

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

  it("exchanges two arrays: both copies see what was there before", async () => {
    const gpu = await testDevice();
    const [a, b] = [deviceTensor(gpu, [2], [1, 2]), deviceTensor(gpu, [2], [3, 4])];
    const tape = new Tape();
    const program = await compile(gpu, { a: tape.read(b), b: tape.read(a) }, { into: { a, b } });
    program.run();
    expect([...(await a.read()), ...(await b.read())]).toEqual([3, 4, 1, 2]);
  });

  it("gives the old value of an array that it overwrites", async () => {
    const gpu = await testDevice();
    const state = deviceTensor(gpu, [2], [1, 2]);
    const old = new Tape().read(state);
    const program = await compile(gpu, { old, next: ad.mul(old, 10) }, { into: { next: state } });
    program.run();
    expect([...(await program.outputs.old.read()), ...(await state.read())]).toEqual([1, 2, 10, 20]);
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
    expect(() => ad.broadcastTo(a, [32, 16])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [broadcastTo] [32, 17] does not broadcast to [32, 16].]`);
    expect(() => ad.reshape(a, [5, 5])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [reshape] [32, 17] has 544 elements, [5, 5] has 25.]`);
    expect(() => ad.sum(a, 2)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [sum] axes [2] do not fit the shape [32, 17].]`);
    expect(() => ad.concat([a, b], 0)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [concat] along axis 0, [16, 8] does not fit [32, 17].]`);
    expect(() => ad.slice(a, 1, 3, 18)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [slice] 3..18 does not lie within axis 1 of [32, 17].]`);
    expect(() => gradients(a, [a])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [gradients] the output must be a scalar, got [32, 17]; sum it, or pass a cotangent.]`);
  });

  it("a buffer past the device's limits is a named error", async () => {
    const gpu = await testDevice();
    expect(() => deviceTensor(gpu, [2 ** 20, 2 ** 13], undefined, { label: "table" })).toThrow(/\[table\] needs a buffer of 34359738368 bytes, but this device allows \d+; use smaller batches/);
  });

  it("refuses a target of another size or type", async () => {
    const gpu = await testDevice();
    const y = new Tape().fill(1, [3]);
    const target = deviceTensor(gpu, [4]);
    await expect(compile(gpu, { y }, { into: { y: target } })).rejects.toThrowErrorMatchingInlineSnapshot(`[ShapeError: [compile] output "y" is f32 [3], its target f32 [4].]`);
  });

  it("writes outputs into views of one array, neighbours untouched", async () => {
    const gpu = await testDevice();
    const flat = deviceTensor(gpu, [192], new Float32Array(192).fill(9));
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [3], [1, 2, 3]));
    const program = await compile(gpu, { a: ad.square(x), b: ad.neg(x) }, { into: { a: flat.view(0, [3]), b: flat.view(128, [3]) } });
    program.run();
    const expected = new Float32Array(192).fill(9);
    expected.set([1, 4, 9]);
    expected.set([-1, -2, -3], 128);
    expect(await flat.read()).toEqual(expected);
  });

  it("gives one tensor as two outputs", async () => {
    const gpu = await testDevice();
    const target = deviceTensor(gpu, [2]);
    const y = ad.exp(new Tape().read(deviceTensor(gpu, [2], [0, 1])));
    const program = await compile(gpu, { first: y, second: y }, { into: { second: target } });
    program.run();
    expectClose(await program.outputs.first.read(), [1, Math.E], { rtol: 1e-6 });
    expectClose(await target.read(), [1, Math.E], { rtol: 1e-6 });
  });

  it("refuses one operation on more arrays than a kernel binds, and says what to do", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const parts = Array.from({ length: gpu.limits.maxStorageBuffersPerShaderStage }, (_, i) => tape.read(deviceTensor(gpu, [2], [i, i])));
    await expect(compile(gpu, { y: ad.concat(parts, 0) })).rejects.toThrow(/^\[compile\] "concat" joins more than \d+ stored tensors in one operation; concatenate them in two steps\.$/);
  });

  it("adds 300,000 numbers of both signs to float32's precision", async () => {
    const gpu = await testDevice();
    const values = Float32Array.from(normal(keyFromSeed(6), 300_000));
    const program = await compile(gpu, { total: ad.sum(ad.exp(new Tape().read(deviceTensor(gpu, [300, 1000], values)))) });
    program.run();
    let expected = 0;
    for (const value of values) expected += Math.exp(value);
    // exp is good to about 3 ulp; a running float32 sum alone would be off by up to 1e-3
    expectClose(await program.outputs.total.read(), [expected], { rtol: 1e-5 });
  });

  it("large sums are made in two stages, also where the parts are uneven, and their gradients follow", async () => {
    const gpu = await testDevice();
    // 97 x 101 = 9797 elements each, in 20 parts of 489 or 490
    const values = Float32Array.from(normal(keyFromSeed(8), 97 * 2 * 101));
    const tape = new Tape();
    const x = tape.read(deviceTensor(gpu, [97, 2, 101], values));
    const totals = ad.sum(ad.square(x), [0, 2]);
    const [gradient] = gradients(ad.sum(ad.mul(totals, tape.read(deviceTensor(gpu, [2], [1, -2])))), [x]);
    const program = await compile(gpu, { totals, gradient });
    expect(program.kernels.join()).toContain(gpu.software ? "partialSum" : "sum");
    program.run();
    const group = (i: number): number => Math.floor(i / 101) % 2;
    const expected = [0, 1].map((which) => values.reduce((total, v, i) => total + (group(i) === which ? v * v : 0), 0));
    expectClose(await program.outputs.totals.read(), expected, { rtol: 2e-6 });
    expectClose(await program.outputs.gradient.read(), values.map((v, i) => [1, -2][group(i)] * 2 * v), { rtol: 1e-6 });
  });
});
