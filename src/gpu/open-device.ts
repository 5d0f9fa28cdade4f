import { pacePolling } from "./dawn-polling.ts";
import { Gpu } from "./device.ts";
import { DeviceError } from "./errors.ts";
import { KernelCache } from "./kernel.ts";
import type { TuningOptions } from "./tuning.ts";

export interface OpenDeviceOptions {
  /** The object with `requestAdapter`; default: the browser's `navigator.gpu`, else Dawn from the `webgpu` package. */
  gpu?: GPU;
  /** Switches of Dawn's, where it is the provider: "disable-dawn-features=timestamp_quantization" gives timestamps their last digits. */
  dawnSwitches?: readonly string[];
  powerPreference?: GPUPowerPreference;
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

async function defaultProvider(dawnSwitches: readonly string[] = []): Promise<GPU> {
  if (typeof navigator !== "undefined" && "gpu" in navigator && navigator.gpu) return navigator.gpu;
  try {
    const dawn = await import("webgpu");
    pacePolling();
    return dawn.create([...dawnSwitches]) as GPU;
  } catch (cause) {
    throw new DeviceError(`WebGPU is not available here: ${String(cause)}`);
  }
}

/** Opens a WebGPU device, in Node through Dawn, in a browser through `navigator.gpu`. Throws DeviceError with what to install. */
export async function openDevice(options: OpenDeviceOptions = {}): Promise<Gpu> {
  const provider = options.gpu ?? (await defaultProvider(options.dawnSwitches));
  const adapter = await provider.requestAdapter({ powerPreference: options.powerPreference ?? "high-performance" });
  if (!adapter) {
    const inBrowser = typeof navigator !== "undefined" && navigator.gpu === provider;
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
