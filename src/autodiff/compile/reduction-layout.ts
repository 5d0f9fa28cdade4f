import { isConv } from "../kernels/conv/conv-shape.ts";
import { isMatmul } from "../kernels/matmul/matmul-shape.ts";
import { sizeOf, stridesOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { axisIn } from "./input-axis.ts";

/** Invocations of a workgroup on hardware. */
export const hardwareLanes = 256;

/** Results side by side, where those are neighbours in memory: 32 bytes, what a GPU loads at least. */
const mostAcross = 8;
const leastSharers = 32;
/** Elements that a lane adds up, where there are enough for all; with few results there are lanes for one each. */
const sharePart = 4;
const fewResults = 64;

/** How the lanes of a workgroup share the reduction of a tensor over some axes. */
interface ReductionLayout {
  /** Neighbouring lanes have neighbouring elements of one result; else neighbouring results. */
  readonly along: boolean;
  /** Results of a workgroup. */
  readonly across: number;
  /** Lanes that share each. */
  readonly sharers: number;
}

/** Lanes lie along what is contiguous in memory, the reduced axes or the kept ones. */
export function reductionLayout(input: Tensor, axes: readonly number[], length: number, results: number): ReductionLayout {
  const kept = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis) && input.shape[axis] > 1);
  if (kept.length > 0 && !reducedAreContiguous(input, axes)) {
    const across = Math.min(mostAcross, floorPower(input.shape[kept[kept.length - 1]]));
    return { along: false, across, sharers: hardwareLanes / across };
  }
  const wanted = results <= fewResults ? length : Math.ceil(length / sharePart);
  const sharers = Math.min(hardwareLanes, Math.max(leastSharers, 2 * floorPower(Math.max(1, wanted - 1))));
  return { along: true, across: hardwareLanes / sharers, sharers };
}

function floorPower(count: number): number {
  return 2 ** Math.floor(Math.log2(count));
}

/** Whether most of what is loaded for the input lies side by side along a reduced axis. */
function reducedAreContiguous(input: Tensor, axes: readonly number[]): boolean {
  let [along, across] = [0, 0];
  const seen = new Set<Tensor>();
  const visit = (node: Tensor, steps: readonly number[]): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (isLoaded(node)) {
      const moving = steps.map((step, axis) => ({ step, axis })).filter(({ step }) => step > 0);
      if (moving.length === 0) return;
      const fastest = moving.reduce((best, next) => (next.step <= best.step ? next : best));
      if (axes.includes(fastest.axis)) along += sizeOf(node.shape);
      else across += sizeOf(node.shape);
      return;
    }
    node.inputs.forEach((next, i) => visit(next, steps.map((step) => stepIn(node, i, step))));
  };
  visit(input, stridesOf(input.shape).map((stride, axis) => (input.shape[axis] > 1 ? stride : 0)));
  return along >= across;
}

/** Tensors that have kernels of their own, or are given. */
function isLoaded(node: Tensor): boolean {
  return node.op === "read" || isMatmul(node) || isConv(node) || node.op === "sharedReduction" || node.op === "partialSum" || node.op === "scatterAdd";
}

/** How far an input's elements are apart, by row-major position, where the node's are `step` apart. */
function stepIn(node: Tensor, input: number, step: number): number {
  if (step === 0 || node.op === "reshape" || node.op === "stopGradient") return step;
  const { shape } = node.inputs[input];
  const strides = stridesOf(node.shape);
  const axis = strides.findIndex((stride, at) => stride <= step && node.shape[at] > 1);
  if (axis < 0) return 0;
  const own = axisIn(node, input, axis);
  return own === undefined || (shape[own] ?? 1) === 1 ? 0 : stridesOf(shape)[own] * Math.floor(step / strides[axis]);
}
