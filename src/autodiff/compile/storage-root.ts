import type { Storage } from "../../gpu/dispatch.ts";
import type { Tensor } from "../tape.ts";

const wholes = new WeakMap<GPUBuffer, Storage>();

/** The range of which a leaf is a view, as parameters are of their flat buffer; undefined for everything else. The same object for all views of a range. */
export function viewedRange(tensor: Tensor): Storage | undefined {
  if (tensor.op !== "read" || tensor.dtype !== "f32") return undefined;
  const { storage: { buffer, bytes }, block } = tensor.source!;
  if (buffer.size <= bytes + 256) return undefined;
  if (block) return block;
  const whole = wholes.get(buffer) ?? { buffer, offset: 0, bytes: buffer.size };
  wholes.set(buffer, whole);
  return whole;
}

/** What a binding can be shared by: the range that several leaves are views of, else the tensor itself. */
export function storageRoot(tensor: Tensor): Tensor | Storage {
  return viewedRange(tensor) ?? tensor;
}

export function distinctRoots(tensors: readonly Tensor[]): (Tensor | Storage)[] {
  return [...new Set(tensors.map(storageRoot))];
}
