import { pacePolling } from "./dawn-polling.ts";
import type { Gpu } from "./device.ts";
import { DeviceError } from "./errors.ts";
import { globalProvider, openDevice as openProvided, type GpuProvider, type OpenDeviceOptions } from "./open-device.ts";

export interface DawnOptions extends OpenDeviceOptions {
  /** Switches of Dawn's, where it is the provider: "disable-dawn-features=timestamp_quantization" gives timestamps their last digits. */
  dawnSwitches?: readonly string[];
}

/** Opens a device through `navigator.gpu` where there is one, else through Dawn, of the package `webgpu`. Throws DeviceError with what to install. */
export async function openDevice(options: DawnOptions = {}): Promise<Gpu> {
  const gpu = options.gpu ?? globalProvider() ?? (await dawn(options.dawnSwitches));
  return openProvided({ ...options, gpu });
}

async function dawn(switches: readonly string[] = []): Promise<GpuProvider> {
  let create: (switches: string[]) => object;
  try {
    ({ create } = await import("webgpu"));
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND") throw new DeviceError("WebGPU is not available here: the package webgpu is not installed; npm install webgpu.");
    throw new DeviceError(`WebGPU is not available here: ${String(cause)}`);
  }
  pacePolling();
  return create([...switches]) as GpuProvider;
}
