import { describe, expect, it } from "vitest";
import * as ad from "../../../src/autodiff/index.ts";
import { compile, deviceTensor, Tape, type Tensor } from "../../../src/autodiff/index.ts";
import { Gpu } from "../../../src/gpu/device.ts";
import { KernelCache } from "../../../src/gpu/kernel.ts";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { expectClose } from "../../expect-close.ts";
import { hardwareDevice, testDevice } from "../../device.ts";

/** Passes have sums of their own. */
const inKernels = { passes: false };

type Name = "sum" | "max" | "logSumExp";

/** The reduction in float64. `axes` of values of that shape. */
function host(name: Name, values: ArrayLike<number>, shape: readonly number[], axes: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const groups: number[][] = [];
  for (let i = 0; i < values.length; i++) {
    const at = kept.reduce((place, axis) => place * shape[axis] + (Math.floor(i / strides[axis]) % shape[axis]), 0);
    (groups[at] ??= []).push(values[i]);
  }
  return Float64Array.from(groups, (own) => {
    if (name === "sum") return own.reduce((a, b) => a + b, 0);
    const most = own.reduce((a, b) => Math.max(a, b));
    return name === "max" ? most : most + Math.log(own.reduce((total, x) => total + Math.exp(x - most), 0));
  });
}

const data = (shape: readonly number[], seed = 1): Float32Array => Float32Array.from(normal(keyFromSeed(seed), shape.reduce((a, b) => a * b, 1)));

/** Lengths below and above what is shared, beside and on the sizes of workgroups, and several parts. */
const cases: { shape: number[]; axes: number[] }[] = [
  { shape: [1], axes: [0] }, { shape: [31], axes: [0] }, { shape: [32], axes: [0] }, { shape: [63], axes: [0] }, { shape: [65], axes: [0] }, { shape: [127], axes: [0] }, { shape: [1000], axes: [0] }, { shape: [40_001], axes: [0] },
  { shape: [5, 33], axes: [1] }, { shape: [33, 127], axes: [1] }, { shape: [3, 1000], axes: [1] }, { shape: [2, 17_003], axes: [1] },
  { shape: [33, 1], axes: [0] }, { shape: [100, 3], axes: [0] }, { shape: [127, 65], axes: [0] }, { shape: [1000, 13], axes: [0] }, { shape: [3001, 33], axes: [0] },
  { shape: [7, 5, 65], axes: [0, 2] }, { shape: [13, 40, 9], axes: [1] }, { shape: [9, 7, 11], axes: [0, 1, 2] },
];

describe.each(["sum", "max", "logSumExp"] as const)("a %s that lanes share agrees with float64", (name) => {
  it.each(cases)("of $shape over $axes", async ({ shape, axes }) => {
    const gpu = await hardwareDevice();
    const values = data(shape);
    const tape = new Tape();
    const program = await compile(gpu, { y: ad[name](tape.read(deviceTensor(gpu, shape, values)), axes) }, inKernels);
    program.run();
    const expected = host(name, values, shape, axes);
    const scale = name === "sum" ? Math.sqrt(values.length / expected.length) : 1;
    expectClose(await program.outputs.y.read(), expected, { rtol: 2e-6, atol: 2e-6 * scale });
  });
});

/** How many kernels the wanted tensors take, and their values, as hardware computes them. */
async function onHardware(record: (read: (shape: number[], seed: number) => Tensor) => Record<string, Tensor>): Promise<{ kernels: string[]; values: Record<string, Float32Array> }> {
  const gpu = await hardwareDevice();
  const tape = new Tape();
  const program = await compile(gpu, record((shape, seed) => tape.read(deviceTensor(gpu, shape, data(shape, seed)))), inKernels);
  program.run();
  const values = Object.fromEntries(await Promise.all(Object.entries(program.outputs).map(async ([name, output]) => [name, (await output.read()) as Float32Array])));
  return { kernels: program.kernels, values };
}

it("the summand and what follows the sum are computed in its kernel", async () => {
  const { kernels, values } = await onHardware((read) => {
    const x = read([100, 37], 1);
    return { y: ad.exp(ad.mul(ad.sum(ad.mul(x, ad.add(x, read([37], 2))), 0), -0.01)) };
  });
  expect(kernels).toEqual(["sum + exp"]);
  const [x, shift] = [data([100, 37], 1), data([37], 2)];
  const expected = Array.from({ length: 37 }, (_, j) => Math.exp(-0.01 * Array.from({ length: 100 }, (_, i) => x[37 * i + j] * (x[37 * i + j] + shift[j])).reduce((a, b) => a + b)));
  expectClose(values.y, expected, { rtol: 1e-5 });
});

it("sums over rows of a transposed tensor are sums over its columns, without a kernel that transposes", async () => {
  const { kernels, values } = await onHardware((read) => ({ y: ad.sum(ad.transpose(read([65, 300], 1), [1, 0]), 0), z: ad.sum(ad.transpose(read([65, 300], 1), [1, 0]), 1) }));
  expect(kernels).toEqual(["sum | sum"]);
  const x = data([65, 300], 1);
  expectClose(values.y, host("sum", x, [65, 300], [1]), { atol: 5e-5 });
  expectClose(values.z, host("sum", x, [65, 300], [0]), { atol: 2e-5 });
});

it("reductions of every kind, products and elementwise kernels share a dispatch, and each is as by itself", async () => {
  const record = (read: (shape: number[], seed: number) => Tensor): Record<string, Tensor> => {
    const x = read([100, 40], 1);
    return {
      total: ad.sum(x),
      columns: ad.logSumExp(x, 0),
      largest: ad.max(x, 1),
      product: ad.relu(ad.matmul(x, read([40, 20], 2))),
      chain: ad.add(ad.exp(x), 1),
    };
  };
  const together = await onHardware(record);
  expect(together.kernels).toHaveLength(1);
  for (const name of Object.keys(together.values)) {
    const alone = await onHardware((read) => ({ [name]: record(read)[name] }));
    expect(alone.values[name], name).toEqual(together.values[name]);
  }
});

it("a second run gives the same bytes", async () => {
  const record = (read: (shape: number[], seed: number) => Tensor): Record<string, Tensor> => ({ y: ad.sum(read([20_011, 3], 1), 0) });
  expect(await onHardware(record)).toEqual(await onHardware(record));
});

it("NaN and infinities are not lost in the tree", async () => {
  const gpu = await hardwareDevice();
  const tape = new Tape();
  const x = Float32Array.from({ length: 3 * 50 }, (_, i) => i % 7);
  x[60] = Number.POSITIVE_INFINITY;
  x[120] = Number.NEGATIVE_INFINITY;
  const leaf = tape.read(deviceTensor(gpu, [3, 50], x));
  const program = await compile(gpu, { sum: ad.sum(leaf, 1), max: ad.max(leaf, 1) }, inKernels);
  program.run();
  expect(Array.from(await program.outputs.sum.read()).slice(1)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect(Array.from(await program.outputs.max.read())).toEqual([6, Number.POSITIVE_INFINITY, 6]);
});

it("what reads more tensors than a kernel may bind is divided, with the limits that every device has", async () => {
  const { provider } = await hardwareDevice();
  const adapter = (await provider.requestAdapter())!;
  const gpu = new Gpu(provider, adapter, await adapter.requestDevice(), (device) => new KernelCache(device), { software: false });
  const tape = new Tape();
  const [rows, columns, count] = [40, 3, 20];
  const values = Array.from({ length: count }, (_, i) => data([rows, columns], 10 + i));
  const product = values.map((own) => tape.read(deviceTensor(gpu, [rows, columns], own))).reduce((a, b) => ad.mul(a, ad.add(b, 1.5)));
  const scale = tape.read(deviceTensor(gpu, [columns], [1, 2, 3]));
  const program = await compile(gpu, { y: ad.mul(ad.sum(product, 0), scale) }, inKernels);
  program.run();
  const expected = Array.from({ length: columns }, (_, j) => {
    const own = Array.from({ length: rows }, (_, i) => values.reduce((total, all, t) => total * (all[columns * i + j] + (t === 0 ? 0 : 1.5)), 1));
    return (j + 1) * own.reduce((a, b) => a + b, 0);
  });
  const got = await program.outputs.y.read();
  const largest = Math.max(...expected.map(Math.abs));
  expectClose(Array.from(got, (y) => y / largest), expected.map((y) => y / largest), { atol: 1e-4 });
  gpu.close();
});

it("gradients through shared reductions are those of the software kernels", async () => {
  const values = await Promise.all([await hardwareDevice(), await testDevice()].map(async (gpu) => {
    const tape = new Tape();
    const [x, w] = [tape.read(deviceTensor(gpu, [130, 40], data([130, 40], 1))), tape.read(deviceTensor(gpu, [40, 33], data([40, 33], 2)))];
    const loss = ad.mean(ad.logSumExp(ad.matmul(x, w), 1));
    const [dw] = ad.gradients(loss, [w]);
    const program = await compile(gpu, { dw }, inKernels);
    program.run();
    return (await program.outputs.dw.read()) as Float32Array;
  }));
  expectClose(values[0], values[1], { atol: 1e-6 });
});
