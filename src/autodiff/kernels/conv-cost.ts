import { sizeOf } from "../shape.ts";
import { directGradientVariant, vectorOfPixels, type DirectGradientVariant } from "./conv-direct-gradient.ts";
import { directVariant, type DirectVariant } from "./conv-direct.ts";
import type { ConvShape } from "./conv-shape.ts";
import { ConvTile } from "./conv-tile.ts";

/** Instructions of one subgroup on lavapipe, as in matmul-cost.ts. */
const LOAD = { vector: 40, scalar: 65 };
const BROADCAST = 1.5;
const MULTIPLY_ADD = 2;
const STORE = { vector: 90, scalar: 60 };
const PLACE = 25;
const START = 600;
/** An instruction costs as much to compile as it costs to run this often. */
const COMPILE = 40;
/** Multiply-adds written out in a kernel, of one lane: beyond, compiling takes seconds. */
const mostUnrolled = 2400;

const tileSizes = (shape: ConvShape): [number, number][] => {
  const sizes: [number, number][] = [[1, 1], [1, 2], [1, 4], [1, 7], [1, 8], [2, 2], [2, 4], [2, 7], [2, 8], [4, 4], [4, 7]];
  const positions = new ConvTile(shape, [1, 1]).count;
  return sizes.filter(([rows, columns]) => rows <= positions[0] && columns <= positions[1]);
};

/** Direct kernels, those with the fewest instructions first; none where the kernel is too large to be written out. */
export function rankedDirect(shape: ConvShape, subgroupSize: number): DirectVariant[] {
  const taps = sizeOf(shape.kernel);
  const channels = { channels: [1, 2, 4], pixels: [1, 2, 3, 4, 8, 16] };
  const variants = (["channels", "pixels"] as const).flatMap((lanes) =>
    lanes === "channels" && subgroupSize === 0
      ? []
      : tileSizes(shape).flatMap((tile) => channels[lanes].filter((count) => tile[0] * tile[1] * taps * count <= mostUnrolled).map((count) => directVariant(lanes, subgroupSize, tile, count))),
  );
  return ranked(variants, (variant) => instructions(shape, variant));
}

function instructions(shape: ConvShape, { lanes, tile: size, channels, subgroupSize }: DirectVariant): number {
  const tile = new ConvTile(shape, size);
  const taps = sizeOf(shape.kernel);
  const tiles = shape.batch * tile.count[0] * tile.count[1];
  const width = [4, 2].find((count) => channels % count === 0 && shape.outChannels % count === 0) ?? 1;
  const weightLoad = width === 1 ? LOAD.scalar : LOAD.vector;
  const products = tile.positions * taps;
  const outputs = tile.outputs[0] * tile.outputs[1];
  const stores = outputs * channels * (tile.vectorStore ? STORE.vector / 4 : STORE.scalar);
  const group = subgroupSize || 8;
  if (lanes === "channels") {
    const registers = Math.ceil(tile.patchSize / group);
    const each = registers * LOAD.scalar + ((taps * channels) / width) * weightLoad + products * (BROADCAST + channels * MULTIPLY_ADD);
    const start = START + registers * PLACE + stores;
    return tiles * Math.ceil(shape.outChannels / (group * channels)) * (shape.inChannels * each + start) + COMPILE * each;
  }
  const weights = (taps * channels) / width;
  const shared = subgroupSize === 0 ? weights * weightLoad : Math.ceil(weights / group) * weightLoad + taps * channels * BROADCAST;
  const each = tile.patchSize * LOAD.scalar + shared + products * channels * MULTIPLY_ADD + products * Math.ceil(channels / 4);
  return Math.ceil(tiles / group) * Math.ceil(shape.outChannels / channels) * (shape.inChannels * each + START + stores) + COMPILE * each;
}

/** Direct kernels of a kernel's gradient, those with the fewest instructions first; none without subgroups of one size. */
export function rankedDirectGradient(shape: ConvShape, subgroupSize: number): DirectGradientVariant[] {
  if (subgroupSize === 0) return [];
  const taps = sizeOf(shape.kernel);
  const width = shape.outSize[1];
  // pixels are added up in their order: part of a row, or whole rows
  const tiles = [...tileSizes(shape), ...([[1, 14], [1, 16]] as [number, number][])].filter(([rows, columns]) => columns <= width && (rows === 1 || columns === width));
  const variants = tiles.flatMap((tile) =>
    [1, 2, 4].flatMap((channels) => [1, 2, 4].filter((inputs) => inputs <= shape.inChannels && taps * tile[0] * tile[1] * channels * inputs <= mostUnrolled).map((inputs) => directGradientVariant(subgroupSize, tile, channels, inputs))),
  );
  return ranked(variants, (variant) => gradientInstructions(shape, variant));
}

function gradientInstructions(shape: ConvShape, { tile: size, channels, inputs, subgroupSize }: DirectGradientVariant): number {
  const tile = new ConvTile(shape, size);
  const taps = sizeOf(shape.kernel);
  const registers = Math.ceil(tile.patchSize / subgroupSize);
  const gLoads = vectorOfPixels(tile) ? (tile.positions / 4) * channels * LOAD.vector : tile.positions * channels * LOAD.scalar;
  const products = tile.positions * taps * inputs;
  const spills = 2 * taps * inputs * channels;
  const each = registers * (PLACE + inputs * LOAD.scalar) + gLoads + products * (BROADCAST + channels * MULTIPLY_ADD) + spills;
  const turns = Math.ceil(shape.batch / shape.parts) * tile.count[0] * tile.count[1];
  const stores = taps * inputs * channels * STORE.scalar;
  const groups = shape.parts * Math.ceil(shape.outChannels / (subgroupSize * channels)) * Math.ceil(shape.inChannels / inputs);
  return Math.ceil(groups / 2) * 2 * (turns * each + START + stores) + COMPILE * each;
}

function ranked<Variant>(variants: readonly Variant[], cost: (variant: Variant) => number): Variant[] {
  const costs = new Map(variants.map((variant) => [variant, cost(variant)]));
  return [...variants].sort((a, b) => costs.get(a)! - costs.get(b)!);
}
