import { matmulShape } from "../kernels/matmul/matmul-shape.ts";
import { splitLength } from "../kernels/matmul/matmul-split.ts";
import { logSumExp, max, reducedSize, sum, type ReduceName } from "../ops/reduce.ts";
import { reshape } from "../ops/reshape.ts";
import { sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";
import { reductionLayout } from "./reduction-layout.ts";

/** Sums of fewer elements are done by one invocation each. */
const leastSum = 8192;
/** With so many sums side by side there is enough to do at once. */
const enoughSums = 4096;
/** Elements that one invocation of a divided sum adds up, about; more where there would be more parts than their own sum likes. */
const sumPart = 512;
const mostSumParts = 4096;

/** On hardware, lanes share reductions of so many elements or more; with so many of them side by side each has a lane of its own. */
const leastShared = 32;
const mostShared = 16_384;
/** Elements of a lane above which a shared reduction is divided into parts, elements of a lane of a part, and lanes of all parts. */
const longShare = 64;
const partShare = 32;
const mostLanes = 2 ** 18;

/** Multiply-adds of a kernel's gradient that are worth a part of their own on a GPU, and results of all parts together. */
const gradientPart = 2 ** 21;
const mostPartResults = 2 ** 21;
/** A processor has enough to do with so many workgroups, and adds up so many pixels in a row; adding parts up costs more there than on a GPU. */
const softwareGroups = 16;
const softwarePixels = 2 ** 14;

/**
 * The same outputs with large sums in two stages: partial sums, as many as keep a device busy, and their sum. What depends
 * on them is recorded anew. The parts, and with them the order of additions, follow from shapes and the kind of adapter alone.
 */
export function lower(outputs: readonly Tensor[], software: boolean): Tensor[] {
  const replaced = new Map<Tensor, Tensor>();
  for (const node of dependencies(outputs)) {
    const inputs = node.inputs.map((input) => replaced.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const kept = same ? node : node.tape.record(node.op, inputs, node.shape, node.attributes, node.dtype);
    replaced.set(node, divided(kept, software));
  }
  return outputs.map((output) => replaced.get(output)!);
}

function divided(node: Tensor, software: boolean): Tensor {
  if (node.op === "convKernelGradient") return dividedGradient(node, software);
  if (software) return node.op === "sum" ? dividedSum(node) : node;
  if (node.op === "sum" || node.op === "max" || node.op === "logSumExp") return shared(node, node.op);
  return node.op === "matmul" ? dividedMatmul(node) : node;
}

/** The reductions of parts by the same name reduce the whole. */
const again: Record<ReduceName, (parts: Tensor) => Tensor> = { sum: (parts) => sum(parts, 0), max: (parts) => max(parts, 0), logSumExp: (parts) => logSumExp(parts, 0) };

/** A lane of a GPU that reduces many elements alone keeps all others waiting: a workgroup's lanes share them, and their results follow in a tree. */
function shared(node: Tensor, of: ReduceName): Tensor {
  const [x] = node.inputs;
  const axes = node.attributes.axes as readonly number[];
  const total = reducedSize(x, axes);
  const results = sizeOf(node.shape);
  if (total < leastShared) return node;
  const layout = reductionLayout(x, axes, total, results);
  // lanes side by side load neighbours of many results as well as of one
  if (results > mostShared && !layout.along) return node;
  const { sharers } = layout;
  const mostParts = Math.floor(mostLanes / (results * sharers));
  const parts = total <= longShare * sharers ? 1 : Math.max(1, Math.min(Math.ceil(total / (partShare * sharers)), mostParts));
  const length = Math.ceil(total / parts);
  const record = (shape: readonly number[]): Tensor => node.tape.record("sharedReduction", [x], shape, { of, axes, length, ...layout });
  if (length === total) return record(node.shape);
  const ofParts = again[of](record([Math.ceil(total / length), ...node.shape]));
  return shared(ofParts, of);
}

/** Long sums for few results, as in the gradients of weights, are divided too. */
function dividedMatmul(node: Tensor): Tensor {
  const shape = matmulShape(node);
  const length = splitLength(shape);
  if (length === shape.k) return node;
  const parts = node.tape.record("matmulParts", node.inputs, [Math.ceil(shape.k / length), ...node.shape], { ...node.attributes, length });
  return shared(sum(parts, 0), "sum");
}

function dividedSum(node: Tensor): Tensor {
  const [x] = node.inputs;
  const axes = node.attributes.axes as readonly number[];
  const length = reducedSize(x, axes);
  if (length < leastSum || sizeOf(node.shape) > enoughSums) return node;
  const parts = Math.min(Math.ceil(length / sumPart), mostSumParts);
  return sum(node.tape.record("partialSum", [x], [...node.shape, parts], { axes }), -1);
}

/** Always by way of its parts, because only those have a kernel. */
function dividedGradient(node: Tensor, software: boolean): Tensor {
  const [x, g] = node.inputs;
  const [batch, inputs] = x.shape;
  const pixels = batch * g.shape[2] * g.shape[3];
  const wanted = software
    ? Math.max(softwareGroups / (inputs * Math.ceil(g.shape[1] / 32)), pixels / softwarePixels)
    : Math.min((sizeOf(node.shape) * pixels) / gradientPart, mostPartResults / sizeOf(node.shape));
  // as even as it goes: no part is without images
  const images = Math.ceil(batch / Math.min(Math.ceil(wanted), batch));
  const results = node.tape.record("convKernelParts", node.inputs, [Math.ceil(batch / images), ...node.shape], node.attributes);
  if (results.shape[0] === 1) return reshape(results, node.shape);
  const total = sum(results, 0);
  return software ? total : shared(total, "sum");
}
