import { expect } from "vitest";
import { compile, deviceTensor, gradients, mul, sum, Tape, type Shape, type Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { expectClose } from "../expect-close.ts";

type Host = Float64Array;
export interface OpCase {
  shapes: Shape[];
  /** Records the op under test. */
  build(inputs: Tensor[]): Tensor;
  /** The same in float64, written out. */
  oracle(inputs: Host[]): ArrayLike<number>;
  /** Inputs for which the op is defined and smooth; default: standard normal. */
  inputs?: Host[];
  /** Inputs whose gradient is checked; default: all. */
  differentiable?: number[];
  rtol?: number;
  atol?: number;
}

/**
 * Checks value, shape and gradients of an op: the value against the float64 oracle, the vector-Jacobian product with a
 * cotangent that is not all ones against central differences of the oracle.
 */
export async function checkOp(gpu: Gpu, test: OpCase): Promise<void> {
  const tolerance = { rtol: test.rtol ?? 2e-5, atol: test.atol ?? 2e-5 };
  const key = keyFromSeed(7);
  // rounded to float32, so that device and oracle see the same numbers
  const hosts = test.inputs ?? test.shapes.map((shape, i) => Float64Array.from(normal(key, size(shape), i)));
  for (const host of hosts) host.set(host.map(Math.fround));
  const tape = new Tape();
  const leaves = test.shapes.map((shape, i) => tape.read(deviceTensor(gpu, shape, Float32Array.from(hosts[i]))));
  const y = test.build(leaves);
  const expected = Float64Array.from(test.oracle(hosts));
  expect(size(y.shape)).toBe(expected.length);

  const weights = Float64Array.from(normal(key, expected.length, 99)).map(Math.fround);
  const cotangent = tape.read(deviceTensor(gpu, y.shape, Float32Array.from(weights)));
  const checked = test.differentiable ?? test.shapes.map((_, i) => i);
  const grads = gradients(sum(mul(y, cotangent)), checked.map((i) => leaves[i]));
  const program = await compile(gpu, { y, ...Object.fromEntries(grads.map((g, i) => [`grad${i}`, g])) });
  program.run();
  expectClose(await program.outputs.y.read(), expected, tolerance);

  const loss = (): number => Array.from(test.oracle(hosts)).reduce((total, value, i) => total + value * weights[i], 0);
  for (const [position, input] of checked.entries()) {
    const numeric = hosts[input].map((_, i) => {
      const x = hosts[input][i];
      const h = 1e-5 * Math.max(1, Math.abs(x));
      hosts[input][i] = x + h;
      const up = loss();
      hosts[input][i] = x - h;
      const down = loss();
      hosts[input][i] = x;
      return (up - down) / (2 * h);
    });
    const outputs = program.outputs as Record<string, { read(): Promise<Float32Array> }>;
    expectClose(await outputs[`grad${position}`].read(), numeric, { rtol: 10 * tolerance.rtol, atol: 10 * tolerance.atol });
  }
}

function size(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}
