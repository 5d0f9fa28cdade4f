import { foldIn, type Key, threefry2x32, uniform, unitUniform } from "../../math/key.ts";
import type { ImageSize } from "./image-set.ts";
import { hideStrokes } from "./strokes.ts";

/** Which pixels of one picture of the given size are observed: [H, W], 1 observed, 0 hidden. The same key gives the same pixels. */
export type PixelMask = (size: Pick<ImageSize, "height" | "width">, key: Key) => Uint8Array;

/** Masks of the pictures with these row numbers: [N, C H W], 1 observed; channels share them. A row's mask depends on its number, not on the others. */
export function drawMasks(mask: PixelMask, size: ImageSize, rows: ArrayLike<number>, key: Key): Float32Array {
  const { height, width, channels } = size;
  const area = height * width;
  const out = new Float32Array(rows.length * channels * area);
  for (let i = 0; i < rows.length; i++) {
    const observed = mask(size, foldIn(key, rows[i]));
    for (let c = 0; c < channels; c++) out.set(observed, (i * channels + c) * area);
  }
  return out;
}

/** Hides each pixel with probability `rate`. */
export function randomMask(rate: number): PixelMask {
  return ({ height, width }, key) => {
    const observed = new Uint8Array(height * width);
    for (let i = 0; i < observed.length; i += 2) {
      const [first, second] = threefry2x32(key, [i, 0]);
      observed[i] = Number(unitUniform(first) >= rate);
      if (i + 1 < observed.length) observed[i + 1] = Number(unitUniform(second) >= rate);
    }
    return observed;
  };
}

/** Hides a rectangle whose sides are a quarter to three quarters of the picture's, each as likely, anywhere inside it. */
export const rectangleMask: PixelMask = ({ height, width }, key) => {
  const draws = uniform(key, 4);
  const extent = (side: number, draw: number): number => {
    const least = Math.max(1, Math.round(side / 4));
    return least + Math.floor(draw * (Math.max(least, Math.round((3 * side) / 4)) - least + 1));
  };
  const [h, w] = [extent(height, draws[0]), extent(width, draws[1])];
  return withoutRectangle(height, width, Math.floor(draws[2] * (height - h + 1)), Math.floor(draws[3] * (width - w + 1)), h, w);
};

/** Hides a rectangle that is the same in all pictures. Throws RangeError where it does not fit. */
export function fixedRectangleMask(top: number, left: number, h: number, w: number): PixelMask {
  return ({ height, width }) => {
    if (top + h > height || left + w > width) {
      throw new RangeError(`mask "rectangle:${[top, left, h, w].join(",")}": ends at row ${top + h} and column ${left + w}; the pictures are ${height} x ${width}. Make it smaller.`);
    }
    return withoutRectangle(height, width, top, left, h, w);
  };
}

export const halves = ["left", "right", "top", "bottom"] as const;

/** Hides one half; of an odd number of rows or columns the middle one stays observed. */
export function halfMask(half: (typeof halves)[number]): PixelMask {
  return ({ height, width }) => {
    const [h, w] = half === "top" || half === "bottom" ? [Math.floor(height / 2), width] : [height, Math.floor(width / 2)];
    return withoutRectangle(height, width, half === "bottom" ? height - h : 0, half === "right" ? width - w : 0, h, w);
  };
}

/** Hides thick random brush strokes. */
export function strokesMask(count: number): PixelMask {
  return ({ height, width }, key) => {
    const observed = new Uint8Array(height * width).fill(1);
    hideStrokes(observed, height, width, count, key);
    return observed;
  };
}

/** Hides everything, or nothing. */
export function wholeMask(hidden: boolean): PixelMask {
  return ({ height, width }) => new Uint8Array(height * width).fill(hidden ? 0 : 1);
}

/** A drawn mask [H, W]: hides what is dark, below 128. Throws RangeError for pictures of another size. */
export function pictureMask(picture: { height: number; width: number; pixels: Uint8Array }, source: string): PixelMask {
  return ({ height, width }) => {
    if (picture.height !== height || picture.width !== width) {
      throw new RangeError(`mask ${source}: expected a picture of ${height} x ${width} pixels, as the pictures are; got ${picture.height} x ${picture.width}.`);
    }
    return picture.pixels.map((grey) => Number(grey >= 128));
  };
}

function withoutRectangle(height: number, width: number, top: number, left: number, h: number, w: number): Uint8Array {
  const observed = new Uint8Array(height * width).fill(1);
  for (let i = top; i < top + h; i++) observed.fill(0, i * width + left, i * width + left + w);
  return observed;
}
