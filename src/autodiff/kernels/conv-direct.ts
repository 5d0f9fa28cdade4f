import { sizeOf } from "../shape.ts";
import { convElements, type ConvShape } from "./conv-shape.ts";
import { ConvTile, tileStores } from "./conv-tile.ts";
import type { ConvKernel } from "./conv.ts";
import { tileGrid } from "./matmul-grid.ts";
import { range, vectorType } from "./matmul-register-loads.ts";
import type { OperandBinding } from "./matmul-operand.ts";

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

/** The patch of x that a tile needs, for channel c, as p0, p1, ...; zeros outside x. */
export class DirectPatch {
  constructor(
    private readonly tile: ConvTile,
    private readonly variant: { lanes: DirectVariant["lanes"]; subgroupSize: number },
    /** A name before those declared here, where there are several patches. */
    private readonly prefix = "p",
  ) {}

  /** What does not depend on the channel. */
  places(): string[] {
    const { tile, variant } = this;
    const { inChannels, inSize } = tile.shape;
    const origin = [`let y0 = ${tile.origin(0)};`, `let x0 = ${tile.origin(1)};`];
    if (variant.lanes === "pixels") {
      return [
        ...origin,
        `let corner = (image * ${inChannels * inSize[0]}u + y0) * ${inSize[1]}u + x0;`,
        ...range(tile.patch[0]).map((row) => `let inY${row} = y0 + ${row}u < ${inSize[0]}u;`),
        ...range(tile.patch[1]).map((column) => `let inX${column} = x0 + ${column}u < ${inSize[1]}u;`),
      ];
    }
    return [
      ...origin,
      ...range(Math.ceil(tile.patchSize / variant.subgroupSize)).flatMap((r) => [
        `let y${r}_ = y0 + (lane + ${r * variant.subgroupSize}u) / ${tile.patch[1]}u;`,
        `let x${r}_ = x0 + (lane + ${r * variant.subgroupSize}u) % ${tile.patch[1]}u;`,
        `let in${r} = y${r}_ < ${inSize[0]}u && x${r}_ < ${inSize[1]}u;`,
        `let from${r} = (image * ${inChannels * inSize[0]}u + y${r}_) * ${inSize[1]}u + x${r}_;`,
      ]),
    ];
  }

  /** The loads for channel `c`, an expression. */
  loads(c = "c"): string[] {
    const { tile, variant, prefix } = this;
    const { inSize } = tile.shape;
    const plane = `${prefix}Plane`;
    const first = `let ${plane} = ${c} * ${sizeOf(inSize)}u;`;
    if (variant.lanes === "pixels") {
      const rows = range(tile.patch[0]).flatMap((row) =>
        range(tile.patch[1]).map((column) => `let ${prefix}${row * tile.patch[1] + column} = select(0.0, x[corner + ${plane} + ${row * inSize[1] + column}u], inY${row} && inX${column});`),
      );
      return [first, ...rows];
    }
    const size = variant.subgroupSize;
    return [
      first,
      ...range(Math.ceil(tile.patchSize / size)).map((r) => `let ${prefix}Lane${r} = select(0.0, x[from${r} + ${plane}], in${r});`),
      ...range(tile.patchSize).map((e) => `let ${prefix}${e} = subgroupBroadcast(${prefix}Lane${Math.floor(e / size)}, ${e % size}u);`),
    ];
  }
}

/** The kernel [C, T, O] of channel c as w{tap}_{group of channels}. */
class DirectWeights {
  readonly binding: OperandBinding;
  private readonly taps: number;
  /** Values of a load: 4, 2 or 1 channels. */
  private readonly width: number;

  constructor(
    private readonly shape: ConvShape,
    private readonly channels: number,
  ) {
    this.taps = sizeOf(shape.kernel);
    this.width = [4, 2].find((width) => channels % width === 0 && shape.outChannels % width === 0) ?? 1;
    this.binding = { declaration: `var<storage, read> weights: array<${vectorType(this.width)}>;`, use: "read", offset: 0, bytes: 4 * convElements(shape).second };
  }

  /** Each invocation's own channels, or (plain) the same for all. */
  own(): string[] {
    return range(this.taps).flatMap((tap) => this.assembled(tap, (part) => this.at(`(c * ${this.taps}u + ${tap}u) * ${this.shape.outChannels}u + firstChannel + ${part * this.width}u`)));
  }

  /** Which values of the kernel each invocation loads for all. */
  places(subgroupSize: number): string[] {
    if (subgroupSize === 0) return [];
    const perTap = this.channels / this.width;
    return range(this.registers(subgroupSize)).map((r) => {
      const e = `(lane + ${r * subgroupSize}u)`;
      return `let weight${r} = ${e} / ${perTap}u * ${this.shape.outChannels}u + firstChannel + ${e} % ${perTap}u * ${this.width}u;`;
    });
  }

  shared(subgroupSize: number): string[] {
    if (subgroupSize === 0) return this.own();
    const perTap = this.channels / this.width;
    const loads = range(this.registers(subgroupSize)).map((r) => `let weightLane${r} = ${this.at(`c * ${this.taps * this.shape.outChannels}u + weight${r}`)};`);
    return [
      ...loads,
      ...range(this.taps).flatMap((tap) =>
        this.assembled(tap, (part) => {
          const e = tap * perTap + part;
          return `subgroupBroadcast(weightLane${Math.floor(e / subgroupSize)}, ${e % subgroupSize}u)`;
        }),
      ),
    ];
  }

  private registers(subgroupSize: number): number {
    return Math.ceil((this.taps * this.channels) / this.width / subgroupSize);
  }

  private at(index: string): string {
    return this.width === 1 ? `weights[${index}]` : `weights[(${index}) / ${this.width}u]`;
  }

  /** w{tap}_{q} from loads of `width` channels each. */
  private assembled(tap: number, part: (at: number) => string): string[] {
    const size = Math.min(this.channels, 4);
    const each = size / this.width;
    return range(Math.ceil(this.channels / 4)).map((q) => {
      const parts = range(each).map((i) => part(q * each + i));
      return `let w${tap}_${q} = ${each === 1 ? parts[0] : `${vectorType(size)}(${parts.join(", ")})`};`;
    });
  }
}
