import type { Column } from "../schema/column.ts";

export const pixelKinds = ["binary", "gaussian", "categorical"] as const;
/** How pixels become features: on or off; grey levels on a scale; one of K grey levels. */
export type PixelKind = (typeof pixelKinds)[number];

/** One way to make a feature of a pixel. */
export interface PixelCoding {
  readonly type: Column["type"];
  /** What the columns of a channel say besides name and role, from how often each byte 0..255 occurs in the training pictures. */
  describe(histogram: Float64Array, levels: number): Omit<Column, "name" | "role" | "type">;
  /** The coded value of a byte. */
  code(column: Column, byte: number): number;
  /** The grey level, 0..255 where it is one that can be shown, of a coded value; of probabilities the mean level. */
  intensity(column: Column, coded: number): number;
}

/** On where x / 256 > 0.5 (the authors' rule). */
const binary: PixelCoding = {
  type: "binary",
  describe: () => ({ categories: ["0", "1"] }),
  code: (_, byte) => (byte / 256 > 0.5 ? 1 : 0),
  intensity: (_, coded) => 255 * coded,
};

/** coded = (byte - mean) / std with one mean and std for all pixels of a channel; in units of 0..255. Constant pictures have std 1. */
const gaussian: PixelCoding = {
  type: "real",
  describe: (histogram) => {
    const sum = (value: (byte: number) => number): number => histogram.reduce((total, count, byte) => total + count * value(byte), 0);
    const count = sum(() => 1);
    const mean = sum((byte) => byte) / count;
    const std = Math.sqrt(sum((byte) => (byte - mean) ** 2) / count);
    return { mean, std: std > 1e-9 ? std : 1, decimals: 0 };
  },
  code: ({ mean, std }, byte) => (byte - mean!) / std!,
  intensity: ({ mean, std }, coded) => mean! + std! * coded,
};

/** Bins b = floor(byte K / 256); a category is named by the mean of its bytes, such as "15.5". */
const categorical: PixelCoding = {
  type: "categorical",
  describe: (_, levels) => ({ categories: Array.from({ length: levels }, (_, b) => String((binStart(b, levels) + binStart(b + 1, levels) - 1) / 2)) }),
  code: ({ categories }, byte) => Math.floor((byte * categories!.length) / 256),
  intensity: ({ categories }, coded) => Number(categories![Math.min(categories!.length - 1, Math.max(0, Math.round(coded)))]),
};

function binStart(b: number, levels: number): number {
  return Math.ceil((256 * b) / levels);
}

export const pixelCodings: Readonly<Record<PixelKind, PixelCoding>> = { binary, gaussian, categorical };
