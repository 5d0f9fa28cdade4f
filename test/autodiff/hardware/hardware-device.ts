import { afterAll } from "vitest";
import type { Gpu } from "../../../src/gpu/device.ts";
import { openDevice } from "../../../src/gpu/open-device.ts";

let opened: Promise<Gpu> | undefined;

/** The device that there is, with the kernels that hardware takes; opened once per test file and closed after it. */
export function hardwareDevice(): Promise<Gpu> {
  if (!opened) {
    opened = openDevice({ software: false });
    afterAll(async () => (await opened)?.close());
  }
  return opened;
}
