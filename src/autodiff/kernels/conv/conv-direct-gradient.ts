import { sizeOf } from "../../shape.ts";
import type { ProductKernel } from "../product.ts";
import { laneMain, range, storeLoop, subgroupHeader, vectorType, zeroLine } from "../register-text.ts";
import { tileGrid } from "../tile-grid.ts";
import { DirectPatch, xBinding } from "./conv-direct-loads.ts";
import { convElements, type ConvShape } from "./conv-shape.ts";
import { ConvTile } from "./conv-tile.ts";

/**
 * The kernel's gradient with all its rows and columns in registers. The invocations of a subgroup lie along the channels of g; they go
 * through the pixels of a part's images, tile by tile, and share the patches of x, of which each loads a part.
 */
export interface DirectGradientVariant {
  kind: "direct-gradient";
  name: string;
  subgroupSize: number;
  /** Pixels of g at a time: part of a row, or whole rows, so that pixels are added up in their order. */
  tile: readonly [rows: number, columns: number];
  /** Channels of g of an invocation: 1, 2 or 4. */
  channels: number;
  /** Channels of x of an invocation. */
  inputs: number;
}

export function directGradientVariant(subgroupSize: number, tile: readonly [number, number], channels: number, inputs: number): DirectGradientVariant {
  return { kind: "direct-gradient", name: `direct-broadcast${subgroupSize}-${tile.join("x")}x${channels}x${inputs}`, subgroupSize, tile, channels, inputs };
}

export function directGradientKernel(shape: ConvShape, variant: DirectGradientVariant, wantVectorStore: boolean): ProductKernel {
  const { inChannels, outChannels, outSize, batch, parts } = shape;
  const { subgroupSize: lanes, channels, inputs } = variant;
  const tile = new ConvTile(shape, variant.tile);
  const taps = sizeOf(shape.kernel);
  const tiles = tile.count[0] * tile.count[1];
  const images = Math.ceil(batch / parts);
  const grid = tileGrid(Math.ceil(outChannels / (lanes * channels)), Math.ceil(inChannels / inputs), parts);
  const vector = wantVectorStore && channels === 4 && outChannels % 4 === 0;
  const type = vectorType(channels);
  const patches = range(inputs).map((input) => new DirectPatch(tile, { lanes: "channels", subgroupSize: lanes }, `p${input}_`));
  const pixels = range(tile.size[0]).flatMap((row) => range(tile.size[1]).map((column) => ({ row, column })));
  // the tap's place in the patch at the first pixel; others lie as many steps on as their row and column
  const first = tile.taps(0, 0);
  const at = (patch: number, row: number, column: number): number => patch + row * tile.inStep[0] * tile.patch[1] + column * tile.inStep[1];
  const lines = [
    ...grid.lines,
    zeroLine,
    `let firstChannel = (tileX * ${lanes}u + lane) * ${channels}u;`,
    `let firstInput = tileY * ${inputs}u;`,
    ...range(inputs).flatMap((input) => range(taps).map((tap) => `var acc${input}_${tap} = ${type}();`)),
    `let firstImage = batch * ${images}u;`,
    `for (var q = 0u; q < ${images * parts > batch ? `min(${images}u, max(firstImage, ${batch}u) - firstImage)` : `${images}u`} * ${tiles}u + zero; q++) {`,
    ...[
      `let tileNumber = firstImage * ${tiles}u + q;`,
      ...tile.placeLines("tileNumber"),
      ...patches[0].places(),
      ...patches.flatMap((patch, input) => patch.loads(`(firstInput + ${input}u)`)),
      `let gFrom = ((image * ${outChannels}u + firstChannel) * ${outSize[0]}u + gy) * ${outSize[1]}u + gx;`,
      ...gLoads(tile, channels),
      // tap by tap, so that few accumulators are in use at a time
      ...range(inputs).flatMap((input) =>
        first.flatMap(({ k, patch }) => pixels.map(({ row, column }) => `acc${input}_${k} = fma(g${row}_${column}, ${type}(p${input}_${at(patch, row, column)}), acc${input}_${k});`)),
      ),
    ].map((line) => `  ${line}`),
    "}",
    ...stores(shape, variant, vector, grid.guard),
  ];
  return {
    workgroupSize: lanes,
    dispatch: grid.dispatch,
    header: subgroupHeader,
    operands: [
      xBinding(shape),
      { declaration: `var<storage, read> g: array<${vectorOfPixels(tile) ? "vec4f" : "f32"}>;`, use: "read", input: 1, offset: 0, bytes: 4 * convElements(shape).second },
    ],
    vectorStore: vector,
    wgsl: laneMain(lanes, lines, "// gradient[part, c, tap, channel] = sum over the part's images and pixels of g[image, channel, pixel] x[image, c, patch]\n"),
  };
}

/** Four pixels of a row can be loaded at once. */
export function vectorOfPixels(tile: ConvTile): boolean {
  return tile.size[1] % 4 === 0 && tile.shape.outSize[1] % 4 === 0;
}

/** Declares g{row}_{column}, an invocation's channels at each pixel; zeros where the tile passes the end. */
function gLoads(tile: ConvTile, channels: number): string[] {
  const { outSize } = tile.shape;
  const pixels = sizeOf(outSize);
  const type = vectorType(channels);
  const inside = (row: number, column: number): string => ([0, 1] as const).filter((axis) => tile.overhangs(axis)).map((axis) => `${["gy", "gx"][axis]} + ${[row, column][axis]}u < ${outSize[axis]}u`).join(" && ");
  return range(tile.size[0]).flatMap((row) => {
    const place = (channel: number, column: number): string => `gFrom + ${channel * pixels + row * outSize[1] + column}u`;
    const vectors = vectorOfPixels(tile);
    const loads = vectors
      ? range(channels).flatMap((channel) => range(tile.size[1] / 4).map((v) => `let v${row}_${channel}_${v} = g[(${place(channel, 4 * v)}) / 4u];`))
      : [];
    const value = (channel: number, column: number): string => (vectors ? `v${row}_${channel}_${column >> 2}.${"xyzw"[column & 3]}` : `g[${place(channel, column)}]`);
    return [
      ...loads,
      ...range(tile.size[1]).map((column) => {
        const values = range(channels).map((channel) => value(channel, column));
        const all = channels === 1 ? values[0] : `${type}(${values.join(", ")})`;
        const condition = inside(row, column);
        return `let g${row}_${column} = ${condition === "" ? all : `select(${type}(), ${all}, ${condition})`};`;
      }),
    ];
  });
}

/** Stores [inputs][taps][channels], four channels at once where they are neighbours. */
function stores({ inChannels, outChannels, kernel }: ConvShape, { channels, inputs, subgroupSize }: DirectGradientVariant, vector: boolean, guard: string | undefined): string[] {
  const taps = sizeOf(kernel);
  const each = vector ? channels / 4 : channels;
  const results = range(inputs).flatMap((input) =>
    range(taps).flatMap((tap) => range(each).map((j) => `acc${input}_${tap}${channels === 1 || vector ? "" : `.${"xyzw"[j]}`}`)),
  );
  return storeLoop({
    results,
    vector,
    places: [`let c = firstInput + e / ${taps * each}u;`, `let channel = firstChannel + e % ${each}u;`],
    conditions: [guard, inChannels % inputs === 0 ? undefined : `c < ${inChannels}u`, outChannels % (subgroupSize * channels) === 0 ? undefined : `channel < ${outChannels}u`],
    call: vector ? "storeResult4" : "storeResult",
    arguments: `((batch * ${inChannels}u + c) * ${taps}u + e / ${each}u % ${taps}u) * ${outChannels}u + channel, c, channel, batch`,
  });
}
