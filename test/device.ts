import { afterAll } from "vitest";
import type { Gpu } from "../src/gpu/device.ts";
import { openDevice } from "../src/gpu/open-device.ts";

let opened: Promise<Gpu> | undefined;

/** The real device, opened once per test file and closed after it. Without an adapter the file fails with what to install. */
export function testDevice(): Promise<Gpu> {
  if (!opened) {
    opened = openDevice();
    afterAll(async () => (await opened)?.close());
  }
  return opened;
}
