import histogramText from "../../shaders/mutual-information.wgsl";
import rangeText from "../../shaders/mutual-information-range.wgsl";
import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { gridFor, makeDispatch, submit, type Dispatch } from "../gpu/dispatch.ts";
import { uniformFor } from "../gpu/uniforms.ts";

/** Joint draws on the device and what their variables are: levels of each, 1 for continuous. */
export interface HistogramOptions {
  readonly rows: number;
  readonly draws: number;
  readonly features: readonly number[];
  readonly targets: readonly number[];
  /** Bins of a continuous variable. */
  readonly bins: number;
  /** Groups of draws counted apart, for standard errors; at most `draws`. */
  readonly groups: number;
}

/** Counts of one candidate in one row: counts[group][a * cells + b], a over its bins and b over the targets' joint cells. */
export interface JointCounts {
  readonly bins: number;
  readonly cells: number;
  readonly groups: readonly Uint32Array[];
}

/** The most joint cells of the targets: beyond, a thousand draws say nothing about each. */
const mostCells = 4096;

/** Bytes of the counts of one row. */
export function countBytes({ features, targets, bins, groups }: Pick<HistogramOptions, "features" | "targets" | "bins" | "groups">): number {
  const binsOf = (levels: number): number => (levels === 1 ? bins : levels);
  const cells = targets.reduce((product, levels) => product * binsOf(levels), 1);
  return 4 * groups * cells * features.reduce((sum, levels) => sum + binsOf(levels), 0);
}

/** The histogram kernel with its arrays, compiled for arrays of one size. */
export class Histograms {
  private constructor(
    private readonly gpu: Gpu,
    private readonly options: HistogramOptions,
    private readonly work: readonly Dispatch[],
    private readonly counts: DeviceTensor,
    private readonly arrays: readonly DeviceTensor[],
    private readonly layout: { bins: readonly number[]; starts: readonly number[]; size: number; cells: number },
  ) {}

  /** x [rows, S, D] and y [rows, S, P], read at each count. Throws RangeError for targets with too many joint cells. */
  static async create(gpu: Gpu, x: DeviceTensor, y: DeviceTensor, options: HistogramOptions): Promise<Histograms> {
    const { rows, draws, features, targets, bins, groups } = options;
    const binsOf = (levels: number): number => (levels === 1 ? bins : levels);
    const cells = targets.map(binsOf).reduce((a, b) => a * b, 1);
    if (cells > mostCells) throw new RangeError(`[mutual information] the targets have ${cells} joint bins, more than ${mostCells}; use fewer bins or fewer targets.`);
    let size = 0;
    const starts = features.map((levels) => {
      const start = size;
      size += binsOf(levels) * cells;
      return start;
    });
    const words = (data: number[], label: string): DeviceTensor => deviceTensor(gpu, [data.length], data, { dtype: "u32", label });
    const arrays = {
      xRange: deviceTensor(gpu, [rows, features.length, 2], undefined, { label: "feature ranges" }),
      yRange: deviceTensor(gpu, [rows, targets.length, 2], undefined, { label: "target ranges" }),
      bins: words([...features, ...targets].flatMap((levels) => [binsOf(levels), Number(levels === 1)]), "bins"),
      starts: words(starts, "starts"),
    };
    const counts = deviceTensor(gpu, [rows, groups, size], undefined, { dtype: "u32", label: "joint counts" });
    const range = (values: DeviceTensor, into: DeviceTensor, variables: number): Promise<Dispatch> =>
      makeDispatch(
        gpu,
        { name: "mutual information range", file: "shaders/mutual-information-range.wgsl", wgsl: rangeText, bindings: ["uniform", "read", "write"] },
        [uniformFor(gpu, rangeText, { rows, draws, variables }, "range parameters"), values.storage, into.storage],
        gridFor(rows * variables, 64),
      );
    const histogram = await makeDispatch(
      gpu,
      { name: "mutual information", file: "shaders/mutual-information.wgsl", wgsl: histogramText, bindings: ["uniform", "read", "read", "read", "read", "read", "read", "write"] },
      [
        uniformFor(gpu, histogramText, { rows, draws, features: features.length, targets: targets.length, groups, cells, size }, "histogram parameters"),
        ...[x, y, arrays.xRange, arrays.yRange, arrays.bins, arrays.starts, counts].map((tensor) => tensor.storage),
      ],
      gridFor(rows * features.length * groups, 64),
    );
    const work = [await range(x, arrays.xRange, features.length), await range(y, arrays.yRange, targets.length), histogram];
    return new Histograms(gpu, options, work, counts, [...Object.values(arrays), counts], { bins: features.map(binsOf), starts, size, cells });
  }

  /** Counts the draws as they are now: [row][candidate]. */
  async count(): Promise<JointCounts[][]> {
    submit(this.gpu, this.work);
    const all = await this.counts.readWords();
    const { rows, groups } = this.options;
    const { bins, starts, size, cells } = this.layout;
    return Array.from({ length: rows }, (_, row) =>
      bins.map((count, d) => ({
        bins: count,
        cells,
        groups: Array.from({ length: groups }, (_, g) => {
          const start = (row * groups + g) * size + starts[d];
          return all.subarray(start, start + count * cells);
        }),
      })),
    );
  }

  destroy(): void {
    for (const tensor of this.arrays) tensor.destroy();
  }
}
