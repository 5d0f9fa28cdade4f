import { openDevice, type Gpu } from "../gpu/device.ts";

/** Opens the device, runs the work and closes the device again, whatever happens. */
export async function withDevice<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await openDevice();
  try {
    return await work(gpu);
  } finally {
    gpu.close();
  }
}
