import type { Sharp } from "sharp";
import { channelsFirst, type ImageSet, type ImageSize } from "../../data/index.ts";
import type { Shape } from "./shape-options.ts";
import { optionalPackage } from "../../report/optional-package.ts";

/** One picture, [C, H, W] bytes. */
export interface Picture extends ImageSize {
  pixels: Uint8Array;
}

/** What is wrong with a picture's file, to be said with its name. */
export class PictureProblem extends Error {
  override name = "PictureProblem";
}

/**
 * A PNG or JPEG, brought to a shape: turned as its EXIF orientation says, on white where it is transparent, 16 bits cut to 8, in sRGB; then cropped, and scaled so that it
 * covers the size (the middle of what is too long). Throws PictureProblem.
 */
export async function decodePicture(bytes: Uint8Array, shape: Shape): Promise<Picture> {
  if (bytes.length === 0) throw new PictureProblem("the file is empty; get it again.");
  if (!isPicture(bytes)) throw new PictureProblem("expected a PNG or JPEG, got another format; convert it.");
  const { default: sharp } = await optionalPackage("sharp", import("sharp"));
  try {
    const { space, autoOrient } = await sharp(bytes).metadata();
    const grey = space === "b-w" || space === "grey16";
    return await render(sharp(bytes).autoOrient().flatten({ background: "white" }), autoOrient, grey ? 1 : 3, shape);
  } catch (cause) {
    if (cause instanceof PictureProblem) throw cause;
    throw new PictureProblem("the picture is damaged or cut off; get it again, or take it out.", { cause });
  }
}

/** A set's pictures, brought to a shape in the same way. Throws PictureProblem. */
export async function reshapeSet(set: ImageSet, shape: Shape): Promise<ImageSet> {
  const { height, width, channels } = set;
  if (shape.size === undefined && shape.crop === undefined && (shape.channels ?? channels) === channels) return set;
  const { default: sharp } = await optionalPackage("sharp", import("sharp"));
  const area = height * width;
  const each = area * channels;
  let result: ImageSet | undefined;
  await sideBySide(set.count, async (i) => {
    const interleaved = channelsLast(set.pixels.subarray(i * each, (i + 1) * each), area, channels);
    const picture = await render(sharp(interleaved, { raw: { width, height, channels: channels as 1 | 3 } }), { height, width }, channels, shape);
    result ??= { ...set, height: picture.height, width: picture.width, channels: picture.channels, pixels: new Uint8Array(set.count * picture.pixels.length) };
    result.pixels.set(picture.pixels, i * picture.pixels.length);
  });
  return result!;
}

export function isPicture(bytes: Uint8Array): boolean {
  const startsWith = (...start: number[]): boolean => start.every((byte, i) => bytes[i] === byte);
  return startsWith(0x89, 0x50, 0x4e, 0x47) || startsWith(0xff, 0xd8, 0xff);
}

async function render(image: Sharp, { height, width }: { height: number; width: number }, own: number, { size, crop, channels }: Shape): Promise<Picture> {
  if (crop !== undefined) {
    if (crop > height || crop > width) throw new PictureProblem(`--crop ${crop} does not fit into its ${height} x ${width} pixels; make it smaller.`);
    image = image.extract({ top: (height - crop) >> 1, left: (width - crop) >> 1, width: crop, height: crop });
  }
  if (size !== undefined) image = image.resize(size.width, size.height, { fit: "cover" });
  // three channels always: those of a grey picture are the same
  const { data, info } = await image.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const area = info.height * info.width;
  const wanted = channels ?? own;
  return { height: info.height, width: info.width, channels: wanted, pixels: wanted === 3 ? channelsFirst(data, 1, area, 3) : luma(data, area) };
}

/** The grey of sRGB colours: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); of equal ones exactly theirs. */
function luma(rgb: Uint8Array, area: number): Uint8Array {
  const grey = new Uint8Array(area);
  for (let p = 0; p < area; p++) grey[p] = Math.round((299 * rgb[3 * p] + 587 * rgb[3 * p + 1] + 114 * rgb[3 * p + 2]) / 1000);
  return grey;
}

function channelsLast(pixels: Uint8Array, area: number, channels: number): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let c = 0; c < channels; c++) for (let p = 0; p < area; p++) out[p * channels + c] = pixels[c * area + p];
  return out;
}

/** Pieces of work that are under way at one time: decoding runs in threads of its own. */
const atOnce = 8;

/** Does `work` for 0 to count - 1, several at a time. */
export async function sideBySide(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
