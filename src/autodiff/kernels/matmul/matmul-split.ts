import { productCycles } from "./matmul-hardware-cost.ts";
import type { MatmulShape } from "./matmul-shape.ts";

/** Cycles of the dispatch that adds the parts up: it waits for the one before it. */
const SUM = 12_000;
/** Bytes of device memory a cycle. */
const BYTES = 1500;
/** A shorter part is not worth its sum. */
const LEAST_LENGTH = 64;
const MOST_PARTS = 512;
/** Parts must take at most this share of the whole: the model is no measurement. */
const CLEARLY_LESS = 0.8;

/** How many inner indices each part of the product's sums takes on a large GPU: all of them, unless there are many for few results. A multiple of 4 where it is less. */
export function splitLength(shape: MatmulShape): number {
  let [best, least] = [shape.k, CLEARLY_LESS * productCycles(shape)];
  for (let parts = 2; parts <= MOST_PARTS && shape.k / parts >= LEAST_LENGTH; parts *= 2) {
    const length = 4 * Math.ceil(shape.k / parts / 4);
    const cycles = productCycles(inParts(shape, length)) + SUM + (4 * parts * shape.batch * shape.m * shape.n) / BYTES;
    if (cycles < least) [best, least] = [length, cycles];
  }
  return best;
}

/** The products of the parts. */
export function inParts(shape: MatmulShape, length: number): MatmulShape {
  const parts = Math.ceil(shape.k / length);
  return { ...shape, batch: parts * shape.batch, k: length, split: { parts, inner: shape.k } };
}
