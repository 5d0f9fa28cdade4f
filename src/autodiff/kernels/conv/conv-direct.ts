import { DirectPatch, DirectWeights, xBinding, type DirectLanes } from "./conv-direct-loads.ts";
import type { ConvShape } from "./conv-shape.ts";
import { ConvTile, tileStores } from "./conv-tile.ts";
import type { ProductKernel } from "../product.ts";
import { laneMain, range, subgroupHeader, vectorType, zeroLine } from "../register-text.ts";
import { tileGrid } from "../tile-grid.ts";

/**
 * Every invocation keeps a tile of the result in registers and goes through the channels of x; no workgroup memory, no barriers.
 * channels: the invocations of a subgroup lie along the result's channels and share one patch of x, of which each loads a part.
 * pixels: they lie along the result's positions, each with a patch of its own, and share the kernel.
 */
export interface DirectVariant extends DirectLanes {
  kind: "direct";
  name: string;
  /** Positions of a tile. */
  tile: readonly [rows: number, columns: number];
  /** Channels of an invocation: 1, 2 or a multiple of 4 (lanes along channels: at most 4). */
  channels: number;
}

const PLAIN_WORKGROUP = 64;

export function directVariant(lanes: DirectVariant["lanes"], subgroupSize: number, tile: readonly [number, number], channels: number): DirectVariant {
  const name = `direct-${lanes}-${subgroupSize > 0 ? `broadcast${subgroupSize}` : "plain"}-${tile.join("x")}x${channels}`;
  return { kind: "direct", name, lanes, subgroupSize, tile, channels };
}

export function directKernel(shape: ConvShape, variant: DirectVariant, wantVectorStore: boolean): ProductKernel {
  const { subgroupSize, channels } = variant;
  const tile = new ConvTile(shape, variant.tile);
  const lanes = subgroupSize || PLAIN_WORKGROUP;
  const tiles = shape.batch * tile.count[0] * tile.count[1];
  const along = variant.lanes === "channels" ? { channels: lanes * channels, tiles: 1 } : { channels, tiles: lanes };
  const grid = tileGrid(Math.ceil(tiles / along.tiles), Math.ceil(shape.outChannels / along.channels), 1);
  const weights = new DirectWeights(shape, channels);
  const patch = new DirectPatch(tile, variant);
  const vector = wantVectorStore && tile.vectorStore;
  const conditions = [
    grid.guard,
    tiles % along.tiles === 0 ? undefined : `image < ${shape.batch}u`,
    shape.outChannels % along.channels === 0 ? undefined : `channel < ${shape.outChannels}u`,
  ];
  const accumulator = (row: number, column: number): string => `acc${row}_${column}`;
  const outputs = range(tile.outputs[0]).flatMap((row) => range(tile.outputs[1]).map((column) => ({ row, column })));
  const [size, groups] = channels <= 4 ? [channels, 1] : [4, channels / 4];
  const lines = [
    ...grid.lines,
    zeroLine,
    `let tileNumber = tileX${variant.lanes === "pixels" ? ` * ${lanes}u + lane` : ""};`,
    ...tile.placeLines("tileNumber"),
    `let firstChannel = ${variant.lanes === "channels" ? `(tileY * ${lanes}u + lane)` : "tileY"} * ${channels}u;`,
    ...patch.places(),
    ...(variant.lanes === "pixels" ? weights.places(subgroupSize) : []),
    ...outputs.flatMap(({ row, column }) => range(groups).map((q) => `var ${accumulator(row, column)}_${q} = ${vectorType(size)}();`)),
    `for (var c = 0u; c < ${shape.inChannels}u + zero; c++) {`,
    ...[
      ...patch.loads(),
      ...(variant.lanes === "channels" ? weights.own() : weights.shared(subgroupSize)),
      // output by output, so that few accumulators are in use at a time
      ...range(groups).flatMap((q) =>
        outputs.flatMap(({ row, column }) => {
          const name = `${accumulator(row, column)}_${q}`;
          return tile.taps(row, column).map((tap) => `${name} = fma(w${tap.k}_${q}, ${vectorType(size)}(p${tap.patch}), ${name});`);
        }),
      ),
    ].map((line) => `  ${line}`),
    "}",
    ...tileStores(tile, channels, (channel, row, column) => `${accumulator(row, column)}_${channel >> 2}${channels === 1 ? "" : `.${"xyzw"[channel & 3]}`}`, { vector, conditions }),
  ];
  return {
    workgroupSize: lanes,
    dispatch: grid.dispatch,
    header: subgroupSize > 0 ? subgroupHeader : "",
    operands: [xBinding(shape), weights.binding],
    vectorStore: vector,
    wgsl: laneMain(lanes, lines, `// ${shape.kind}: out[image, channel, y, x] += kernel[c, tap, channel] x[image, c, patch], a tile of ${variant.tile.join(" x ")} positions and ${channels} channels\n`),
  };
}
