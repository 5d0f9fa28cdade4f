import { Gpu } from "./device.ts";
import { DeviceError } from "./errors.ts";
import { KernelCache } from "./kernel.ts";
import type { TuningOptions } from "./tuning.ts";

/** What hands out adapters: `navigator.gpu`, or Dawn's `create([])`. Whoever's types of WebGPU it comes with. */
export interface GpuProvider {
  requestAdapter(options?: { powerPreference?: "low-power" | "high-performance" }): Promise<object | null>;
}

export interface OpenDeviceOptions {
  /** The object with `requestAdapter`; default: `navigator.gpu`. */
  gpu?: GpuProvider;
  powerPreference?: "low-power" | "high-performance";
  /** Choose kernel variants by measurement. Default: by rules alone. Results do not depend on it, only times. */
  tuning?: TuningOptions;
  /** Kernels for adapters that run on the processor (true), or for hardware (false). Default: what the adapter is; tests try either on what there is. */
  software?: boolean;
  /** Compile programs in passes, few dispatches of large kernels. Default: where kernels are those for hardware. */
  passes?: boolean;
}

/** Optional features used where an adapter has them; none is required. */
const wantedFeatures = ["timestamp-query", "shader-f16", "subgroups"] as GPUFeatureName[];

/** Limits raised to what the adapter offers; the defaults suffice for everything but very large batches. */
const wantedLimits = ["maxStorageBufferBindingSize", "maxBufferSize", "maxStorageBuffersPerShaderStage"] as const;

/** The browser's own WebGPU, which Deno has too; undefined where there is none. */
export function globalProvider(): GpuProvider | undefined {
  return typeof navigator !== "undefined" && "gpu" in navigator ? navigator.gpu : undefined;
}

/** Opens the device of `navigator.gpu`, or of the provider that is given. Throws DeviceError with what to do where there is none. */
export async function openDevice(options: OpenDeviceOptions = {}): Promise<Gpu> {
  const given = options.gpu ?? globalProvider();
  if (!given) {
    throw new DeviceError('WebGPU is not available here: there is no navigator.gpu. In Node import openDevice from "hhvaem/node" (npm install webgpu), or pass a provider, openDevice({ gpu }); in a browser take one that has WebGPU, and a page served over https or from localhost.');
  }
  const provider = given as GPU;
  const adapter = await provider.requestAdapter({ powerPreference: options.powerPreference ?? "high-performance" });
  if (!adapter) {
    const inBrowser = given === globalProvider();
    const advice = "Install a Vulkan driver (on Debian 12 without a GPU: mesa-vulkan-drivers from bookworm-backports; `npm start` does it), then run `hhvaem doctor`.";
    throw new DeviceError(inBrowser ? "this browser offers no GPU adapter" : `no WebGPU adapter was found. ${advice}`);
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of wantedLimits) requiredLimits[limit] = adapter.limits[limit];
  const device = await adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits,
  });
  return new Gpu(provider, adapter, device, (gpu) => new KernelCache(gpu), options);
}
