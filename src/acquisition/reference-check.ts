import { deviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { Histograms } from "./histograms.ts";
import { estimateInformation } from "./information.ts";

interface Given {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Mutual information of every feature with the target by the histogram kernel, 5 bins: x [rows, D, S], y [rows, S] -> [rows, D]. */
export async function referenceInformation(gpu: Gpu, x: Given, y: Given): Promise<Float64Array> {
  const [rows, d, draws] = x.shape;
  const levels = Array.from({ length: d }, (_, i) => levelsOf(x, i));
  const byDraw = Float32Array.from({ length: rows * draws * d }, (_, at) => {
    const [i, s, row] = [at % d, Math.floor(at / d) % draws, Math.floor(at / (d * draws))];
    const value = x.data[(row * d + i) * draws + s];
    return levels[i].length > 0 ? levels[i].indexOf(value) : value;
  });
  const histograms = await Histograms.create(gpu, deviceTensor(gpu, [rows, draws, d], byDraw), deviceTensor(gpu, [rows, draws, 1], y.data), {
    rows, draws, features: levels.map((values) => Math.max(1, values.length)), targets: [1], bins: 5, groups: 1,
  });
  const counts = await histograms.count();
  histograms.destroy();
  return Float64Array.from(counts.flat(), (candidate) => estimateInformation(candidate).gain);
}

/** The values of a feature that has no more than there are bins; else empty. */
function levelsOf({ shape, data }: Given, i: number): number[] {
  const [rows, d, draws] = shape;
  const values = new Set<number>();
  for (let row = 0; row < rows; row++) for (let s = 0; s < draws && values.size <= 5; s++) values.add(data[(row * d + i) * draws + s]);
  return values.size <= 5 ? [...values].sort((a, b) => a - b) : [];
}
