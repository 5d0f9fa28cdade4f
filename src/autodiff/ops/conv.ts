import { ShapeError, showShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { transpose } from "./transpose.ts";

/** One number for both axes, or [y, x]. */
export type PerAxis = number | readonly [y: number, x: number];

export interface ConvOptions {
  /** Default: 1. */
  stride?: PerAxis;
  /** Zeros around the input. Default: 0. */
  padding?: PerAxis;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns more at the end of the result, below the stride. Default: 0. */
  outputPadding?: PerAxis;
}

export interface ConvKernelOptions extends ConvOptions {
  /** Height and width of the kernel. */
  kernel: PerAxis;
}

// The tape's ops hold kernels as [in, kh, kw, out], in which all channels that one input value goes to are neighbours.

/** out[n,o,y,x] = sum over c, i, j of kernel[o,c,i,j] x[n, c, s y + i - p, s x + j - p]. x [N,C,H,W], kernel [O,C,kh,kw] -> [N,O,Ho,Wo]. */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  checkRanks("conv2d", x, "kernel [O, C, kh, kw]", kernel);
  const [outputs, channels, kh, kw] = kernel.shape;
  checkChannels("conv2d", x, kernel, channels);
  const { stride, padding } = strideAndPadding("conv2d", options);
  const [batch, , height, width] = x.shape;
  if (kh === height && kw === width && padding[0] === 0 && padding[1] === 0) {
    // the kernel meets the whole input, once
    const product = matmul(reshape(x, [batch, channels * kh * kw]), reshape(kernel, [outputs, channels * kh * kw]), { transB: true });
    return reshape(product, [batch, outputs, 1, 1]);
  }
  return convPacked(x, transpose(kernel, [1, 2, 3, 0]), stride, padding);
}

/**
 * The transpose of conv2d: out[n, o, s y + i - p, s x + j - p] is the sum of kernel[c,o,i,j] x[n,c,y,x].
 * x [N,C,H,W], kernel [C,O,kh,kw] -> [N, O, (H-1) s - 2 p + kh + op, (W-1) s - 2 p + kw + op].
 */
export function convTranspose2d(x: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}): Tensor {
  checkRanks("convTranspose2d", x, "kernel [C, O, kh, kw]", kernel);
  const [channels, outputs, kh, kw] = kernel.shape;
  checkChannels("convTranspose2d", x, kernel, channels);
  const { stride, padding } = strideAndPadding("convTranspose2d", options);
  const more = pair("convTranspose2d", "output padding", options.outputPadding ?? 0, 0);
  if (more[0] >= stride[0] || more[1] >= stride[1]) {
    throw new ShapeError(`[convTranspose2d] output padding ${showShape(more)} must be below the stride ${showShape(stride)}; make up for more by less padding.`);
  }
  const [batch, , height, width] = x.shape;
  const size = (axis: 0 | 1): number => ([height, width][axis] - 1) * stride[axis] - 2 * padding[axis] + [kh, kw][axis] + more[axis];
  const [outHeight, outWidth] = [size(0), size(1)];
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(`[convTranspose2d] x ${showShape(x.shape)} and kernel ${showShape(kernel.shape)} leave ${outHeight} x ${outWidth} pixels with padding ${showShape(padding)}; pad less.`);
  }
  if (height === 1 && width === 1 && outHeight === kh && outWidth === kw && padding[0] === 0 && padding[1] === 0) {
    const product = matmul(reshape(x, [batch, channels]), reshape(kernel, [channels, outputs * kh * kw]));
    return reshape(product, [batch, outputs, kh, kw]);
  }
  return convTransposePacked(x, transpose(kernel, [0, 2, 3, 1]), stride, padding, [outHeight, outWidth]);
}

/**
 * The gradient of sum(g conv2d(x, kernel)) by the kernel: sum over n, y, x of g[n,o,y,x] x[n, c, s y + i - p, s x + j - p].
 * x [N,C,H,W], g [N,O,Ho,Wo] -> [O,C,kh,kw].
 */
export function convKernelGradient(x: Tensor, g: Tensor, options: ConvKernelOptions): Tensor {
  checkRanks("convKernelGradient", x, "g [N, O, Ho, Wo]", g);
  const { stride, padding } = strideAndPadding("convKernelGradient", options);
  const kernel = pair("convKernelGradient", "kernel", options.kernel, 1);
  const expected = [x.shape[0], g.shape[1], ...convolvedSize("convKernelGradient", x.shape, kernel, stride, padding)];
  if (!expected.every((length, axis) => length === g.shape[axis])) {
    throw new ShapeError(`[convKernelGradient] x ${showShape(x.shape)} under a kernel of ${kernel.join(" x ")} needs g ${showShape(expected)}, got ${showShape(g.shape)}; give both the stride and padding of the convolution.`);
  }
  const [batch, channels, height, width] = x.shape;
  if (kernel[0] === height && kernel[1] === width && padding[0] === 0 && padding[1] === 0) {
    const product = matmul(reshape(g, [batch, g.shape[1]]), reshape(x, [batch, channels * height * width]), { transA: true });
    return reshape(product, [g.shape[1], channels, height, width]);
  }
  return transpose(kernelGradientPacked(x, g, kernel, stride, padding), [3, 0, 1, 2]);
}

function convPacked(x: Tensor, kernel: Tensor, stride: Pair, padding: Pair): Tensor {
  const [, kh, kw, outputs] = kernel.shape;
  const size = convolvedSize("conv2d", x.shape, [kh, kw], stride, padding);
  return x.tape.record("conv2d", [x, kernel], [x.shape[0], outputs, ...size], { stride, padding });
}

function convTransposePacked(x: Tensor, kernel: Tensor, stride: Pair, padding: Pair, size: Shape): Tensor {
  return x.tape.record("convTranspose2d", [x, kernel], [x.shape[0], kernel.shape[3], ...size], { stride, padding });
}

/** -> [C, kh, kw, O]. */
function kernelGradientPacked(x: Tensor, g: Tensor, [kh, kw]: Pair, stride: Pair, padding: Pair): Tensor {
  return x.tape.record("convKernelGradient", [x, g], [x.shape[1], kh, kw, g.shape[1]], { stride, padding });
}

/** A kernel [in, kh, kw, out] with the roles of its channels exchanged. */
function exchanged(kernel: Tensor): Tensor {
  return transpose(kernel, [3, 1, 2, 0]);
}

// with <g, conv(x, k)> = <x, convTranspose(g, k)> = <k, kernelGradient(x, g)>, each is the gradient of the others

export function conv2dVjp(g: Tensor, node: Tensor): Tensor[] {
  const { x, second: kernel, stride, padding } = parts(node);
  return [convTransposePacked(g, exchanged(kernel), stride, padding, x.shape.slice(2)), kernelGradientPacked(x, g, [kernel.shape[1], kernel.shape[2]], stride, padding)];
}

export function convTranspose2dVjp(g: Tensor, node: Tensor): Tensor[] {
  const { x, second: kernel, stride, padding } = parts(node);
  return [convPacked(g, exchanged(kernel), stride, padding), exchanged(kernelGradientPacked(g, x, [kernel.shape[1], kernel.shape[2]], stride, padding))];
}

export function convKernelGradientVjp(cotangent: Tensor, node: Tensor): Tensor[] {
  const { x, second: g, stride, padding } = parts(node);
  return [convTransposePacked(g, exchanged(cotangent), stride, padding, x.shape.slice(2)), convPacked(x, cotangent, stride, padding)];
}

type Pair = readonly [number, number];

function parts(node: Tensor): { x: Tensor; second: Tensor; stride: Pair; padding: Pair } {
  const [x, second] = node.inputs;
  return { x, second, stride: node.attributes.stride as unknown as Pair, padding: node.attributes.padding as unknown as Pair };
}

function convolvedSize(op: string, x: Shape, kernel: Pair, stride: Pair, padding: Pair): [number, number] {
  const size = (axis: 0 | 1): number => Math.floor((x[2 + axis] + 2 * padding[axis] - kernel[axis]) / stride[axis]) + 1;
  const [height, width] = [size(0), size(1)];
  if (height < 1 || width < 1) {
    const needed = ([0, 1] as const).map((axis) => Math.max(padding[axis], Math.ceil((kernel[axis] - x[2 + axis]) / 2)));
    throw new ShapeError(`[${op}] a kernel of ${kernel.join(" x ")} is larger than x ${showShape(x)} with padding ${showShape(padding)}; pad by at least ${showShape(needed)}.`);
  }
  return [height, width];
}

function checkRanks(op: string, x: Tensor, expected: string, second: Tensor): void {
  if (x.shape.length === 4 && second.shape.length === 4) return;
  throw new ShapeError(`[${op}] expected x [N, C, H, W] and ${expected}, got ${showShape(x.shape)} and ${showShape(second.shape)}; reshape them.`);
}

function checkChannels(op: string, x: Tensor, kernel: Tensor, channels: number): void {
  if (x.shape[1] === channels) return;
  throw new ShapeError(`[${op}] x ${showShape(x.shape)} has ${x.shape[1]} channels, the kernel ${showShape(kernel.shape)} takes ${channels}; axis 1 of x must be the channels.`);
}

function strideAndPadding(op: string, { stride = 1, padding = 0 }: ConvOptions): { stride: Pair; padding: Pair } {
  return { stride: pair(op, "stride", stride, 1), padding: pair(op, "padding", padding, 0) };
}

function pair(op: string, name: string, value: PerAxis, least: number): Pair {
  const both: Pair = typeof value === "number" ? [value, value] : value;
  if (both.length === 2 && both.every((part) => Number.isInteger(part) && part >= least)) return [both[0], both[1]];
  throw new ShapeError(`[${op}] ${name} must be an integer from ${least} on, or two as [y, x], got ${JSON.stringify(value)}.`);
}
