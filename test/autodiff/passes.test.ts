import { describe, expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, gradients, Tape, type DeviceTensor, type Program, type Tensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

type Leaf = (seed: number, shape: number[]) => Tensor;

/** Compiles what `record` records in both ways, and compares every output after each of two runs. */
async function bothWays(gpu: Gpu, record: (tape: Tape, leaf: Leaf) => Record<string, Tensor>): Promise<{ passes: Program; kernels: Program }> {
  const held = new Map<number, DeviceTensor>();
  const compiled = (passes: boolean): Promise<Program> => {
    const tape = new Tape();
    const leaf: Leaf = (seed, shape) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const tensor = held.get(seed) ?? deviceTensor(gpu, shape, normal(keyFromSeed(seed), size));
      held.set(seed, tensor);
      return tape.read(tensor);
    };
    return compile(gpu, record(tape, leaf), { passes });
  };
  const [passes, kernels] = [await compiled(true), await compiled(false)];
  for (let run = 0; run < 2; run++) {
    passes.run();
    kernels.run();
    for (const name of Object.keys(kernels.outputs)) {
      expectClose(await passes.outputs[name].read(), await kernels.outputs[name].read(), { rtol: 2e-5, atol: 1e-5 });
    }
  }
  return { passes, kernels };
}

/** A network of two layers, its loss normalised by a count over all rows, and the gradients of all its weights. */
function training(rows: number, hidden: number): (tape: Tape, leaf: Leaf) => Record<string, Tensor> {
  return (_, leaf) => {
    const x = leaf(1, [rows, 7]);
    const weights = [leaf(2, [7, hidden]), leaf(3, [hidden]), leaf(4, [hidden, 5]), leaf(5, [5])];
    const y = ad.linear(ad.relu(ad.linear(x, weights[0], weights[1])), weights[2], weights[3]);
    const seen = ad.greater(leaf(6, [rows, 1]), -0.5);
    const error = ad.where(ad.broadcastTo(seen, [rows, 5]), ad.square(y), 0);
    const loss = ad.div(ad.sum(error), ad.maximum(ad.sum(seen), 1));
    return { loss, ...Object.fromEntries(gradients(loss, weights).map((gradient, i) => [`gradient${i}`, gradient])) };
  };
}

describe("programs in passes", () => {
  it("train a network as kernels do, in four dispatches: forward, count, backward, weights' gradients", async () => {
    const gpu = await testDevice();
    const { passes, kernels } = await bothWays(gpu, training(37, 19));
    expect(passes.dispatchCount).toBeLessThanOrEqual(4);
    expect(kernels.dispatchCount).toBeGreaterThan(passes.dispatchCount);
  });

  it("give several rows to a workgroup, the last one fewer", async () => {
    const gpu = await testDevice();
    await bothWays(gpu, training(389, 70));
  });

  it("follow rows through views, sums, concatenations and gathers, and through two draws a row", async () => {
    const gpu = await testDevice();
    const rows = 29;
    await bothWays(gpu, (tape, leaf) => {
      const x = leaf(1, [rows, 6]);
      const key = tape.read(deviceTensor(gpu, [2], [5, 7], { dtype: "u32" }));
      const order = ad.shuffledRows(key, tape.read(deviceTensor(gpu, [1], [3], { dtype: "u32" })), rows, rows);
      const taken = ad.gather(x, order);
      const z = ad.tanh(ad.matmul(taken, leaf(2, [6, 4])));
      const draws = ad.reshape(ad.broadcastTo(ad.reshape(z, [rows, 1, 4]), [rows, 2, 4]), [2 * rows, 4]);
      const noisy = ad.add(draws, ad.randomNormal(ad.foldIn(key, 9), [2 * rows, 4], 0));
      const parts = ad.concat([ad.slice(noisy, 1, 1, 3), ad.pad(ad.slice(noisy, 1, 0, 2), 1, 1, 5)], 1);
      const out = ad.matmul(parts, leaf(3, [5, 7]), { transB: true });
      const perRow = ad.logSumExp(ad.reshape(ad.sum(ad.sin(out), 1), [rows, 2]), -1);
      const columns = ad.transpose(z, [1, 0]);
      return { perRow, out, columns, mixed: ad.matmul(columns, z), spread: ad.scatterAdd(z, order, rows), largest: ad.max(ad.square(out), 0), whole: ad.sum(ad.mul(perRow, perRow)) };
    });
  });

  it("run groups of networks side by side, with operands that are shared and parts of a leaf", async () => {
    const gpu = await testDevice();
    const [groups, rows] = [3, 41];
    const { passes } = await bothWays(gpu, (_, leaf) => {
      const x = leaf(1, [rows, groups]);
      const h = ad.relu(ad.matmul(ad.reshape(ad.transpose(x, [1, 0]), [groups, rows, 1]), leaf(2, [groups, 1, 9])));
      const weights = leaf(3, [groups, 9, 4]);
      const out = ad.matmul(h, ad.slice(weights, 2, 1, 3));
      const shared = ad.matmul(h, leaf(4, [9, 2]));
      const loss = ad.sum(ad.mul(out, shared));
      return { out, loss, gradient: gradients(loss, [weights])[0] };
    });
    expect(passes.dispatchCount).toBeLessThanOrEqual(4);
  });

  it("write into targets that they read, one after the other", async () => {
    const gpu = await testDevice();
    const state = deviceTensor(gpu, [5, 3], normal(keyFromSeed(1), 15));
    const first = await state.read();
    const tape = new Tape();
    const old = tape.read(state);
    const total = deviceTensor(gpu, [64 + 3], undefined);
    const program = await compile(gpu, { next: ad.mul(old, 2), total: ad.sum(old, 0), old }, { into: { next: state, total: total.view(64, [3]) }, passes: true });
    program.run();
    program.run();
    expect(Array.from(await state.read())).toEqual(Array.from(first, (value) => 4 * value));
    expect(Array.from(await program.outputs.old.read())).toEqual(Array.from(first, (value) => 2 * value));
    const sums = Float32Array.from({ length: 3 }, (_, c) => [0, 1, 2, 3, 4].reduce((sum, r) => sum + 2 * first[3 * r + c], 0));
    expectClose((await total.read()).slice(64), sums, { rtol: 1e-6, atol: 1e-6 });
  });

  it("leave convolutions to kernels", async () => {
    const gpu = await testDevice();
    const record = (): Record<string, Tensor> => {
      const tape = new Tape();
      return { y: ad.conv2d(tape.read(deviceTensor(gpu, [2, 1, 5, 5], normal(keyFromSeed(1), 50))), tape.read(deviceTensor(gpu, [3, 1, 3, 3], normal(keyFromSeed(2), 27)))) };
    };
    const [asked, usual] = [await compile(gpu, record(), { passes: true }), await compile(gpu, record(), { passes: false })];
    expect(asked.kernels).toEqual(usual.kernels);
  });
});
