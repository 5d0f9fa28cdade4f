import { afterAll, beforeAll, describe, expect, it } from "vitest";
import library from "../../shaders/lib/numerics.wgsl";
import { expectClose } from "../expect-close.ts";
import { asFloats, asWords, openWgslRunner, type WgslRunner } from "./run-wgsl.ts";

let gpu: WgslRunner;
beforeAll(async () => {
  gpu = await openWgslRunner();
});
afterAll(() => gpu.close());

/** Both signs of numbers from 1e-30 to `largest`, dense in their logarithm, and zero. */
function bothSigns(largest: number): Float32Array {
  const steps = 400;
  const magnitudes = Array.from({ length: steps + 1 }, (_, i) => 10 ** (-30 + ((30 + Math.log10(largest)) * i) / steps));
  return Float32Array.from([0, ...magnitudes, ...magnitudes.map((m) => -m)]);
}

async function evaluate(expression: string, x: Float32Array): Promise<Float32Array> {
  return asFloats(await gpu.run(library, `let x = bitcast<f32>(inputs[i]); output[i] = bitcast<u32>(${expression});`, asWords(x), x.length));
}

describe("numerics.wgsl", () => {
  it("log1p_ keeps its digits at every scale", async () => {
    const x = bothSigns(1e30).filter((v) => v > -0.9999);
    expectClose(await evaluate("log1p_(x)", x), x.map(Math.log1p), { rtol: 1e-6 });
  });

  it("expm1_ keeps its digits at every scale", async () => {
    const x = bothSigns(80);
    expectClose(await evaluate("expm1_(x)", x), Float64Array.from(x, Math.expm1), { rtol: 1e-5 });
    const small = x.filter((v) => Math.abs(v) <= 1);
    expectClose(await evaluate("expm1_(x)", small), Float64Array.from(small, Math.expm1), { rtol: 1e-6 });
  });

  it("softplus neither overflows nor loses its tail", async () => {
    const x = bothSigns(1e30);
    const softplus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
    // Below exp(-87) float32 is subnormal and may be flushed.
    expectClose(await evaluate("softplus(x)", x), Float64Array.from(x, softplus), { rtol: 2e-5, atol: 1e-37 });
  });

  it("sigmoid and logSigmoid hold at both ends", async () => {
    const x = bothSigns(1e30);
    const sigmoid = (v: number): number => (v >= 0 ? 1 / (1 + Math.exp(-v)) : Math.exp(v) / (1 + Math.exp(v)));
    expectClose(await evaluate("sigmoid(x)", x), Float64Array.from(x, sigmoid), { rtol: 2e-5, atol: 1e-37 });
    const logSigmoid = (v: number): number => Math.min(v, 0) - Math.log1p(Math.exp(-Math.abs(v)));
    expectClose(await evaluate("logSigmoid(x)", x), Float64Array.from(x, logSigmoid), { rtol: 2e-5, atol: 1e-37 });
  });

  it("logAddExp shifts by the larger, and takes -infinity twice", async () => {
    const x = Float32Array.of(0, 1, -1, 50, -50, 1e4, -1e4);
    const expected = Float64Array.from(x, (v) => Math.max(v, 1) + Math.log1p(Math.exp(-Math.abs(v - 1))));
    expectClose(await evaluate("logAddExp(x, 1.0)", x), expected, { rtol: 1e-6 });
    expectClose(await evaluate("logAddExp(1.0, x)", x), expected, { rtol: 1e-6 });
    expect(Array.from(await evaluate("logAddExp(x, x)", Float32Array.of(-Infinity)))).toEqual([-Infinity]);
  });

  it("isNonFinite finds NaN and both infinities, made at run time, and nothing else", async () => {
    const x = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 3.4e38, -3.4e38, 1e-45, 1);
    const flags = await gpu.run(library, "output[i] = select(0u, 1u, isNonFinite(bitcast<f32>(inputs[i])));", asWords(x), x.length);
    expect(Array.from(flags)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0]);
    const zeros = Float32Array.of(0);
    expect(Array.from(await gpu.run(library, "let z = bitcast<f32>(inputs[i]); output[i] = select(0u, 1u, isNonFinite(z / z));", asWords(zeros), 1))).toEqual([1]);
  });
});
