import { inFours, range, storeLoop } from "../register-text.ts";
import { convAxis, type ConvShape } from "./conv-shape.ts";

/** A tap of one output of a tile: which value of the kernel meets which value of the patch, both row-major. */
interface TileTap {
  k: number;
  patch: number;
}

/** Neighbouring positions of a convolution with all that they read, for one channel of x: a rectangle, the patch. */
export class ConvTile {
  /** Outputs; a transposed convolution has stride x stride of them at each position. */
  readonly outputs: readonly [rows: number, columns: number];
  /** Size of the patch, and where it begins, from x's row or column inStep * (the tile's first position). */
  readonly patch: readonly [rows: number, columns: number];
  readonly start: readonly [row: number, column: number];
  /** Tiles that cover all positions. */
  readonly count: readonly [down: number, across: number];
  readonly inStep: readonly [number, number];
  readonly outStep: readonly [number, number];
  private readonly axes;

  constructor(
    readonly shape: ConvShape,
    /** Positions. */
    readonly size: readonly [rows: number, columns: number],
  ) {
    const axes = [convAxis(shape, 0), convAxis(shape, 1)] as const;
    const offsets = axes.map(({ taps }) => taps.map(({ offset }) => offset));
    const both = (f: (axis: 0 | 1) => number): [number, number] => [f(0), f(1)];
    this.axes = axes;
    this.inStep = both((axis) => axes[axis].inStep);
    this.outStep = both((axis) => axes[axis].outStep);
    this.outputs = both((axis) => size[axis] * axes[axis].outStep);
    this.start = both((axis) => Math.min(...offsets[axis]));
    this.patch = both((axis) => (size[axis] - 1) * axes[axis].inStep + Math.max(...offsets[axis]) - this.start[axis] + 1);
    this.count = both((axis) => Math.ceil(axes[axis].positions / size[axis]));
  }

  /** Positions of the tile. */
  get positions(): number {
    return this.size[0] * this.size[1];
  }

  /** Values that the patch has. */
  get patchSize(): number {
    return this.patch[0] * this.patch[1];
  }

  /** The taps of the output at (row, column) of the tile, in the order of the kernel's rows and columns. */
  taps(row: number, column: number): TileTap[] {
    const along = (axis: 0 | 1, at: number): { k: number; patch: number }[] => {
      const { inStep, outStep, taps } = this.axes[axis];
      const position = Math.floor(at / outStep);
      return taps.filter(({ phase }) => phase === at % outStep).map(({ k, offset }) => ({ k, patch: position * inStep + offset - this.start[axis] }));
    };
    const columns = along(1, column);
    return along(0, row).flatMap((y) => columns.map((x) => ({ k: y.k * this.shape.kernel[1] + x.k, patch: y.patch * this.patch[1] + x.patch })));
  }

  /** Whether some tile passes the end of the outputs, by axis. */
  overhangs(axis: 0 | 1): boolean {
    return this.count[axis] * this.outputs[axis] !== this.shape.outSize[axis];
  }

  /** Four outputs side by side can be stored at once. */
  get vectorStore(): boolean {
    return this.outputs[1] % 4 === 0 && this.shape.outSize[1] % 4 === 0;
  }

  /** Declares `image`, `gy`, `gx` (first position) from the tile's number. */
  placeLines(number: string): string[] {
    const [down, across] = this.count;
    return [
      `let image = ${number} / ${down * across}u;`,
      `let gy = ${down === 1 ? "0u" : `${number} / ${across}u % ${down}u * ${this.size[0]}u`};`,
      `let gx = ${across === 1 ? "0u" : `${number} % ${across}u * ${this.size[1]}u`};`,
    ];
  }

  /** Row (or column) of x in which the patch begins; unsigned, so that one before the first is a large number. */
  origin(axis: 0 | 1): string {
    const from = `${["gy", "gx"][axis]} * ${this.inStep[axis]}u`;
    return this.start[axis] < 0 ? `${from} - ${-this.start[axis]}u` : `${from} + ${this.start[axis]}u`;
  }
}

/**
 * Lines that store the results of a tile, [channels][rows][columns], each named by `value(channel, row, column)`. `firstChannel`, image,
 * gy, gx and zero are in scope.
 */
export function tileStores(tile: ConvTile, channels: number, value: (channel: number, row: number, column: number) => string, options: { vector: boolean; conditions: readonly (string | undefined)[] }): string[] {
  const { outputs, outStep, shape } = tile;
  const { vector, conditions } = options;
  const width = vector ? 4 : 1;
  const across = outputs[1] / width;
  const values = range(channels).flatMap((channel) => range(outputs[0]).flatMap((row) => range(outputs[1]).map((column) => value(channel, row, column))));
  return storeLoop({
    results: vector ? inFours(values) : values,
    vector,
    places: [
      `let channel = firstChannel + e / ${outputs[0] * across}u;`,
      `let y = gy * ${outStep[0]}u + e / ${across}u % ${outputs[0]}u;`,
      `let x = gx * ${outStep[1]}u + e % ${across}u * ${width}u;`,
    ],
    conditions: [...conditions, ...([0, 1] as const).map((axis) => (tile.overhangs(axis) ? `${["y", "x"][axis]} < ${shape.outSize[axis]}u` : undefined))],
    call: vector ? "storeResult4" : "storeResult",
    arguments: `((image * ${shape.outChannels}u + channel) * ${shape.outSize[0]}u + y) * ${shape.outSize[1]}u + x, channel, 0u, image`,
  });
}
