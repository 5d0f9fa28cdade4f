import { existsSync } from "node:fs";
import { basename } from "node:path";
import { parseMask, pictureMask, unknownMask, type ImageSize, type PixelMask } from "../../data/index.ts";
import { readInput } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";
import { decodePicture, PictureProblem } from "./decode.ts";

/** The mask that --mask names: a kind, or a picture that is dark where pixels are hidden. Throws UsageError or RangeError, also where it does not fit pictures of this size. */
export async function loadMask(text: string, size: ImageSize): Promise<PixelMask> {
  const mask = parseMask(text) ?? (await drawnMask(text));
  // one that does not fit says so now, not after the training
  mask(size, [0, 0]);
  return mask;
}

async function drawnMask(path: string): Promise<PixelMask> {
  if (!existsSync(path)) throw new UsageError(unknownMask(path));
  try {
    return pictureMask(await decodePicture(await readInput(path), { channels: 1 }), basename(path));
  } catch (cause) {
    if (cause instanceof PictureProblem) throw new UsageError(`mask ${basename(path)}: ${cause.message}`);
    throw cause;
  }
}
