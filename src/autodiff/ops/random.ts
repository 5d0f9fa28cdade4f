import { ShapeError, showShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { greater } from "./binary.ts";

/** A device key: a u32 [2] tensor. */
type KeyTensor = Tensor;

function draw(op: "randomUniform" | "randomNormal", key: KeyTensor, shape: Shape, stream: number): Tensor {
  if (key.dtype !== "u32" || key.shape.length !== 1 || key.shape[0] !== 2) {
    throw new ShapeError(`[${op}] a key is u32 [2], got ${key.dtype} ${showShape(key.shape)}.`);
  }
  return key.tape.record(op, [key], shape, { stream });
}

/** Uniform numbers in [0, 1). Element i is Threefry(key, (i, stream)); a stream of its own unless one is given. */
export function randomUniform(key: KeyTensor, shape: Shape, stream = key.tape.nextStream()): Tensor {
  return draw("randomUniform", key, shape, stream);
}

/** Standard normal numbers, by Box-Muller from both words of Threefry(key, (i, stream)). */
export function randomNormal(key: KeyTensor, shape: Shape, stream = key.tape.nextStream()): Tensor {
  return draw("randomNormal", key, shape, stream);
}

/** 1 with the given probability, else 0. */
export function randomBernoulli(key: KeyTensor, probability: Tensor, stream = key.tape.nextStream()): Tensor {
  return greater(probability, randomUniform(key, probability.shape, stream));
}

/** A key derived from a key and a number (u32 [] or a constant): Threefry again, so streams stay apart. */
export function foldIn(key: KeyTensor, data: Tensor | number): KeyTensor {
  return typeof data === "number"
    ? key.tape.record("foldIn", [key], [2], { data }, "u32")
    : key.tape.record("foldIn", [key, data], [2], {}, "u32");
}

/**
 * Row numbers of a batch when all `rows` are visited in random order, epoch after epoch: element i of batch number
 * `step` (u32 []) is place step * B + i of the concatenated permutations. -> u32 [B]
 */
export function shuffledRows(key: KeyTensor, step: Tensor, batch: number, rows: number): Tensor {
  return key.tape.record("shuffledRows", [key, step], [batch], { rows }, "u32");
}
