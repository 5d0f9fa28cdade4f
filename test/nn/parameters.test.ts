import { expect, it } from "vitest";
import { keyFromSeed } from "../../src/math/key.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { testDevice } from "../device.ts";

const spec = (name: string, shape: number[], low = 0, high = 0) => ({ name, shape, low, high });

it("names that are unknown, double or not neighbours are errors", async () => {
  const gpu = await testDevice();
  const parameters = new Parameters(gpu, [spec("a", [2]), spec("b", [2]), spec("c", [2])]);
  expect(() => parameters.value("d")).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] there is no "d"; there are a, b, c.]`);
  expect(() => parameters.range("a", "c")).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] a, c name no contiguous range.]`);
  expect(() => parameters.range("d")).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] d name no contiguous range.]`);
  expect(() => new Parameters(gpu, [spec("a", [2]), spec("a", [2])])).toThrowErrorMatchingInlineSnapshot(`[Error: [parameters] "a" is declared twice.]`);
});

it("every parameter has its own place: what is written to one is read from it alone", async () => {
  const gpu = await testDevice();
  // sizes around the alignment of 64 elements
  const specs = [1, 63, 64, 65, 130].map((size) => spec(`p${size}`, [size]));
  const parameters = new Parameters(gpu, specs);
  specs.forEach(({ name, shape }, i) => {
    parameters.value(name).write(new Float32Array(shape[0]).fill(i + 1));
    parameters.gradient(name).write(new Float32Array(shape[0]).fill(-i - 1));
  });
  const read = await parameters.read();
  for (const [i, { name, shape }] of specs.entries()) {
    expect(read.get(name)).toEqual(new Float32Array(shape[0]).fill(i + 1));
    expect(await parameters.gradient(name).read()).toEqual(new Float32Array(shape[0]).fill(-i - 1));
  }
  expect(parameters.count).toBe(1 + 63 + 64 + 65 + 130);
  expect(parameters.range("p64", "p65")).toEqual({ start: 128, end: 128 + 64 + 128 });
});

it("initial values fill their range, follow the seed, and do not depend on the other parameters' sizes", async () => {
  const gpu = await testDevice();
  const make = async (first: number, seed: number): Promise<Map<string, Float32Array>> => {
    const parameters = new Parameters(gpu, [spec("first", [first], 5, 5), spec("x", [40, 25], -0.5, 0.25)]);
    parameters.initialise(keyFromSeed(seed));
    return parameters.read();
  };
  const one = await make(3, 1);
  const x = one.get("x")!;
  expect(one.get("first")).toEqual(new Float32Array([5, 5, 5]));
  expect(Math.min(...x)).toBeGreaterThanOrEqual(-0.5);
  expect(Math.max(...x)).toBeLessThanOrEqual(0.25);
  // 1000 uniforms of width 0.75: the standard error of the mean is 0.75 / sqrt(12,000) = 0.0068
  expect(Math.abs(x.reduce((a, b) => a + b) / 1000 + 0.125)).toBeLessThan(4 * 0.0068);
  expect((await make(90, 1)).get("x")).toEqual(x);
  expect((await make(3, 2)).get("x")).not.toEqual(x);
});
