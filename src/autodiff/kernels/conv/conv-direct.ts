import { DirectPatch, DirectWeights } from "./conv-direct-loads.ts";
import { convElements, type ConvShape } from "./conv-shape.ts";
import { ConvTile, tileStores } from "./conv-tile.ts";
import type { ConvKernel } from "./conv.ts";
import { tileGrid } from "../matmul/matmul-grid.ts";
import { range, vectorType } from "../matmul/matmul-register-loads.ts";

/**
 * Every invocation keeps a tile of the result in registers and goes through the channels of x; no workgroup memory, no barriers.
 * channels: the invocations of a subgroup lie along the result's channels and share one patch of x, of which each loads a part.
 * pixels: they lie along the result's positions, each with a patch of its own, and share the kernel.
 */
export interface DirectVariant {
  kind: "direct";
  name: string;
  lanes: "channels" | "pixels";
  /** What is shared arrives by subgroupBroadcast; 0 (pixels only): each invocation loads it by itself. */
  subgroupSize: number;
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

export function directKernel(shape: ConvShape, variant: DirectVariant, wantVectorStore: boolean): ConvKernel {
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
    ...(grid.guard ? [grid.guard] : []),
    ...(tiles % along.tiles === 0 ? [] : [`image < ${shape.batch}u`]),
    ...(shape.outChannels % along.channels === 0 ? [] : [`channel < ${shape.outChannels}u`]),
  ];
  const accumulator = (row: number, column: number): string => `acc${row}_${column}`;
  const outputs = range(tile.outputs[0]).flatMap((row) => range(tile.outputs[1]).map((column) => ({ row, column })));
  const [size, groups] = channels <= 4 ? [channels, 1] : [4, channels / 4];
  const lines = [
    ...grid.lines,
    // a loop bound that the compiler does not know keeps it from unrolling; group.x has no such high bits
    "let zero = group.x >> 30u;",
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
    header: subgroupSize > 0 ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n" : "",
    operands: [{ declaration: "var<storage, read> x: array<f32>;", use: "read", offset: 0, bytes: 4 * convElements(shape).x, input: 0 }, { ...weights.binding, input: 1 }],
    vectorStore: vector,
    wgsl: `
// ${shape.kind}: out[image, channel, y, x] += kernel[c, tap, channel] x[image, c, patch], a tile of ${variant.tile.join(" x ")} positions and ${channels} channels
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let lane = invocation.x;
${lines.map((line) => `  ${line}`).join("\n")}
}
`,
  };
}
