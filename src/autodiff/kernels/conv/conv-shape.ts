import { sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tape.ts";

/**
 * A convolution or transposed convolution: out [batch, outChannels, ...outSize] from x [batch, inChannels, ...inSize] and
 * kernel [inChannels, ...kernel, outChannels]. `gradient`: the kernel's gradient from x and g, which then has the place of out.
 * Sizes are [y, x].
 */
export interface ConvShape {
  kind: "forward" | "transposed" | "gradient";
  batch: number;
  inChannels: number;
  outChannels: number;
  inSize: readonly [number, number];
  outSize: readonly [number, number];
  kernel: readonly [number, number];
  stride: readonly [number, number];
  padding: readonly [number, number];
  /** Of a gradient: the batch is summed in so many runs of neighbouring images, each with a result of its own. Else 1. */
  parts: number;
}

const kinds: Record<string, ConvShape["kind"]> = { conv2d: "forward", convTranspose2d: "transposed", convKernelParts: "gradient" };

export function isConv({ op }: Tensor): boolean {
  return op in kinds;
}

/** The shape of a recorded convolution, from its operands. */
export function convShape(node: Tensor): ConvShape {
  const kind = kinds[node.op];
  const [x, second] = node.inputs;
  const pair = (shape: readonly number[], at: number): [number, number] => [shape[at], shape[at + 1]];
  return {
    kind,
    batch: x.shape[0],
    inChannels: x.shape[1],
    outChannels: kind === "gradient" ? second.shape[1] : second.shape[3],
    inSize: pair(x.shape, 2),
    outSize: kind === "gradient" ? pair(second.shape, 2) : pair(node.shape, 2),
    kernel: kind === "gradient" ? pair(node.shape, 2) : pair(second.shape, 1),
    stride: pair(node.attributes.stride as readonly number[], 0),
    padding: pair(node.attributes.padding as readonly number[], 0),
    parts: kind === "gradient" ? node.shape[0] : 1,
  };
}

/** `forward 100x1x28x28 to 16x14x14 kernel 5x5 stride 2x2 padding 2x2`. */
export function convName({ kind, batch, inChannels, outChannels, inSize, outSize, kernel, stride, padding, parts }: ConvShape): string {
  const sizes = [[batch, inChannels, ...inSize], [outChannels, ...outSize], kernel, stride, padding].map((part) => part.join("x"));
  return `${kind} ${sizes[0]} to ${sizes[1]} kernel ${sizes[2]} stride ${sizes[3]} padding ${sizes[4]}${parts > 1 ? ` in ${parts} parts` : ""}`;
}

/** Elements of x, of the second operand (kernel or g), and of the result. */
export function convElements(shape: ConvShape): { x: number; second: number; result: number } {
  const { batch, inChannels, outChannels, inSize, outSize, kernel, parts } = shape;
  const x = batch * inChannels * sizeOf(inSize);
  const out = batch * outChannels * sizeOf(outSize);
  const weights = inChannels * sizeOf(kernel) * outChannels;
  return shape.kind === "gradient" ? { x, second: out, result: parts * weights } : { x, second: weights, result: out };
}

/** Multiply-adds, those with padding included. */
export function convWork({ kind, batch, inChannels, outChannels, inSize, outSize, kernel }: ConvShape): number {
  return batch * inChannels * outChannels * sizeOf(kernel) * sizeOf(kind === "transposed" ? inSize : outSize);
}

/** A row (or column) of the kernel as one position of the result meets it. */
interface Tap {
  /** Which of the position's outputs takes it. */
  phase: number;
  /** Row of the kernel. */
  k: number;
  /** Row of x, from the position's own. */
  offset: number;
}

/**
 * One axis as positions that all do the same: position g reads x around `inStep` g and makes the outputs `outStep` g + phase.
 * A transposed convolution makes `stride` outputs at once, each from every stride-th row of the kernel, so that no tap is idle.
 */
interface ConvAxis {
  positions: number;
  inStep: number;
  outStep: number;
  /** By phase, then k. */
  taps: readonly Tap[];
}

export function convAxis(shape: ConvShape, axis: 0 | 1): ConvAxis {
  const [out, k, s, p] = [shape.outSize[axis], shape.kernel[axis], shape.stride[axis], shape.padding[axis]];
  if (shape.kind !== "transposed") {
    return { positions: out, inStep: s, outStep: 1, taps: Array.from({ length: k }, (_, row) => ({ phase: 0, k: row, offset: row - p })) };
  }
  const taps: Tap[] = [];
  for (let phase = 0; phase < s; phase++) {
    // out row y = s g + phase meets x row i through k = y + p - s i
    for (let row = (phase + p) % s; row < k; row += s) {
      taps.push({ phase, k: row, offset: (phase + p - row) / s });
    }
  }
  return { positions: Math.ceil(out / s), inStep: 1, outStep: s, taps };
}
