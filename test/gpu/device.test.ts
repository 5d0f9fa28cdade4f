import { expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { gridFor, makeDispatch, submit } from "../../src/gpu/dispatch.ts";
import { DeviceError, KernelCompileError } from "../../src/gpu/errors.ts";
import { testDevice } from "../device.ts";

it("a kernel that does not compile is named with file, line and text", async () => {
  const gpu = await testDevice();
  const wgsl = "@group(0) @binding(0) var<storage, read_write> result: array<f32>;\n@compute @workgroup_size(1)\nfn main() {\n  result[0] = parms.x;\n}\n";
  const failed = gpu.kernels.get({ name: "softplus", file: "shaders/softplus.wgsl", wgsl, bindings: ["write"] });
  await expect(failed).rejects.toThrow(KernelCompileError);
  await expect(failed).rejects.toThrowErrorMatchingInlineSnapshot(`
    [KernelCompileError: kernel "softplus" did not compile
      shaders/softplus.wgsl:4:15 unresolved value 'parms'
        result[0] = parms.x;]
  `);
});

it("the same text is compiled once", async () => {
  const gpu = await testDevice();
  const source = { name: "one", file: "test", wgsl: "@group(0) @binding(0) var<storage, read_write> result: array<f32>;\n@compute @workgroup_size(1) fn main() { result[0] = 1.0; }", bindings: ["write"] as const };
  const target = deviceTensor(gpu, [4]);
  await makeDispatch(gpu, source, [target.storage], [1, 1, 1]);
  const made = gpu.made.pipelines;
  await makeDispatch(gpu, { ...source, name: "again" }, [target.storage], [1, 1, 1]);
  expect(gpu.made.pipelines).toBe(made);
});

it("grids past 65,535 workgroups are folded, and others refused", async () => {
  expect(gridFor(64 * 65_535, 64)).toEqual([65_535, 1, 1]);
  const [x, y, z] = gridFor(64 * 65_536, 64);
  expect([x <= 65_535, x * y * z >= 65_536]).toEqual([true, true]);
  // the largest arrays: 2^31 elements
  const folded = gridFor(2 ** 31, 64);
  expect([Math.max(...folded) <= 65_535, folded[0] * folded[1] >= 2 ** 25]).toEqual([true, true]);
  const gpu = await testDevice();
  const source = { name: "big", file: "test", wgsl: "@group(0) @binding(0) var<storage, read_write> result: array<f32>;\n@compute @workgroup_size(1) fn main() { result[0] = 2.0; }", bindings: ["write"] as const };
  await expect(makeDispatch(gpu, source, [deviceTensor(gpu, [4]).storage], [70_000, 1, 1])).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [big] 70000 x 1 x 1 workgroups pass the limit of 65535; this is a bug in its grid.]`);
});

it("a device that is lost says so, and what to do", async () => {
  const gpu = await openDevice();
  const tensor = deviceTensor(gpu, [4], [1, 2, 3, 4]);
  gpu.device.destroy();
  await gpu.device.lost;
  await expect(tensor.read()).rejects.toThrow(DeviceError);
  expect(() => submit(gpu, [])).toThrow(DeviceError);
  await expect(tensor.read()).rejects.toThrow(/the device was lost: .*; open a new one and resume from the last checkpoint\./s);
});

it("a closed device is not used again", async () => {
  const gpu = await openDevice();
  const tensor = deviceTensor(gpu, [4]);
  gpu.close();
  await expect(tensor.read()).rejects.toThrow("the device was closed; open a new one with openDevice().");
});

it("a kernel without an entry point has no valid pipeline", async () => {
  const gpu = await testDevice();
  const failed = gpu.kernels.get({ name: "empty", file: "shaders/empty.wgsl", wgsl: "fn helper() {}\n", bindings: [] });
  await expect(failed).rejects.toThrow(KernelCompileError);
  await expect(failed).rejects.toThrow(/^kernel "empty" has no valid pipeline\n {2}shaders\/empty\.wgsl: .*main/s);
});

it("a kernel that failed is compiled again when asked for again, and the device stays usable", async () => {
  const gpu = await testDevice();
  const source = { name: "broken", file: "test", wgsl: "fn main( {", bindings: ["write"] as const };
  await expect(gpu.kernels.get(source)).rejects.toThrow(KernelCompileError);
  await expect(gpu.kernels.get(source)).rejects.toThrow(KernelCompileError);
  expect(Array.from(await deviceTensor(gpu, [3], [1, 2, 3]).read())).toEqual([1, 2, 3]);
});

it("an error the device reports later is thrown once, as a DeviceError", async () => {
  const gpu = await openDevice();
  const tensor = deviceTensor(gpu, [4]);
  // past the end of the buffer: a validation error without an error scope
  gpu.device.queue.writeBuffer(tensor.storage.buffer, 16, new Float32Array(4));
  await gpu.device.queue.onSubmittedWorkDone();
  expect(() => gpu.check()).toThrow(/^the device reported: /);
  gpu.check();
  expect(Array.from(await tensor.read())).toEqual([0, 0, 0, 0]);
  gpu.close();
});

it("an adapter can be treated as what it is not, and what is measured so is kept apart", async () => {
  const asItIs = await testDevice();
  for (const software of [true, false]) {
    const gpu = await openDevice({ software });
    expect(gpu.software).toBe(software);
    expect(gpu.passes).toBe(!software);
    expect(gpu.identity === asItIs.identity).toBe(software === asItIs.software);
    gpu.close();
  }
});
