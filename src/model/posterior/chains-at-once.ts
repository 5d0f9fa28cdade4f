import type { Gpu } from "../../gpu/device.ts";
import { planes, planeSize } from "../image/architecture.ts";
import { featureParams, type ModelShape } from "../config/spec.ts";

/** Chains that run side by side: enough to keep a device busy, few enough for its memory. */
export const drawsAtOnce = 8192;

/** Bytes of activations and their cotangents that the chains of an image model may take together. */
const mostBytes = 2 ** 29;

/** The same for a model: of pictures as many as the planes of its decoder leave room for. */
export function chainsAtOnce(gpu: Gpu, shape: ModelShape): number {
  const { image, hidden } = shape.config;
  if (!image) return drawsAtOnce;
  const pixels = shape.features.length * featureParams(shape);
  const floats = [...planes(image).slice(1).map(planeSize), pixels, hidden];
  const perBinding = Math.floor(gpu.limits.maxStorageBufferBindingSize / (4 * Math.max(...floats)));
  const inAll = Math.floor(mostBytes / (8 * floats.reduce((a, b) => a + b)));
  return Math.max(1, Math.min(drawsAtOnce, perBinding, inAll));
}
