import { reducedSize, sum } from "../ops/reduce.ts";
import { reshape } from "../ops/reshape.ts";
import { sizeOf } from "../shape.ts";
import { dependencies, type Tensor } from "../tape.ts";

/** Sums of fewer elements are done by one invocation each. */
const leastSum = 8192;
/** With so many sums side by side there is enough to do at once. */
const enoughSums = 4096;
/** Elements that one invocation of a divided sum adds up, about; more where there would be more parts than their own sum likes. */
const sumPart = 512;
const mostSumParts = 4096;

/** Multiply-adds of a kernel's gradient that are worth a part of their own. */
const gradientPart = 2 ** 21;
/** Results of all parts together. */
const mostPartResults = 2 ** 21;

/**
 * The same outputs with large sums in two stages: partial sums, as many as keep a device busy, and their sum. What depends
 * on them is recorded anew. The parts follow from shapes alone, so that the order of additions does.
 */
export function lower(outputs: readonly Tensor[]): Tensor[] {
  const replaced = new Map<Tensor, Tensor>();
  for (const node of dependencies(outputs)) {
    const inputs = node.inputs.map((input) => replaced.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const kept = same ? node : node.tape.record(node.op, inputs, node.shape, node.attributes, node.dtype);
    replaced.set(node, divided(kept));
  }
  return outputs.map((output) => replaced.get(output)!);
}

function divided(node: Tensor): Tensor {
  if (node.op === "sum") return dividedSum(node);
  if (node.op === "convKernelGradient") return dividedGradient(node);
  return node;
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
function dividedGradient(node: Tensor): Tensor {
  const [x, g] = node.inputs;
  const work = sizeOf(node.shape) * x.shape[0] * g.shape[2] * g.shape[3];
  const parts = Math.max(1, Math.min(Math.ceil(work / gradientPart), Math.floor(mostPartResults / sizeOf(node.shape)), x.shape[0]));
  // as even as it goes: no part is without images
  const images = Math.ceil(x.shape[0] / parts);
  const results = node.tape.record("convKernelParts", node.inputs, [Math.ceil(x.shape[0] / images), ...node.shape], node.attributes);
  return results.shape[0] === 1 ? reshape(results, node.shape) : sum(results, 0);
}
