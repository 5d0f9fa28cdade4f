import { afterAll } from "vitest";
import type { Gpu } from "../src/gpu/device.ts";
import { openDevice, type DawnOptions } from "../src/gpu/open-dawn.ts";

const opened = new Map<string, Promise<Gpu>>();

function openedOnce(name: string, options?: DawnOptions): Promise<Gpu> {
  let device = opened.get(name);
  if (!device) {
    device = openDevice(options);
    opened.set(name, device);
    afterAll(async () => (await device)?.close());
  }
  return device;
}

/** The real device, opened once per test file and closed after it. Without an adapter the file fails with what to install. */
export function testDevice(): Promise<Gpu> {
  return openedOnce("as it is");
}

/** The same adapter with the kernels that hardware takes. */
export function hardwareDevice(): Promise<Gpu> {
  return openedOnce("as hardware", { software: false });
}
