import type { Gpu } from "../../gpu/device.ts";
import { planes, planeSize } from "../image/architecture.ts";
import { featureParams, type ModelShape } from "../config/spec.ts";

/** Chains that run side by side: enough to keep a device busy, few enough for its memory. */
export const drawsAtOnce = 8192;

/** Bytes of activations and their cotangents that the chains of an image model may take together. */
const mostBytes = 2 ** 29;

/** On hardware as many as fill a large GPU: a batch of rows that leaves most of it idle takes as long. */
const drawsOnHardware = 65_536;

/** Bytes of the widest array of the chains of a table's model, where there are more than the usual ones. */
const mostWidestBytes = 2 ** 27;

/** The same for a model: of pictures as many as the planes of its decoder leave room for. */
export function chainsAtOnce(gpu: Pick<Gpu, "software" | "limits">, shape: ModelShape): number {
  const { image, hidden } = shape.config;
  if (!image) return tableChains(gpu, shape);
  const pixels = shape.features.length * featureParams(shape);
  const floats = [...planes(image).slice(1).map(planeSize), pixels, hidden];
  const perBinding = Math.floor(gpu.limits.maxStorageBufferBindingSize / (4 * Math.max(...floats)));
  const inAll = Math.floor(mostBytes / (8 * floats.reduce((a, b) => a + b)));
  return Math.max(1, Math.min(drawsAtOnce, perBinding, inAll));
}

/** Of tables the usual ones on software adapters, which more do not help; else a power of two times as many, as far as the widest array stays small. */
function tableChains({ software, limits }: Pick<Gpu, "software" | "limits">, shape: ModelShape): number {
  if (software) return drawsAtOnce;
  const { hidden, marginal, marginalHidden } = shape.config;
  const widest = Math.max(hidden, shape.features.length * Math.max(featureParams(shape), marginal ? marginalHidden : 0));
  const most = Math.min(mostWidestBytes, limits.maxStorageBufferBindingSize);
  let chains = drawsOnHardware;
  while (chains > drawsAtOnce && 4 * chains * widest > most) chains /= 2;
  return chains;
}
