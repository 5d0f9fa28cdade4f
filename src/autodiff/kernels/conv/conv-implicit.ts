import { sizeOf } from "../../shape.ts";
import { convAxis, convElements, type ConvShape } from "./conv-shape.ts";
import { matmulKernel } from "../matmul/matmul.ts";
import type { MatmulShape } from "../matmul/matmul-shape.ts";
import type { MatmulVariant } from "../matmul/matmul-variant.ts";
import type { ProductKernel } from "../product.ts";

/** A convolution as a product of matrices, one of which is never made: its elements are found in x where they are needed. */
export interface ImplicitVariant {
  kind: "implicit";
  name: string;
  matmul: MatmulVariant;
}

export function implicitVariant(matmul: MatmulVariant): ImplicitVariant {
  return { kind: "implicit", name: `implicit-${matmul.name}`, matmul };
}

/**
 * forward:    out [O, N P] = kernel [C T, O]^T patches [C T, N P]           T taps, P pixels
 * transposed: the same for each of the stride's phases, with every stride-th tap
 * gradient:   [C T, O] = patches [C T, n P] g [n P, O] for each part of n images
 */
export function implicitShape(shape: ConvShape): MatmulShape {
  const { kind, batch, inChannels, outChannels, kernel, outSize, parts } = shape;
  const { x, second } = convElements(shape);
  const stored = { transA: false, transB: false, batchA: false, batchB: false };
  if (kind === "gradient") {
    const k = imagesPerPart(shape) * sizeOf(outSize);
    return { ...stored, transB: true, batch: parts, m: inChannels * sizeOf(kernel), n: outChannels, k, batchA: true, batchB: true, gathered: { a: x, b: second } };
  }
  const { phases, taps, positions } = grid(shape);
  const product = { ...stored, transA: true, batch: phases[0] * phases[1], m: outChannels, n: batch * positions[0] * positions[1], k: inChannels * taps[0] * taps[1] };
  return kind === "forward" ? { ...product, gathered: { b: x } } : { ...product, batchA: true, batchB: true, gathered: { a: second, b: x } };
}

const comments: Record<ConvShape["kind"], string> = {
  forward: "out[channel, position] = sum over k of kernel[k, channel] patches[k, position], k a channel and a tap",
  transposed: "out[channel, position] = sum over k of kernel[k, channel] patches[k, position] for each phase (batch), k a channel and one of its taps",
  gradient: "gradient[row, channel] = sum over k of patches[row, k] g[k, channel] for each part (batch), k an image and a pixel, row a channel and a tap",
};

export function implicitKernel(shape: ConvShape, variant: ImplicitVariant): ProductKernel {
  const kernel = matmulKernel(implicitShape(shape), variant.matmul, shape.kind === "gradient" ? {} : { store: "storePixel" });
  return {
    ...kernel,
    // the kernel, our second operand, is the product's first
    operands: shape.kind === "gradient" ? kernel.operands : kernel.operands.map((binding) => ({ ...binding, input: 1 - binding.input })),
    wgsl: `
// ${comments[shape.kind]}
${shape.kind === "gradient" ? gradientOperands(shape) : `${patches(shape)}${shape.kind === "transposed" ? phaseKernel(shape) : ""}${storePixel(shape)}`}${kernel.wgsl}`,
  };
}

function imagesPerPart({ batch, parts }: ConvShape): number {
  return Math.ceil(batch / parts);
}

/** Phases, the most taps of any phase, and positions, by axis. */
function grid(shape: ConvShape): { phases: number[]; taps: number[]; positions: number[] } {
  const axes = ([0, 1] as const).map((axis) => convAxis(shape, axis));
  return {
    phases: axes.map(({ outStep }) => outStep),
    taps: axes.map(({ outStep }, axis) => Math.ceil(shape.kernel[axis] / outStep)),
    positions: axes.map(({ positions }) => positions),
  };
}

/** x as [C T, N P]; a row above or left of x is a large number, because it is unsigned. */
function patches(shape: ConvShape): string {
  const { kind, inChannels, inSize, stride, padding } = shape;
  const { taps, positions, phases } = grid(shape);
  const row = (axis: 0 | 1, g: string, t: string): string => {
    const [s, p] = [stride[axis], padding[axis]];
    return kind === "forward" ? `${g} * ${s}u + ${t} - ${p}u` : `${g} + (${phase(axis, phases)} + ${p}u) / ${s}u - ${t}`;
  };
  return `
fn bAt(batch: u32, position: u32, k: u32) -> f32 {
  let ty = k / ${taps[1]}u % ${taps[0]}u;
  let tx = k % ${taps[1]}u;
  let y = ${row(0, `(position / ${positions[1]}u % ${positions[0]}u)`, "ty")};
  let x = ${row(1, `(position % ${positions[1]}u)`, "tx")};
  let plane = position / ${positions[0] * positions[1]}u * ${inChannels}u + k / ${taps[0] * taps[1]}u;
  return select(0.0, b[(plane * ${inSize[0]}u + y) * ${inSize[1]}u + x], ${[`y < ${inSize[0]}u`, `x < ${inSize[1]}u`, ...tapExists(shape)].join(" && ")});
}
`;
}

/** The kernel of a phase as [O, C T]. */
function phaseKernel(shape: ConvShape): string {
  const { kernel, stride, padding, outChannels } = shape;
  const { taps, phases } = grid(shape);
  const row = (axis: 0 | 1): string => `(${phase(axis, phases)} + ${padding[axis]}u) % ${stride[axis]}u + ${["ty", "tx"][axis]} * ${stride[axis]}u`;
  const value = `a[((k / ${taps[0] * taps[1]}u * ${kernel[0]}u + ${row(0)}) * ${kernel[1]}u + ${row(1)}) * ${outChannels}u + channel]`;
  const exists = tapExists(shape);
  return `
fn aAt(batch: u32, channel: u32, k: u32) -> f32 {
  let ty = k / ${taps[1]}u % ${taps[0]}u;
  let tx = k % ${taps[1]}u;
  return ${exists.length > 0 ? `select(0.0, ${value}, ${exists.join(" && ")})` : value};
}
`;
}

/** Conditions that a phase has the tap (ty, tx), where some phases have fewer than others. */
function tapExists(shape: ConvShape): string[] {
  const { kernel, stride, padding } = shape;
  const { phases } = grid(shape);
  const condition = (axis: 0 | 1): string => `(${phase(axis, phases)} + ${padding[axis]}u) % ${stride[axis]}u + ${["ty", "tx"][axis]} * ${stride[axis]}u < ${kernel[axis]}u`;
  return ([0, 1] as const).filter((axis) => shape.kind === "transposed" && kernel[axis] % stride[axis] !== 0).map(condition);
}

function phase(axis: 0 | 1, phases: readonly number[]): string {
  return axis === 0 ? `batch / ${phases[1]}u` : `batch % ${phases[1]}u`;
}

function storePixel(shape: ConvShape): string {
  const { outChannels, outSize } = shape;
  const { positions, phases } = grid(shape);
  const inside = ["y", "x"].filter((_, axis) => positions[axis] * phases[axis] !== outSize[axis]).map((name) => `${name} < ${outSize[name === "y" ? 0 : 1]}u`);
  return `
fn storePixel(at: u32, channel: u32, position: u32, batch: u32, acc: f32) {
  let y = position / ${positions[1]}u % ${positions[0]}u * ${phases[0]}u + ${phase(0, phases)};
  let x = position % ${positions[1]}u * ${phases[1]}u + ${phase(1, phases)};
  let index = ((position / ${positions[0] * positions[1]}u * ${outChannels}u + channel) * ${outSize[0]}u + y) * ${outSize[1]}u + x;
  ${inside.length > 0 ? `if (${inside.join(" && ")}) { storeResult(index, channel, position, batch, acc); }` : "storeResult(index, channel, position, batch, acc);"}
}
`;
}

/** Patches of x as [C T, n P], g as [n P, O], for the images of a part; the last part may have fewer. */
function gradientOperands(shape: ConvShape): string {
  const { batch, inChannels, outChannels, inSize, outSize, kernel, stride, padding, parts } = shape;
  const pixels = sizeOf(outSize);
  const images = imagesPerPart(shape);
  const inside = images * parts > batch ? [`image < ${batch}u`] : [];
  const conditions = [`y < ${inSize[0]}u`, `x < ${inSize[1]}u`, ...inside];
  const g = `b[(image * ${outChannels}u + channel) * ${pixels}u + k % ${pixels}u]`;
  return `
fn aAt(batch: u32, row: u32, k: u32) -> f32 {
  let image = batch * ${images}u + k / ${pixels}u;
  let y = k / ${outSize[1]}u % ${outSize[0]}u * ${stride[0]}u + row / ${kernel[1]}u % ${kernel[0]}u - ${padding[0]}u;
  let x = k % ${outSize[1]}u * ${stride[1]}u + row % ${kernel[1]}u - ${padding[1]}u;
  let plane = image * ${inChannels}u + row / ${sizeOf(kernel)}u;
  return select(0.0, a[(plane * ${inSize[0]}u + y) * ${inSize[1]}u + x], ${conditions.join(" && ")});
}
fn bAt(batch: u32, channel: u32, k: u32) -> f32 {
  let image = batch * ${images}u + k / ${pixels}u;
  return ${inside.length > 0 ? `select(0.0, ${g}, ${inside[0]})` : g};
}
`;
}
