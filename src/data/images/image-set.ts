import type { RawTable } from "../raw-table.ts";
import { labelsOf } from "./labels.ts";

/** Height and width in pixels; 1 channel (grey) or 3 (red, green, blue). */
export interface ImageSize {
  height: number;
  width: number;
  channels: number;
}

/** Pictures of one size, with what is known about each. */
export interface ImageSet extends ImageSize {
  count: number;
  /** [N, C, H, W], 0 (dark) to 255. */
  pixels: Uint8Array;
  /** Where each picture comes from, such as its file's name. */
  names?: readonly string[];
  /** One row per picture; its columns may become targets. */
  labels?: RawTable;
}

/** "28 x 28, grey": height before width, as everywhere. */
export function formatSize({ height, width, channels }: ImageSize): string {
  return `${height} x ${width}, ${channels === 1 ? "grey" : channels === 3 ? "colour" : `${channels} channels`}`;
}

/** Some pictures of a set, in the order given. */
export function selectImages(set: ImageSet, rows: ArrayLike<number>): ImageSet {
  const each = set.channels * set.height * set.width;
  const pixels = new Uint8Array(rows.length * each);
  for (let i = 0; i < rows.length; i++) pixels.set(set.pixels.subarray(rows[i] * each, (rows[i] + 1) * each), i * each);
  const { names, labels } = set;
  return {
    ...set,
    count: rows.length,
    pixels,
    ...(names === undefined ? {} : { names: Array.from(rows, (row) => names[row]) }),
    ...(labels === undefined ? {} : { labels: labelsOf(labels, rows) }),
  };
}
