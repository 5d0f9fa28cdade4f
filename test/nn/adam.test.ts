import { expect, it } from "vitest";
import { submit } from "../../src/gpu/dispatch.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { Adam } from "../../src/nn/adam.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

it("equals float64 Adam with weight decay, counts from its first step, and leaves other ranges alone", async () => {
  const gpu = await testDevice();
  const spec = (name: string, n: number) => ({ name, shape: [n], low: -1, high: 1 });
  const parameters = new Parameters(gpu, [spec("a/x", 5), spec("b/x", 70), spec("b/y", 3), spec("c/x", 4)]);
  parameters.initialise(keyFromSeed(2));
  const before = await parameters.read();
  const step = await StepCounter.create(gpu);
  step.set(100);
  const adam = await Adam.create(gpu, parameters, parameters.range("b/"), step.tensor, { learningRate: 0.01, weightDecay: 0.1, firstStep: 100 });
  const x = Float64Array.from(before.get("b/x")!);
  const [m, v] = [new Float64Array(70), new Float64Array(70)];
  for (let t = 1; t <= 20; t++) {
    const g = normal(keyFromSeed(t), 70).map(Math.fround);
    parameters.gradient("b/x").write(Float32Array.from(g));
    parameters.gradient("a/x").write(new Float32Array(5).fill(1));
    submit(gpu, [adam, step]);
    g.forEach((gradient, i) => {
      const decayed = gradient + 0.1 * x[i];
      m[i] = 0.9 * m[i] + 0.1 * decayed;
      v[i] = 0.999 * v[i] + 0.001 * decayed ** 2;
      x[i] -= (0.01 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    });
  }
  const after = await parameters.read();
  // float32 powers close to 1: 1 - 0.999^t has a relative error of 1e-4 in the first steps
  expectClose(after.get("b/x")!, x, { atol: 2e-5 });
  expect(after.get("a/x")).toEqual(before.get("a/x"));
  expect(after.get("c/x")).toEqual(before.get("c/x"));
  expect(after.get("b/y")).not.toBe(before.get("b/y"));
});

it("names that are unknown, double or not neighbours are errors", async () => {
  const gpu = await testDevice();
  const spec = (name: string) => ({ name, shape: [2], low: 0, high: 0 });
  const parameters = new Parameters(gpu, [spec("a"), spec("b"), spec("c")]);
  expect(() => parameters.value("d")).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] there is no "d"; there are a, b, c.]`);
  expect(() => parameters.range("a", "c")).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] a, c name no contiguous range.]`);
  expect(() => new Parameters(gpu, [spec("a"), spec("a")])).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] "a" is declared twice.]`);
});
