import type { Gpu } from "../src/gpu/device.ts";
import { submit, type Encodable } from "../src/gpu/dispatch.ts";
import { contender, type Clock, type Contender } from "./measure.ts";

/** The name of our own column. */
export const ours = "ours";

/** Ours as a contender: one submit for each run. */
export function ourContender(gpu: Gpu, clock: Clock, work: readonly Encodable[], name = ours): Contender {
  return contender(clock, name, () => submit(gpu, work), () => gpu.idle());
}

/** Milliseconds that the device itself counts for one run, where it has timestamp queries; undefined elsewhere. */
export async function deviceTime(gpu: Gpu, work: readonly Encodable[]): Promise<number | undefined> {
  const { device } = gpu;
  if (!device.features.has("timestamp-query")) return undefined;
  const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, queryResolve: 0x200 };
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: usage.queryResolve | usage.copySource });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } });
  for (const item of work) item.encode(pass);
  pass.end();
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  gpu.submit([encoder.finish()]);
  const [begin, end] = new BigUint64Array(await gpu.readBuffer(resolved, 0, 16));
  querySet.destroy();
  resolved.destroy();
  return Number(end - begin) / 1e6;
}
