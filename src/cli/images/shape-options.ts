import { UsageError } from "../usage-error.ts";

/** How pictures are brought to one shape, as given on the command line. */
export interface ShapeOptions {
  /** "28", or height x width such as "28x20". */
  size?: string;
  /** Side of the square that is cut out of the middle first. */
  crop?: string;
  grey?: boolean;
  colour?: boolean;
}

/** The same, read. */
export interface Shape {
  size?: { height: number; width: number };
  crop?: number;
  /** Channels that are wanted; undefined: as the pictures have them. */
  channels?: 1 | 3;
}

const mostSide = 4096;

/** Throws UsageError for a size or crop that is none. */
export function readShape({ size, crop, grey, colour }: ShapeOptions): Shape {
  if (grey === true && colour === true) throw new UsageError("--grey and --colour exclude each other; choose one.");
  const shape: Shape = {};
  if (size !== undefined) {
    const sides = /^(\d{1,5})(?:\s*[x×]\s*(\d{1,5}))?$/i.exec(size.trim());
    const [height, width] = sides ? [Number(sides[1]), Number(sides[2] ?? sides[1])] : [0, 0];
    if (![height, width].every(isSide)) throw new UsageError(`--size ${size}: expected a side such as 28, or HEIGHTxWIDTH such as 28x20, of 1 to ${mostSide} pixels.`);
    shape.size = { height, width };
  }
  if (crop !== undefined) {
    shape.crop = /^\d{1,5}$/.test(crop.trim()) ? Number(crop) : 0;
    if (!isSide(shape.crop)) throw new UsageError(`--crop ${crop}: expected the side of a square of 1 to ${mostSide} pixels.`);
  }
  if (grey === true) shape.channels = 1;
  if (colour === true) shape.channels = 3;
  return shape;
}

function isSide(n: number): boolean {
  return n >= 1 && n <= mostSide;
}
