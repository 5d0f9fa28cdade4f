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
  // its gradient is 0: only the weight decay moves it
  expect(after.get("b/y")).not.toEqual(before.get("b/y"));
});

it("updated every tenth step, it counts its own updates; restored moments go on where they were", async () => {
  const gpu = await testDevice();
  const parameters = new Parameters(gpu, [{ name: "x", shape: [4], low: 0, high: 0 }]);
  const step = await StepCounter.create(gpu);
  const make = () => Adam.create(gpu, parameters, parameters.range("x"), step.tensor, { learningRate: 0.1, firstStep: 7, every: 10 });
  let adam = await make();
  const x = new Float64Array(4);
  const [m, v] = [new Float64Array(4), new Float64Array(4)];
  for (let t = 1; t <= 6; t++) {
    const g = normal(keyFromSeed(40 + t), 4).map(Math.fround);
    parameters.gradient("x").write(Float32Array.from(g));
    step.set(7 + 10 * (t - 1));
    if (t === 4) {
      const moments = await adam.moments();
      adam = await make();
      adam.restore(moments);
    }
    submit(gpu, [adam]);
    g.forEach((gradient, i) => {
      m[i] = 0.9 * m[i] + 0.1 * gradient;
      v[i] = 0.999 * v[i] + 0.001 * gradient ** 2;
      x[i] -= (0.1 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    });
  }
  // as above, times the larger rate
  expectClose((await parameters.read()).get("x")!, x, { atol: 2e-4 });
});
