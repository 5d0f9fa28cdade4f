import { afterAll, expect, it } from "vitest";
import { add, compile, deviceTensor, matmul, relu, Tape } from "../../../src/autodiff/index.ts";
import { matmulName } from "../../../src/autodiff/kernels/matmul/matmul-shape.ts";
import { candidateVariants } from "../../../src/autodiff/kernels/matmul/matmul.ts";
import { productDevice } from "../../../src/autodiff/kernels/product.ts";
import { productChoice } from "../../../src/autodiff/kernels/product-choice.ts";
import type { Gpu } from "../../../src/gpu/device.ts";
import { openDevice } from "../../../src/gpu/open-dawn.ts";
import type { TuningStore } from "../../../src/gpu/tuning.ts";
import { foldIn, keyFromSeed, normal } from "../../../src/math/key.ts";
import { testDevice } from "../../device.ts";

const opened: Gpu[] = [];
afterAll(() => opened.forEach((gpu) => gpu.close()));

let text: string | undefined;
const store: TuningStore = { load: () => text, save: (saved) => void (text = saved) };

async function tuningDevice(): Promise<Gpu> {
  const gpu = await openDevice({ tuning: { clock: () => performance.now(), store } });
  opened.push(gpu);
  return gpu;
}

/** relu(x w + b) v: a product worth measuring, and one that is not. */
async function layers(gpu: Gpu): Promise<Float32Array> {
  const key = keyFromSeed(5);
  const tape = new Tape();
  const leaf = (tag: number, ...shape: number[]) => tape.read(deviceTensor(gpu, shape, Float32Array.from(normal(foldIn(key, tag), shape.reduce((a, b) => a * b)))));
  const hidden = relu(add(matmul(leaf(1, 100, 96), leaf(2, 96, 128)), leaf(3, 128)));
  const program = await compile(gpu, { result: matmul(hidden, leaf(4, 128, 4)) });
  program.run();
  return (await program.outputs.result.read()) as Float32Array;
}

it("products are measured at first use, remembered, and compute the same bytes", async () => {
  const expected = await layers(await testDevice());
  const first = await tuningDevice();
  expect(await layers(first)).toEqual(expected);
  expect(first.tuning!.measured).toBe(1);
  const [[adapter, choices]] = Object.entries(JSON.parse(text!).choices as Record<string, Record<string, string>>);
  expect(adapter).toBe(first.identity);
  expect(Object.keys(choices)).toEqual(["matmul 1x100x128x96"]);
  const second = await tuningDevice();
  expect(await layers(second)).toEqual(expected);
  expect(second.tuning!.measured).toBe(0);
});

it("the kept choice decides where there is a tuning, the rule elsewhere", async () => {
  const gpu = await tuningDevice();
  const shape = { batch: 1, m: 1000, n: 128, k: 96, transA: false, transB: true, batchA: false, batchB: false };
  const variants = candidateVariants(shape, productDevice(gpu));
  const kept = variants[variants.length - 1].name;
  text = JSON.stringify({ format: "hhvaem-tuning", version: 1, choices: { [gpu.identity]: { [matmulName(shape)]: kept } } });
  const [ruled, chosen] = await Promise.all([await testDevice(), await tuningDevice()].map(async (device) => (await productChoice(device, [shape], [])).matmul(shape).name));
  expect([ruled, chosen]).toEqual([variants[0].name, kept]);
  expect(kept).not.toBe(ruled);
});
