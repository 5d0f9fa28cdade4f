import { TableError } from "../table-error.ts";
import { readIdx } from "./idx.ts";
import type { ImageSet } from "./image-set.ts";
import { LabelTable } from "./labels.ts";

/**
 * The pictures of an IDX file of bytes: grey [N, H, W], or with channels [N, C, H, W] or [N, H, W, C], C 1 or 3 (if both would do, the
 * former). Throws TableError.
 */
export function readIdxImages(bytes: Uint8Array, source = ""): ImageSet {
  const { dims, values } = readIdx(bytes, source);
  const fail = (message: string): never => {
    throw new TableError([{ message }], source);
  };
  const shape = `[${dims.join(", ")}]`;
  if (dims.length === 1) fail(`expected pictures, [N, H, W], got ${dims[0]} single values; are these the labels?`);
  if (!(values instanceof Uint8Array)) fail(`expected pictures as bytes (type 08), got ${values.constructor.name.replace("Array", "")} values; convert them to 0..255.`);
  const [count, ...inner] = dims;
  const isChannels = (n: number): boolean => n === 1 || n === 3;
  const order = inner.length === 2 ? "HW" : inner.length === 3 && isChannels(inner[0]) ? "CHW" : inner.length === 3 && isChannels(inner[2]) ? "HWC" : fail(`expected pictures [N, H, W], [N, C, H, W] or [N, H, W, C] with 1 or 3 channels, got ${shape}.`);
  if (dims.includes(0)) fail(`expected at least one picture of at least one pixel, got ${shape}.`);
  const [height, width, channels] = order === "HW" ? [inner[0], inner[1], 1] : order === "CHW" ? [inner[1], inner[2], inner[0]] : inner;
  const pixels = values as Uint8Array;
  return { count, height, width, channels, pixels: order === "HWC" ? channelsFirst(pixels, count, height * width, channels) : pixels };
}

/** The labels of an IDX file [N] as a table of one column. Throws TableError. */
export function readIdxLabels(bytes: Uint8Array, source = "", name = "label"): LabelTable {
  const { dims, values } = readIdx(bytes, source);
  if (dims.length !== 1) throw new TableError([{ message: `expected labels, one value a picture, got [${dims.join(", ")}] values; are these the pictures?` }], source);
  return new LabelTable([name], [Array.from(values, String)], dims[0]);
}

/** [N, H W, C] -> [N, C, H W]: decoders give pixels, the model's features go channel by channel. */
export function channelsFirst(pixels: Uint8Array, count: number, area: number, channels: number): Uint8Array {
  if (channels === 1) return pixels;
  const out = new Uint8Array(pixels.length);
  for (let n = 0; n < count; n++) {
    const from = n * area * channels;
    for (let c = 0; c < channels; c++) for (let p = 0; p < area; p++) out[from + c * area + p] = pixels[from + p * channels + c];
  }
  return out;
}
