import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

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

  it("two draws of one key on one tape differ, the same stream of the same key does not", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const k = tape.read(deviceTensor(gpu, [2], [1, 2], { dtype: "u32" }));
    expect(ad.randomNormal(k, [4])).not.toBe(ad.randomNormal(k, [4]));
    expect(ad.randomNormal(k, [4], 77)).toBe(ad.randomNormal(k, [4], 77));
    const program = await compile(gpu, { a: ad.randomUniform(k, [1000]), b: ad.randomUniform(k, [1000]) });
    program.run();
    const [a, b] = [await program.outputs.a.read(), await program.outputs.b.read()];
    const covariance = a.reduce((total, value, i) => total + (value - 0.5) * (b[i] - 0.5), 0) / 1000;
    // variance 1/12 each: the standard error of the covariance is 1/12/sqrt(1000) = 0.0026
    expect(Math.abs(covariance)).toBeLessThan(4 * 0.0026);
  });

  it("a key folded with a number on the device is the host's", async () => {
    const gpu = await testDevice();
    const step = deviceTensor(gpu, [1], [0], { dtype: "u32" });
    const tape = new Tape();
    const k = ad.foldIn(tape.read(deviceTensor(gpu, [2], keyFromSeed(2 ** 40 + 5), { dtype: "u32" })), tape.read(step));
    const program = await compile(gpu, { k, u: ad.randomUniform(k, [3], 1) });
    for (const number of [0, 1, 4_294_967_295]) {
      step.write([number]);
      program.run();
      const key = foldIn(keyFromSeed(2 ** 40 + 5), number);
      expect(Array.from(await program.outputs.k.readWords())).toEqual([...key]);
      expect(Array.from(await program.outputs.u.read())).toEqual(Array.from(uniform(key, 3, 1)));
    }
  });

  it("a batch larger than the table goes on into the next epochs", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const key = tape.read(deviceTensor(gpu, [2], [7, 8], { dtype: "u32" }));
    const program = await compile(gpu, { rows: ad.shuffledRows(key, tape.read(deviceTensor(gpu, [1], [1], { dtype: "u32" })), 9, 3) });
    program.run();
    const rows = Array.from(await program.outputs.rows.readWords());
    for (const start of [0, 3, 6]) expect(rows.slice(start, start + 3).sort()).toEqual([0, 1, 2]);
  });

  it("a probability of 0 never draws 1, one of 1 always", async () => {
    const gpu = await testDevice();
    const tape = new Tape();
    const k = tape.read(deviceTensor(gpu, [2], [3, 4], { dtype: "u32" }));
    const program = await compile(gpu, { none: ad.sum(ad.randomBernoulli(k, tape.fill(0, [5000]))), all: ad.sum(ad.randomBernoulli(k, tape.fill(1, [5000]))) });
    program.run();
    expect([...(await program.outputs.none.read()), ...(await program.outputs.all.read())]).toEqual([0, 5000]);
  });

  it("a key is u32 [2]", () => {
    expect(() => ad.randomUniform(new Tape().fill(0, [2]), [3])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [randomUniform] a key is u32 [2], got f32 [2].]`);
  });
});
