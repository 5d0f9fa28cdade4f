import fc from "fast-check";
import sharp from "sharp";
import { gunzip, readIdx, readIdxImages } from "../../../src/data/index.ts";
import { decodePicture } from "../../../src/cli/images/decode.ts";
import { damaged, damages } from "../damage.ts";
import { expectNamed, target } from "../target.ts";

/** Three pictures of 4 x 5 pixels, as MNIST has them. */
const idx = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, ...Array.from({ length: 60 }, (_, i) => (i * 37) % 256)]);

const pictures = new Map<string, Promise<Uint8Array>>();
function picture(kind: "png" | "jpeg"): Promise<Uint8Array> {
  const raw = sharp(Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 91) % 256), { raw: { width: 8, height: 6, channels: 3 } });
  if (!pictures.has(kind)) pictures.set(kind, raw.toFormat(kind).toBuffer());
  return pictures.get(kind)!;
}

export const imageTargets = [
  target({
    name: "damaged-idx",
    about: "a damaged IDX file, gzipped or not, is read or refused by name",
    inputs: damages,
    few: 300,
    check: async (damage) => {
      const bytes = damaged(idx, damage);
      try {
        const content = await gunzip(bytes, "t.idx");
        readIdx(content, "t.idx");
        readIdxImages(content, "t.idx");
      } catch (cause) {
        expectNamed(cause, ["TableError"]);
      }
    },
  }),
  target({
    name: "damaged-pictures",
    about: "a damaged PNG or JPEG becomes a picture of its size or is refused by name",
    inputs: fc.record({ kind: fc.constantFrom("png" as const, "jpeg" as const), damage: damages }),
    few: 60,
    check: async ({ kind, damage }) => {
      try {
        const { pixels, height, width, channels } = await decodePicture(damaged(await picture(kind), damage), { size: { height: 4, width: 4 } });
        if (pixels.length !== height * width * channels || height !== 4 || width !== 4) throw new Error(`${pixels.length} pixels of ${height} x ${width} x ${channels}`);
      } catch (cause) {
        expectNamed(cause, ["PictureProblem"]);
      }
    },
  }),
];
