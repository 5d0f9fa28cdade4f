import type { Tensor } from "../tape.ts";

/** The buffer of which a leaf is a view, as parameters are of their flat buffer; undefined for everything else. */
export function viewedBuffer(tensor: Tensor): GPUBuffer | undefined {
  if (tensor.op !== "read") return undefined;
  const { buffer, bytes } = tensor.source!.storage;
  return buffer.size > bytes + 256 && tensor.dtype === "f32" ? buffer : undefined;
}

/** What a binding can be shared by: the buffer that several leaves are views of, else the tensor itself. */
export function storageRoot(tensor: Tensor): Tensor | GPUBuffer {
  return viewedBuffer(tensor) ?? tensor;
}

export function distinctRoots(tensors: readonly Tensor[]): (Tensor | GPUBuffer)[] {
  return [...new Set(tensors.map(storageRoot))];
}
