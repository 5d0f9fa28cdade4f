import { sizeOf } from "../../shape.ts";
import { convElements, type ConvShape } from "./conv-shape.ts";
import type { ConvTile } from "./conv-tile.ts";
import type { OperandBinding } from "../product.ts";
import { range, vectorType } from "../register-text.ts";

/** What lies along the invocations of a direct kernel. */
export interface DirectLanes {
  lanes: "channels" | "pixels";
  /** What is shared arrives by subgroupBroadcast; 0 (pixels only): each invocation loads it by itself. */
  subgroupSize: number;
}

export function xBinding(shape: ConvShape): OperandBinding {
  return { declaration: "var<storage, read> x: array<f32>;", use: "read", input: 0, offset: 0, bytes: 4 * convElements(shape).x };
}

/** The patch of x that a tile needs, for channel c, as p0, p1, ...; zeros outside x. */
export class DirectPatch {
  constructor(
    private readonly tile: ConvTile,
    private readonly variant: DirectLanes,
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
export class DirectWeights {
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
    this.binding = { declaration: `var<storage, read> weights: array<${vectorType(this.width)}>;`, use: "read", input: 1, offset: 0, bytes: 4 * convElements(shape).second };
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
