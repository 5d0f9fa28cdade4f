import type { Gpu } from "../src/gpu/device.ts";
import { submit, type Encodable } from "../src/gpu/dispatch.ts";
import { deviceTimes } from "./kernel-times.ts";
import { contender, type Clock, type Contender } from "./measure.ts";

/** The name of our own column. */
export const ours = "ours";

/** Ours as a contender: one submit for each run. */
export function ourContender(gpu: Gpu, clock: Clock, work: readonly Encodable[], name = ours): Contender {
  return contender(clock, name, () => submit(gpu, work), () => gpu.idle());
}

/** Milliseconds that the device itself counts for one run, where it has timestamp queries; undefined elsewhere. */
export async function deviceTime(gpu: Gpu, work: readonly Encodable[]): Promise<number | undefined> {
  if (!gpu.device.features.has("timestamp-query")) return undefined;
  const together: Encodable = { encode: (pass) => work.forEach((item) => item.encode(pass)) };
  return (await deviceTimes(gpu, [together], 1))[0];
}
