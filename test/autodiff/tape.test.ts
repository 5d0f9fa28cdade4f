import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, gradients, Tape } from "../../src/autodiff/index.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

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

  it("of gradients: x^3 has 3 x^2, 6 x and 6", async () => {
    const gpu = await testDevice();
    const values = [-1.5, -0.2, 0, 0.7, 3];
    const x = new Tape().read(deviceTensor(gpu, [5], values));
    const [first] = gradients(ad.sum(ad.mul(x, ad.square(x))), [x]);
    const [second] = gradients(ad.sum(first), [x]);
    const [third] = gradients(ad.sum(second), [x]);
    const program = await compile(gpu, { first, second, third });
    program.run();
    expectClose(await program.outputs.first.read(), values.map((v) => 3 * v * v), { rtol: 1e-6 });
    expectClose(await program.outputs.second.read(), values.map((v) => 6 * v), { rtol: 1e-6 });
    expectClose(await program.outputs.third.read(), values.map(() => 6), { rtol: 1e-6 });
  });

  it("of a value in the middle of the computation, and of the output itself", async () => {
    const gpu = await testDevice();
    const x = new Tape().read(deviceTensor(gpu, [2], [0.5, 2]));
    const middle = ad.exp(x);
    const output = ad.sum(ad.square(middle));
    const [gm, gx, go] = gradients(output, [middle, x, output]);
    const program = await compile(gpu, { gm, gx, go });
    program.run();
    expectClose(await program.outputs.gm.read(), [2 * Math.exp(0.5), 2 * Math.exp(2)], { rtol: 1e-5 });
    expectClose(await program.outputs.gx.read(), [2 * Math.exp(1), 2 * Math.exp(4)], { rtol: 1e-5 });
    expect(Array.from(await program.outputs.go.read())).toEqual([1]);
  });

  it("add up over every path to a value used many times", async () => {
    const gpu = await testDevice();
    const x = new Tape().read(deviceTensor(gpu, [1], [1.1]));
    // y doubles in every round: y = 2^10 x, recorded as 10 nodes with two equal inputs
    let y = x;
    for (let i = 0; i < 10; i++) y = ad.add(y, y);
    const [g] = gradients(ad.sum(y), [x]);
    const program = await compile(gpu, { g });
    program.run();
    expect(Array.from(await program.outputs.g.read())).toEqual([1024]);
  });

  it("at ties of a maximum are shared, at the kink of ReLU 0", async () => {
    const gpu = await testDevice();
    const x = new Tape().read(deviceTensor(gpu, [4], [2, -1, 2, 0]));
    const [top] = gradients(ad.max(x), [x]);
    const [kink] = gradients(ad.sum(ad.relu(x)), [x]);
    const program = await compile(gpu, { top, kink });
    program.run();
    expect(Array.from(await program.outputs.top.read())).toEqual([0.5, 0, 0.5, 0]);
    expect(Array.from(await program.outputs.kink.read())).toEqual([1, 0, 1, 0]);
  });
});

describe("a tape", () => {
  it("records equal nodes once, others apart", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const [a, b] = [deviceTensor(gpu, [3]), deviceTensor(gpu, [3])];
    expect(tape.read(a)).toBe(tape.read(a));
    expect(tape.read(a)).not.toBe(tape.read(b));
    const x = tape.read(a);
    expect(ad.exp(x)).toBe(ad.exp(x));
    const count = tape.nodes.length;
    ad.exp(x);
    expect(tape.nodes).toHaveLength(count);
    expect(ad.slice(x, 0, 0, 2)).not.toBe(ad.slice(x, 0, 1, 3));
    expect(tape.fill(1, [3])).not.toBe(tape.fill(2, [3]));
  });

  it("refuses inputs of another tape", () => {
    const [one, two] = [new Tape(), new Tape()];
    expect(() => ad.add(ad.iota(one, [3], 0), ad.iota(two, [3], 0))).toThrowErrorMatchingInlineSnapshot(`[Error: [add] its inputs are on different tapes; record the whole computation on one.]`);
  });
});
