import type { Gpu } from "../gpu/device.ts";
import { openDevice } from "../gpu/open-device.ts";
import { tuningFromEnvironment } from "./models/tuning.ts";

/** Opens the device, runs the work and closes the device again, whatever happens. */
export async function withDevice<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await openDevice({ tuning: tuningFromEnvironment() });
  try {
    return await work(gpu);
  } finally {
    gpu.close();
  }
}
