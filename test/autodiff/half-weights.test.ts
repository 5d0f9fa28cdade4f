import { afterAll, describe, expect, it } from "vitest";
import { add, compile, DeviceTensor, deviceTensor, gradients, matmul, relu, sum, Tape, transpose } from "../../src/autodiff/index.ts";
import { GPU_BUFFER, Gpu } from "../../src/gpu/device.ts";
import { DeviceError } from "../../src/gpu/errors.ts";
import { KernelCache } from "../../src/gpu/kernel.ts";
import { halfToNumber, numberToHalf } from "../../src/math/half.ts";
import { foldIn, keyFromSeed, normal } from "../../src/math/key.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const values = (tag: number, count: number): Float32Array => Float32Array.from(normal(foldIn(keyFromSeed(9), tag), count));
const [m, k, n] = [10, 21, 12];

let made: Promise<Gpu> | undefined;

/** A device of the same adapter without any feature, "shader-f16" included. */
function bareDevice(): Promise<Gpu> {
  const open = async (): Promise<Gpu> => {
    const { provider } = await testDevice();
    const adapter = (await provider.requestAdapter())!;
    const bare = new Gpu(provider, adapter, await adapter.requestDevice(), (device) => new KernelCache(device));
    afterAll(() => bare.close());
    return bare;
  };
  return (made ??= open());
}

/** An array of halves. A device without shaders that know them says so; that it holds the bytes all the same is tested around its refusal. */
function halves(gpu: Gpu, shape: readonly number[], data?: ArrayLike<number>): DeviceTensor {
  const make = (): DeviceTensor => deviceTensor(gpu, shape, data, { dtype: "f16" });
  if (gpu.device.features.has("shader-f16")) return make();
  expect(make).toThrow(DeviceError);
  expect(make).toThrow(/has no "shader-f16"; keep the weights in f32\./);
  const bytes = 2 * shape.reduce((a, b) => a * b);
  const tensor = new DeviceTensor(gpu, shape, "f16", { buffer: gpu.createBuffer(bytes, GPU_BUFFER.STORAGE | GPU_BUFFER.COPY_SRC | GPU_BUFFER.COPY_DST, "halves"), offset: 0, bytes }, "halves");
  return data ? tensor.write(data) : tensor;
}

describe.each([["the tests' device", testDevice], ["a device without features", bareDevice]])("half precision on %s", (_, open) => {
  it("weights: products and sums in float32, forward and back; the same of rounded weights in float32 where there are no halves", async () => {
    const gpu = await open();
    const [x, w, b] = [values(1, m * k), values(2, k * n), values(3, n)];
    const rounded = Float64Array.from(w, (value) => halfToNumber(numberToHalf(value)));
    const half = halves(gpu, [k, n], w);
    const weights = gpu.device.features.has("shader-f16") ? half : deviceTensor(gpu, [k, n], rounded);
    const tape = new Tape();
    const input = tape.read(deviceTensor(gpu, [m, k], x));
    const product = matmul(input, tape.read(weights));
    const result = relu(add(product, tape.read(deviceTensor(gpu, [n], b))));
    const [dx] = gradients(sum(product), [input]);
    const program = await compile(gpu, { result, dx });
    program.run();
    const exact = Array.from({ length: m * n }, (_, at) => {
      let total = b[at % n];
      for (let q = 0; q < k; q++) total += x[Math.floor(at / n) * k + q] * rounded[q * n + (at % n)];
      return Math.max(0, total);
    });
    // rounding of float32 sums: far below the 5e-4 of half precision
    expectClose(await program.outputs.result.read(), exact, { atol: 1e-5 });
    const exactDx = Array.from({ length: m * k }, (_, at) => rounded.subarray((at % k) * n, (at % k + 1) * n).reduce((total, value) => total + value));
    expectClose(await program.outputs.dx.read(), exactDx, { atol: 1e-5 });
  });

  it("an odd number of halves is written and read", async () => {
    const tensor = halves(await open(), [3], [1, -0.5, 65_504]);
    expect([...(await tensor.read())]).toEqual([1, -0.5, 65_504]);
  });

  it("half precision elsewhere is refused by name", async () => {
    const tape = new Tape();
    const half = tape.read(halves(await open(), [4, 4]));
    expect(() => transpose(half, [1, 0])).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [transpose] input 1 is f16 [4, 4]; f16 can only be the right operand of matmul.]`);
    expect(() => matmul(half, half)).toThrowErrorMatchingInlineSnapshot(`[ShapeError: [matmul] input 1 is f16 [4, 4]; f16 can only be the right operand of matmul.]`);
  });
});

it("an adapter without shader-f16 refuses half precision and says what to do", async () => {
  const bare = await bareDevice();
  expect(() => deviceTensor(bare, [4], undefined, { dtype: "f16", label: "weights" })).toThrow(DeviceError);
  expect(() => deviceTensor(bare, [4], undefined, { dtype: "f16", label: "weights" })).toThrow(/\[weights\] this adapter \(.+\) has no "shader-f16"; keep the weights in f32\./);
});
