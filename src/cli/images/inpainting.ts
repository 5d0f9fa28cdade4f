import { codeImages, drawMasks, pixelIntensities, toBytes, withObserved, type ImageSet, type Schema } from "../../data/index.ts";
import { foldIn, keyFromSeed } from "../../math/key.ts";
import { samplerOf, type Model, type Sampler } from "../../model/index.ts";
import type { PictureGrid, PictureGroup } from "../../report/index.ts";
import { loadMask } from "./load-mask.ts";

export interface InpaintingOptions {
  /** What is hidden, as for --mask. */
  mask: string;
  /** Draws that are shown of each sampler. */
  draws: number;
  /** Draws behind mean and deviation. */
  posteriorDraws: number;
  seed: number;
  /** Written at the left of each row. */
  labels?: readonly string[];
  title?: string;
  onProgress?: (done: number, all: number) => void;
}

export interface Inpainting {
  grid: PictureGrid;
  /** Root mean squared error of the mean in the hidden pixels, in grey levels 0..255, by HMC (or the preset's sampler) and by the encoder; NaN where nothing is hidden. */
  errors: Record<string, number>;
  acceptance: number;
}

/** Tag of the key of the masks. */
const maskKey = 9;

const samplerNames: Readonly<Record<Sampler, string>> = { hmc: "HMC", encoder: "encoder", importance: "importance" };

/** Pictures with their hidden part filled: draws by the model's own sampler and by the encoder alone, mean and deviation. Throws TableError, UsageError, RangeError. */
export async function inpainting(model: Model, set: ImageSet, options: InpaintingOptions): Promise<Inpainting> {
  const { draws, posteriorDraws, seed } = options;
  const { schema } = model;
  const mask = await loadMask(options.mask, set);
  const observed = drawMasks(mask, set, Array.from({ length: set.count }, (_, row) => row), foldIn(keyFromSeed(seed), maskKey));
  const table = withObserved(codeImages(set, schema), observed);
  const own = samplerOf(model.config);
  const samplersShown = own === "encoder" ? [own] : [own, "encoder" as const];
  const groups: PictureGroup[] = [
    { title: "original", pictures: [set.pixels] },
    { title: "observed", pictures: [set.pixels], observed: ofPixels(observed, set) },
  ];
  const errors: Record<string, number> = {};
  let spread: PictureGroup[] = [];
  let acceptance = Number.NaN;
  for (const [i, sampler] of samplersShown.entries()) {
    const done = (rows: number, all: number): void => options.onProgress?.(i * all + rows, samplersShown.length * all);
    const filled = await model.fillings(table, { draws: posteriorDraws, keep: draws, sampler, seed, onProgress: done });
    const each = Array.from({ length: filled.kept }, (_, k) => pictures(schema, set, filled.perDraw, observed, (row) => (row * filled.kept + k) * table.features));
    const mean = pictures(schema, set, filled.mean, observed, (row) => row * table.features);
    errors[sampler] = hiddenError(mean, set.pixels, observed);
    groups.push({ title: `drawn by ${samplerNames[sampler]}`, pictures: each });
    if (i > 0) continue;
    acceptance = filled.acceptance;
    const deviation = ofPixels(intensityScale(schema, set, filled.deviation), set);
    spread = [{ title: "mean", pictures: [mean] }, { title: "deviation", deviation }];
  }
  const note = `Each draw shows the expected pixels at one draw of the latents. Mean and deviation are of ${posteriorDraws} draws${own === "encoder" ? "" : ` by ${samplerNames[own]}`}. Hidden: ${options.mask}.`;
  const { height, width, channels, count: rows } = set;
  return { grid: { height, width, channels, rows, groups: [...groups, ...spread], labels: options.labels, title: options.title, note }, errors, acceptance };
}

/** Bytes of coded pictures, the row's beginning at `start`; observed pixels are those of the original. */
function pictures(schema: Schema, set: ImageSet, coded: Float32Array, observed: Float32Array, start: (row: number) => number): Uint8Array {
  const each = set.pixels.length / set.count;
  const out = new Uint8Array(set.pixels.length);
  for (let row = 0; row < set.count; row++) out.set(toBytes(pixelIntensities(schema, coded.subarray(start(row), start(row) + each))), row * each);
  return out.map((byte, i) => (observed[i] === 1 ? set.pixels[i] : byte));
}

/** Deviations on the coded scale in grey levels. */
function intensityScale(schema: Schema, set: ImageSet, deviation: Float32Array): Float32Array {
  const each = set.pixels.length / set.count;
  const zero = pixelIntensities(schema, new Float32Array(each));
  const one = pixelIntensities(schema, new Float32Array(each).fill(1));
  return deviation.map((value, i) => value * (one[i % each] - zero[i % each]));
}

/** Of values per channel [rows, C H W] those per pixel [rows, H W]: the mean over channels. */
function ofPixels(values: Float32Array, { count, height, width, channels }: ImageSet): Float32Array {
  const area = height * width;
  return Float32Array.from({ length: count * area }, (_, i) => {
    const row = Math.floor(i / area);
    let total = 0;
    for (let c = 0; c < channels; c++) total += values[(row * channels + c) * area + (i % area)];
    return total / channels;
  });
}

function hiddenError(mean: Uint8Array, truth: Uint8Array, observed: Float32Array): number {
  let [total, hidden] = [0, 0];
  mean.forEach((byte, i) => {
    if (observed[i] === 1) return;
    total += (byte - truth[i]) ** 2;
    hidden++;
  });
  return Math.sqrt(total / hidden);
}
