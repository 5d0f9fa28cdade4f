import { sizeOf } from "../../shape.ts";
import { directGradientVariant, vectorOfPixels, type DirectGradientVariant } from "./conv-direct-gradient.ts";
import { directVariant, type DirectVariant } from "./conv-direct.ts";
import type { ConvShape } from "./conv-shape.ts";
import { ConvTile } from "./conv-tile.ts";

/**
 * Nanoseconds of a subgroup of eight on lavapipe, fitted to 280 kernels at the layers of the image models (within a quarter). `load`: a
 * value of x or of the kernel for each lane, alone or in a vector; `g` and `gVector`: a value of g, four of them. Multiply-adds of a forward
 * convolution, whose sums are four times as long, take more time than those of a transposed one.
 */
const COST = {
  channels: { load: 4.5, broadcast: 0, start: 200, store: 20 },
  pixels: { load: 3.5, broadcast: 0.4, start: 120, store: 40 },
  gradient: { load: 2.7, g: 5, gVector: 2.5, fma: 0.4, broadcast: 0.16, start: 265, store: 4.6 },
};
const FMA = { forward: 0.75, transposed: 0.32 };
/** Milliseconds of compilation for a load and for a multiply-add that is written out, and how often a kernel runs for each compilation. */
const COMPILE = { load: 37, fma: 0.7, runs: 1000 };
/** Multiply-adds written out in a kernel, of one lane: beyond, compiling takes many seconds. */
const mostUnrolled = 1000;

const tileSizes = (shape: ConvShape): [number, number][] => {
  const sizes: [number, number][] = [[1, 1], [1, 2], [1, 4], [1, 7], [1, 8], [2, 2], [2, 4], [2, 7], [2, 8], [4, 4], [4, 7]];
  const positions = new ConvTile(shape, [1, 1]).count;
  return sizes.filter(([rows, columns]) => rows <= positions[0] && columns <= positions[1]);
};

/** Direct kernels, those that should take the least time first; none where the kernel is too large to be written out. */
export function rankedDirect(shape: ConvShape, subgroupSize: number): DirectVariant[] {
  const taps = sizeOf(shape.kernel);
  const channels = { channels: [1, 2, 4], pixels: [1, 2, 3, 4, 8, 16] };
  const variants = (["channels", "pixels"] as const).flatMap((lanes) =>
    lanes === "channels" && subgroupSize === 0
      ? []
      : tileSizes(shape).flatMap((tile) => channels[lanes].filter((count) => tile[0] * tile[1] * taps * count <= mostUnrolled).map((count) => directVariant(lanes, subgroupSize, tile, count))),
  );
  return ranked(variants, (variant) => nanoseconds(shape, variant));
}

function nanoseconds(shape: ConvShape, { lanes, tile: size, channels, subgroupSize }: DirectVariant): number {
  const tile = new ConvTile(shape, size);
  const taps = sizeOf(shape.kernel);
  const tiles = shape.batch * tile.count[0] * tile.count[1];
  const width = [4, 2].find((count) => channels % count === 0 && shape.outChannels % count === 0) ?? 1;
  const group = subgroupSize || 8;
  const cost = COST[lanes];
  const patchLoads = lanes === "channels" ? Math.ceil(tile.patchSize / group) : tile.patchSize;
  const values = (taps * channels) / width;
  const weightLoads = lanes === "channels" || subgroupSize === 0 ? values : Math.ceil(values / group);
  const fmas = tile.positions * taps * channels;
  const broadcasts = taps * channels * cost.broadcast;
  const each = (patchLoads + weightLoads * width) * cost.load + broadcasts + fmas * FMA[shape.kind === "forward" ? "forward" : "transposed"];
  const stores = tile.outputs[0] * tile.outputs[1] * channels * cost.store * (tile.vectorStore ? 0.4 : 1);
  const groups = lanes === "channels" ? tiles * Math.ceil(shape.outChannels / (group * channels)) : Math.ceil(tiles / group) * Math.ceil(shape.outChannels / channels);
  return total(groups, shape.inChannels * each + cost.start + stores, patchLoads + (weightLoads * (1 + width)) / 2, fmas);
}

/** The last round of workgroups leaves processors idle. */
function total(groups: number, each: number, loads: number, fmas: number): number {
  return Math.ceil(groups / 2) * 2 * each + (1e6 * (loads * COMPILE.load + fmas * COMPILE.fma)) / COMPILE.runs;
}

/** Direct kernels of a kernel's gradient, those that should take the least time first; none without subgroups of one size. */
export function rankedDirectGradient(shape: ConvShape, subgroupSize: number): DirectGradientVariant[] {
  if (subgroupSize === 0) return [];
  const taps = sizeOf(shape.kernel);
  const width = shape.outSize[1];
  // pixels are added up in their order: part of a row, or whole rows
  const tiles = [...tileSizes(shape), ...([[1, 14], [1, 16]] as [number, number][])].filter(([rows, columns]) => columns <= width && (rows === 1 || columns === width));
  const variants = tiles.flatMap((tile) =>
    [1, 2, 4].flatMap((channels) => [1, 2, 4].filter((inputs) => inputs <= shape.inChannels && taps * tile[0] * tile[1] * channels * inputs <= mostUnrolled).map((inputs) => directGradientVariant(subgroupSize, tile, channels, inputs))),
  );
  return ranked(variants, (variant) => gradientNanoseconds(shape, variant));
}

function gradientNanoseconds(shape: ConvShape, { tile: size, channels, inputs, subgroupSize }: DirectGradientVariant): number {
  const tile = new ConvTile(shape, size);
  const taps = sizeOf(shape.kernel);
  const cost = COST.gradient;
  const patchLoads = Math.ceil(tile.patchSize / subgroupSize) * inputs;
  const gLoads = (tile.positions * channels) / (vectorOfPixels(tile) ? 4 : 1);
  const products = tile.positions * taps * inputs;
  const each = patchLoads * cost.load + gLoads * (vectorOfPixels(tile) ? cost.gVector : cost.g) + products * (cost.broadcast + channels * cost.fma);
  const turns = Math.ceil(shape.batch / shape.parts) * tile.count[0] * tile.count[1];
  const groups = shape.parts * Math.ceil(shape.outChannels / (subgroupSize * channels)) * Math.ceil(shape.inChannels / inputs);
  return total(groups, turns * each + cost.start + taps * inputs * channels * cost.store, patchLoads + gLoads, products * channels);
}

function ranked<Variant>(variants: readonly Variant[], cost: (variant: Variant) => number): Variant[] {
  const costs = new Map(variants.map((variant) => [variant, cost(variant)]));
  return [...variants].sort((a, b) => costs.get(a)! - costs.get(b)!);
}
