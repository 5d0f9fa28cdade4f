import { LabelTable, type ImageSet } from "../../../src/data/index.ts";
import { keyFromSeed, uniform } from "../../../src/math/key.ts";

/** Bars on a 9 x 11 picture: horizontal or vertical, at one of three places, three pixels thick; the label says which way. Every channel is the same. */
export function bars(count: number, seed: number, channels = 1): ImageSet {
  const [height, width] = [9, 11];
  const random = uniform(keyFromSeed(seed), 2 * count);
  const pixels = new Uint8Array(count * channels * height * width);
  const labels: string[] = [];
  for (let n = 0; n < count; n++) {
    const across = random[2 * n] < 0.5;
    const place = (across ? 3 : 4) * Math.floor(random[2 * n + 1] * 3);
    labels.push(across ? "across" : "down");
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const at = across ? y : x;
          if (at >= place && at < place + 3) pixels[((n * channels + c) * height + y) * width + x] = 230;
        }
      }
    }
  }
  return { count, height, width, channels, pixels, labels: new LabelTable(["way"], [labels], count) };
}
