import copyText from "../../shaders/copy.wgsl";
import type { DeviceTensor } from "./device-tensor.ts";
import type { Gpu } from "../gpu/device.ts";
import { gridFor, makeDispatch, type Dispatch } from "../gpu/dispatch.ts";

/** A dispatch that copies an array over another of the same size; they may be views, but not of one buffer. */
export function makeCopy(gpu: Gpu, origin: DeviceTensor, result: DeviceTensor): Promise<Dispatch> {
  const source = { name: "copy", file: "shaders/copy.wgsl", wgsl: copyText, bindings: ["read", "write"] as const };
  return makeDispatch(gpu, source, [origin.storage, result.storage], gridFor(result.size, 64));
}
